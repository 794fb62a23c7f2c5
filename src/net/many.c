#include "net/many.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#include "net/https_impl.h"

/* A line connecting has two sockets (IPv6 and IPv4) and one of its resolver. */
#define SOCKETS_MAX	(3 * MANY_LINES_MAX)
#define NO_TIMER	(-1LL)
#define WAIT_MAX_MS	60000

enum line_state { LINE_FREE, LINE_BUSY, LINE_DONE };

struct line {
	struct https		*https;
	struct https_reply	 reply;
	CURLcode		 code;		/* LINE_DONE */
	enum line_state		 state;
};

struct many {
	CURLM			*multi;
	const struct curl_library *lib;
	struct line		 line[MANY_LINES_MAX];
	int			 lines;
	/* wake_fd first (poll() passes over -1), then what libcurl waits for */
	struct pollfd		 fd[1 + SOCKETS_MAX];
	nfds_t			 nfd;
	long long		 timer;		/* instant, or NO_TIMER */
	struct many_traffic	 traffic;
};

static struct pollfd *
find_fd(struct many *m, curl_socket_t s)
{
	for (nfds_t i = 1; i < m->nfd; i++)
		if (m->fd[i].fd == s)
			return &m->fd[i];
	return NULL;
}

/* libcurl says what it waits for on a socket; -1 ends its transfers. */
static int
on_socket(CURL *easy, curl_socket_t s, int what, void *arg, void *unused)
{
	struct many *m = arg;
	struct pollfd *p = find_fd(m, s);

	(void)easy, (void)unused;
	if (what == CURL_POLL_REMOVE || what == CURL_POLL_NONE) {
		if (p != NULL)
			*p = m->fd[--m->nfd];
		return 0;
	}
	if (p == NULL) {
		if (m->nfd == sizeof(m->fd) / sizeof(m->fd[0]))
			return -1;
		p = &m->fd[m->nfd++];
	}
	p->fd = s;
	p->events = (short)((what & CURL_POLL_IN ? POLLIN : 0) |
	    (what & CURL_POLL_OUT ? POLLOUT : 0));
	p->revents = 0;
	return 0;
}

static int
on_timer(CURLM *multi, long ms, void *arg)
{
	struct many *m = arg;

	(void)multi;
	m->timer = ms < 0 ? NO_TIMER : https_clock_ms() + ms;
	return 0;
}

static bool
set_up(struct many *m)
{
	const struct curl_library *l = m->lib;
	CURLM *c = m->multi;

	return l->multi_setopt(c, CURLMOPT_SOCKETFUNCTION, on_socket) == CURLM_OK &&
	    l->multi_setopt(c, CURLMOPT_SOCKETDATA, m) == CURLM_OK &&
	    l->multi_setopt(c, CURLMOPT_TIMERFUNCTION, on_timer) == CURLM_OK &&
	    l->multi_setopt(c, CURLMOPT_TIMERDATA, m) == CURLM_OK &&
	    l->multi_setopt(c, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)m->lines) == CURLM_OK &&
	    l->multi_setopt(c, CURLMOPT_MAXCONNECTS, (long)m->lines) == CURLM_OK;
}

int
many_open(struct many **out, const struct https_config *c, int lines, int wake_fd,
    struct err *e)
{
	struct many *m = calloc(1, sizeof(*m));

	*out = NULL;
	if (m == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	m->fd[0] = (struct pollfd){ .fd = wake_fd, .events = POLLIN };
	m->nfd = 1;
	m->timer = NO_TIMER;
	for (m->lines = 0; m->lines < lines; m->lines++) {
		struct line *l = &m->line[m->lines];

		l->reply = (struct https_reply)HTTPS_REPLY_INIT;
		if (https_open(&l->https, c, e) < 0)
			goto fail;
	}
	m->lib = &m->line[0].https->lib;
	if ((m->multi = m->lib->multi_init()) == NULL) {
		err_set(e, ERR_NOMEM, "out of memory");
		goto fail;
	}
	if (!set_up(m)) {
		err_set(e, ERR_INTERNAL, "libcurl lacks an option it must have");
		goto fail;
	}
	*out = m;
	return 0;
fail:
	many_close(m);
	return -1;
}

void
many_close(struct many *m)
{
	if (m == NULL)
		return;
	if (m->multi != NULL) {
		for (int i = 0; i < m->lines; i++)
			many_stop(m, i);
		m->lib->multi_cleanup(m->multi);
	}
	for (int i = 0; i < m->lines; i++) {
		https_close(m->line[i].https);
		https_reply_free(&m->line[i].reply);
	}
	free(m);
}

static int
free_line(const struct many *m)
{
	for (int i = 0; i < m->lines; i++)
		if (m->line[i].state == LINE_FREE)
			return i;
	return -1;
}

bool
many_has_free(const struct many *m)
{
	return free_line(m) >= 0;
}

int
many_start(struct many *m, const char *path, const struct buf *json, long long deadline_ms,
    struct err *e)
{
	const int i = free_line(m);
	struct line *l = &m->line[i];

