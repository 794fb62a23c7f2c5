#include "net/pool.h"

#include <stdlib.h>

#include "base/secret.h"

struct question {
	struct sender_item		 item;	/* first: what the sender gives back */
	struct buf			 body;
	struct elig_header		 header;
	struct elig_number_request	 q;
	void				*tag;
	struct question			*next;	/* while free */
};

struct pool {
	struct sender	*sender;
	char		 institution[CLINIC_CODE_LEN + 1];
	struct question	 question[POOL_QUESTIONS_MAX];
	struct question	*free;
	/* for the identifiers of as many questions: the kernel is asked once */
	uint8_t		 random[POOL_QUESTIONS_MAX][ELIG_FILE_ID_BYTES];
	int		 drawn;		/* of them left */
};

int
pool_open(struct pool **out, const struct elig_service *k, const struct pool_config *c,
    struct err *e)
{
	struct sender_config sc = { .retry = c->retry, .connections = c->connections,
		.timeout_ms = c->timeout_ms, .wake_fd = c->wake_fd };
	char origin[ORIGIN_MAX];
	struct pool *p;

	*out = NULL;
	if ((p = calloc(1, sizeof(*p))) == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	sc.https = (struct https_config){ .origin = origin, .client_cert = k->client_cert,
		.client_key = k->client_key, .ca = k->ca };
	if (elig_service_resolve(k, origin, p->institution, e) < 0 ||
	    sender_open(&p->sender, &sc, e) < 0) {
		pool_close(p);
		return -1;
	}
	for (int i = POOL_QUESTIONS_MAX - 1; i >= 0; i--) {
		p->question[i].next = p->free;
		p->free = &p->question[i];
	}
	*out = p;
	return 0;
}

void
pool_close(struct pool *p)
{
	if (p == NULL)
		return;
	sender_close(p->sender);
	for (int i = 0; i < POOL_QUESTIONS_MAX; i++)
		buf_free(&p->question[i].body);
	free(p);
}

bool
pool_has_room(const struct pool *p)
{
	return p->free != NULL;
}

static const uint8_t *
draw(struct pool *p)
{
	if (p->drawn == 0) {
		secret_random(&p->random[0][0], sizeof(p->random));
		p->drawn = POOL_QUESTIONS_MAX;
	}
	return p->random[--p->drawn];
}

int
pool_submit(struct pool *p, const struct elig_number_request *q, void *tag, struct err *e)
{
	struct question *x = p->free;

	if (x == NULL)
		return 0;
	buf_reset(&x->body);
	if (request_header(&x->header, p->institution, q->as_of, draw(p), e) < 0 ||
	    request_by_number(&x->body, &x->header, q, e) < 0) {
		buf_free(&x->body);
		return -1;
	}
	p->free = x->next;
	x->q = *q;
	x->tag = tag;
	x->item.path = "/v1/qualification/number";
	x->item.json = &x->body;
	sender_submit(p->sender, &x->item);
	return 1;
}

static void
give_back(struct pool *p, struct sender_item *it, struct pool_done *out)
{
	static const struct https_reply none = HTTPS_REPLY_INIT;
	struct question *x = (struct question *)it;

	*out = (struct pool_done){ .tag = x->tag, .answer = ELIG_ANSWER_INIT, .err = it->err,
		.attempts = it->attempts };
	reply_take(it->rc, it->reply != NULL ? it->reply : &none,
	    &(struct reply_expect){ .header = &x->header, .search = &x->q }, &out->answer,
	    &out->err);
	x->next = p->free;
	p->free = x;
}

int
pool_wait(struct pool *p, int timeout_ms, struct pool_done *out, struct err *e)
{
	struct sender_item *it;
	int rc;

	if ((rc = sender_wait(p->sender, https_clock_ms() + timeout_ms, &it, e)) == 1)
		give_back(p, it, out);
	return rc;
}

int
pool_next(struct pool *p, struct pool_done *out)
{
	struct sender_item *it = sender_next(p->sender);

	if (it == NULL)
		return 0;
	give_back(p, it, out);
	return 1;
}

void
pool_cancel(struct pool *p)
{
	sender_cancel(p->sender);
}

struct sender *
pool_sender(struct pool *p)
{
	return p->sender;
}

struct sender_state
pool_state(const struct pool *p)
{
	return sender_state(p->sender);
}
