#include "desk/printer.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "desk/helper.h"

#define NAME		"shikaku-form"
#define DEADLINE_MS	20000
#define GRACE_MS	200
#define ANSWER_MAX	8192		/* bytes */
#define PDF_MAX		(16 << 20)

/* What the helper machinery says of readers, said of this one. */
static int
no_helper(const struct err *why, const char *what, struct err *e)
{
	return why->code == ERR_READER_TIMEOUT ?
	    err_set(e, ERR_FORM_HELPER, NAME " did not answer within %d s", DEADLINE_MS / 1000) :
	    err_set(e, ERR_FORM_HELPER, "%s", what != NULL ? what : why->msg);
}

static int
take_lost(const struct json *list, struct sheet *s, struct err *e)
{
	for (size_t i = 0; i < js_len(list); i++) {
		const struct json *o = js_at(list, i);
		long long block, unseen;
		bool cut;

		if (!js_int(o, "block", &block) || block < 0 || block >= s->blocks ||
		    !js_int(o, "unseen", &unseen) || unseen < 0 || unseen > SHEET_JSON_MAX ||
		    !js_bool(o, "cut", &cut))
			return err_set(e, ERR_FORM_HELPER, NAME " gave an answer that is none");
		s->block[block].lost.unseen += (int)unseen;
		s->block[block].lost.cut |= cut;
	}
	return 0;
}

static int
take_answer(const char *answer, size_t n, struct sheet *s, bool *rare_missing, struct err *e)
{
	struct err ignored = ERR_INIT;
	struct json *doc = js_parse(answer, n, &ignored);
	const struct json *ok = js_get(doc, "ok"), *error = js_get(doc, "error");
	const char *code = js_str(error, "code"), *message = js_str(error, "message");
	int rc;

	if (code != NULL && message != NULL)
		rc = err_set(e, err_from_name(code), NAME ": %s", message);
	else if (!js_bool(ok, "rare_missing", rare_missing))
		rc = err_set(e, ERR_FORM_HELPER, NAME " gave an answer that is none");
	else
		rc = take_lost(js_get(ok, "lost"), s, e);
	js_free(doc);
	return rc;
}

static int
ask(struct sheet *s, int fd, bool *rare_missing, struct err *e)
{
	struct err why = ERR_INIT;
	struct buf request = BUF_INIT;
	struct helper h;
	char answer[ANSWER_MAX];
	size_t n = 0;
	int rc = -1;

	sheet_write(s, &request);
	if (request.failed) {
		err_set(e, ERR_NOMEM, "out of memory");
	} else if (helper_start(&h, NAME, &why) < 0) {
		no_helper(&why, NULL, e);
	} else {
		if (helper_ask(&h, (struct span){ (const uint8_t *)request.p, request.n }, fd,
		    DEADLINE_MS, answer, sizeof(answer), &n, &why) < 0)
			no_helper(&why, NAME " ended without an answer", e);
		else
			rc = take_answer(answer, n, s, rare_missing, e);
		helper_stop(&h, GRACE_MS);
	}
	buf_free(&request);
	return rc;
}

/* Everything that was written there; a PDF has a beginning and an end. */
static int
take_pdf(int fd, struct buf *out, struct err *e)
{
	char chunk[16384];
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) < 0 || st.st_size > PDF_MAX || lseek(fd, 0, SEEK_SET) < 0)
		return err_set(e, ERR_FORM_HELPER, NAME " gave no PDF");
	while ((n = read(fd, chunk, sizeof(chunk))) > 0)
		buf_add(out, chunk, (size_t)n);
	explicit_bzero(chunk, sizeof(chunk));
	if (out->failed)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (n < 0 || out->n < 16 || memcmp(out->p, "%PDF-", 5) != 0 ||
	    memcmp(out->p + out->n - 6, "%%EOF\n", 6) != 0)
		return err_set(e, ERR_FORM_HELPER, NAME " gave no PDF");
	return 0;
}

int
printer_draw(struct sheet *s, struct buf *out, bool *rare_missing, struct err *e)
{
	const int fd = memfd_create("statement", MFD_CLOEXEC);
	int rc;

	if (fd < 0)
		return err_set(e, ERR_INTERNAL, "memfd_create: %s", strerror(errno));
	rc = ask(s, fd, rare_missing, e);
	if (rc == 0)
		rc = take_pdf(fd, out, e);
	close(fd);
	return rc;
}