	https_reply_reset(&l->reply);
	if (https_begin(l->https, path, json, deadline_ms, &l->reply, e) < 0)
		return -1;
	if (m->lib->multi_add_handle(m->multi, l->https->curl) != CURLM_OK)
		return err_set(e, ERR_INTERNAL, "libcurl does not take a request");
	l->state = LINE_BUSY;
	m->traffic.requests++;
	return i;
}

static void
count(struct many *m, const struct line *l)
{
	CURL *c = l->https->curl;
	curl_off_t handshake = 0;
	long made = 0;

	m->lib->easy_getinfo(c, CURLINFO_NUM_CONNECTS, &made);
	if (made == 0)
		return;
	m->lib->easy_getinfo(c, CURLINFO_APPCONNECT_TIME_T, &handshake);
	if (handshake > 0 || l->https->origin[4] == ':')
		m->traffic.connections += made;
}

/* Takes the transfers that have ended off libcurl. */
static void
collect(struct many *m)
{
	const struct CURLMsg *msg;
	int left;

	while ((msg = m->lib->multi_info_read(m->multi, &left)) != NULL) {
		CURL *easy = msg->easy_handle;
		const CURLcode code = msg->data.result;
		int i = 0;

		while (m->line[i].https->curl != easy)
			i++;
		m->lib->multi_remove_handle(m->multi, easy);
		m->line[i].code = code;
		m->line[i].state = LINE_DONE;
		count(m, &m->line[i]);
	}
}

static int
act(struct many *m, curl_socket_t s, int what, struct err *e)
{
	int running;

	if (m->lib->multi_socket_action(m->multi, s, what, &running) == CURLM_OK)
		return 0;
	return err_set(e, ERR_INTERNAL, "libcurl has lost its way");
}

/* A timer is set once and goes off once. */
static int
act_on_timer(struct many *m, struct err *e)
{
	if (m->timer == NO_TIMER || https_clock_ms() < m->timer)
		return 0;
	m->timer = NO_TIMER;
	return act(m, CURL_SOCKET_TIMEOUT, 0, e);
}

/* What was added has its timer set to now. */
int
many_push(struct many *m, struct err *e)
{
	const int rc = act_on_timer(m, e);

	collect(m);
	return rc;
}

/* What poll() found; acting on one socket may change the list, so from a copy. */
static int
act_on_all(struct many *m, struct err *e)
{
	struct pollfd ready[SOCKETS_MAX];
	size_t n = 0;

	for (nfds_t i = 1; i < m->nfd; i++)
		if (m->fd[i].revents != 0)
			ready[n++] = m->fd[i];
	for (size_t i = 0; i < n; i++) {
		const short r = ready[i].revents;

		if (act(m, ready[i].fd, (r & (POLLIN | POLLHUP) ? CURL_CSELECT_IN : 0) |
		    (r & POLLOUT ? CURL_CSELECT_OUT : 0) |
		    (r & (POLLERR | POLLNVAL) ? CURL_CSELECT_ERR : 0), e) < 0)
			return -1;
	}
	return 0;
}

int
many_run(struct many *m, long long until_ms, struct err *e)
{
	const long long now = https_clock_ms();
	long long wait = until_ms - now;
	int n;

	if (m->timer != NO_TIMER && m->timer - now < wait)
		wait = m->timer - now;
	n = poll(m->fd, m->nfd, wait <= 0 ? 0 : wait < WAIT_MAX_MS ? (int)wait : WAIT_MAX_MS);
	if (n < 0 && errno != EINTR)
		return err_set(e, ERR_INTERNAL, "poll() failed");
	if ((n > 0 && act_on_all(m, e) < 0) || act_on_timer(m, e) < 0)
		return -1;
	collect(m);
	return n < 0 || (n > 0 && m->fd[0].revents != 0);
}

int
many_next(struct many *m, int *rc, const struct https_reply **reply, struct err *e)
{
	for (int i = 0; i < m->lines; i++) {
		struct line *l = &m->line[i];

		if (l->state != LINE_DONE)
			continue;
		l->state = LINE_FREE;
		*rc = https_end(l->https, l->code, &l->reply, e);
		*reply = &l->reply;
		return i;
	}
	return -1;
}

bool
many_stop(struct many *m, int line)
{
	if (m->line[line].state != LINE_BUSY)
		return false;
	m->lib->multi_remove_handle(m->multi, m->line[line].https->curl);
	m->line[line].state = LINE_FREE;
	return true;
}

const struct many_traffic *
many_traffic(const struct many *m)
{
	return &m->traffic;
}
