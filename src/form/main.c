/*
 * shikaku-form: the one program that loads the drawing libraries.  It is
 * started by shikaku, which gives it a socket; there comes one sheet as JSON
 * with a descriptor, it writes the PDF to that descriptor, answers what it
 * could not print, and ends.  It opens no file but the fonts.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/parent.h"
#include "base/secret.h"
#include "form/page.h"
#include "sandbox/sandbox.h"

#define CPU_SECONDS	20

/* One packet, and the descriptor it brought or -1: its length, 0 at the end. */
static size_t
receive(int parent, char *packet, size_t max, int *fd)
{
	union {
		struct cmsghdr	align;
		char		room[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec iov = { packet, max };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control,
	    .msg_controllen = sizeof(control) };
	const ssize_t n = recvmsg(parent, &m, MSG_CMSG_CLOEXEC | MSG_TRUNC);
	const struct cmsghdr *c = n > 0 ? CMSG_FIRSTHDR(&m) : NULL;

	*fd = -1;
	if (c != NULL && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS &&
	    c->cmsg_len == CMSG_LEN(sizeof(*fd)))
		memcpy(fd, CMSG_DATA(c), sizeof(*fd));
	return n > 0 ? (size_t)n : 0;
}

/* Blocks by their number: what they say is personal. */
static void
write_report(const struct sheet *s, const struct page_report *r, struct jw *w)
{
	jw_open(w, "ok", '{');
	jw_bool(w, "rare_missing", r->rare_missing);
	jw_open(w, "lost", '[');
	for (int i = 0; i < s->blocks; i++) {
		const struct sheet_lost *lost = &s->block[i].lost;

		if (lost->unseen == 0 && !lost->cut)
			continue;
		jw_open(w, NULL, '{');
		jw_int(w, "block", i);
		jw_int(w, "unseen", lost->unseen);
		jw_bool(w, "cut", lost->cut);
		jw_close(w, '}');
	}
	jw_close(w, ']');
	jw_close(w, '}');
}

static int
print(const char *packet, size_t n, int fd, struct jw *w, struct err *e)
{
	struct page_report r = { false };
	struct sheet s = SHEET_INIT;
	struct buf pdf = BUF_INIT;
	int rc = -1;

	if (fd < 0)
		err_set(e, ERR_INTERNAL, "no descriptor came with the sheet");
	else if (sheet_read(&s, packet, n, e) == 0 && page_draw(&s, &pdf, &r, e) == 0)
		rc = buf_write(&pdf, fd) == 0 ? 0 :
		    err_set(e, ERR_DISK, "the PDF: %s", strerror(errno));
	if (rc == 0)
		write_report(&s, &r, w);
	buf_free(&pdf);
	sheet_free(&s);
	return rc;
}

static int
serve(int parent)
{
	static char packet[SHEET_JSON_MAX];
	struct buf answer = BUF_INIT;
	struct jw w = { &answer, false };
	struct err e = ERR_INIT;
	int fd, rc;
	const size_t n = receive(parent, packet, sizeof(packet), &fd);

	if (n == 0)
		return 0;
	jw_open(&w, NULL, '{');
	if (n > sizeof(packet))
		err_set(&e, ERR_MALFORMED, "sheet: more than %d bytes", SHEET_JSON_MAX);
	if (n > sizeof(packet) || print(packet, n, fd, &w, &e) < 0) {
		jw_open(&w, "error", '{');
		jw_str(&w, "code", err_name(e.code));
		jw_str(&w, "message", e.msg);
		jw_close(&w, '}');
	}
	jw_close(&w, '}');
	rc = answer.failed || send(parent, answer.p, answer.n, MSG_NOSIGNAL) < 0;
	explicit_bzero(packet, sizeof(packet));
	buf_free(&answer);
	if (fd >= 0)
		close(fd);
	return rc;
}

int
main(int argc, char **argv)
{
	const struct rlimit cpu = { CPU_SECONDS, CPU_SECONDS };
	const int parent = parent_socket(argc, argv);
	struct err e = ERR_INIT;

	if (parent < 0) {
		fputs("shikaku-form is started by shikaku, not by hand\n", stderr);
		return err_exit_status(ERR_USAGE);
	}
	secret_harden_process();
	setrlimit(RLIMIT_CPU, &cpu);
	if (sandbox_enter(SANDBOX_FORM, &e) < 0) {
		fprintf(stderr, "shikaku-form: %s\n", e.msg);
		return err_exit_status(e.code);
	}
	return serve(parent) == 0 ? 0 : err_exit_status(ERR_FORM_HELPER);
}
