#include "card/trace.h"

#include <string.h>

#include "base/buf.h"

#define HEAD_LEN	5	/* CLA INS P1 P2 Lc */
#define SW_LEN		2

static void
write_line(const struct trace *t, const char *mark, const uint8_t *p, size_t n, const char *tail)
{
	struct buf b = BUF_INIT;

	buf_adds(&b, mark);
	for (size_t i = 0; i < n; i++)
		buf_addf(&b, "%02X", p[i]);
	buf_addf(&b, "%s\n", tail);
	if (!b.failed)
		t->write(t->arg, b.p, b.n);
	buf_free(&b);
}

static void
write_command(const struct trace *t, const uint8_t *cmd, size_t n)
{
	const int secret = n > HEAD_LEN && (cmd[1] == 0x20 || cmd[1] == 0x24);

	write_line(t, "> ", cmd, secret ? HEAD_LEN : n, secret ? " **" : "");
}

/* From a SELECT of the 券面事項入力補助AP on, until another application is selected. */
static void
note_application(struct trace *t, const uint8_t *cmd, size_t n)
{
	static const uint8_t text_ap[] = { 0xd3, 0x92, 0x10 };

	if (n > HEAD_LEN && cmd[1] == 0xa4 && cmd[2] == 0x04)
		t->personal = n >= HEAD_LEN + sizeof(text_ap) &&
		    memcmp(cmd + HEAD_LEN, text_ap, sizeof(text_ap)) == 0;
}

static void
write_answer(const struct trace *t, const uint8_t *rsp, size_t n)
{
	if (t->personal && n > SW_LEN)
		write_line(t, "< ** ", rsp + n - SW_LEN, SW_LEN, "");
	else
		write_line(t, "< ", rsp, n, "");
}

static int
transmit(void *ctx, const uint8_t *cmd, size_t n, uint8_t *rsp, size_t rsp_max, size_t *rsp_len,
    struct err *e)
{
	struct trace *t = ctx;

	note_application(t, cmd, n);
	write_command(t, cmd, n);
	if (t->below->transmit(t->below->ctx, cmd, n, rsp, rsp_max, rsp_len, e) < 0) {
		write_line(t, "< ", NULL, 0, "no answer");
		return -1;
	}
	write_answer(t, rsp, *rsp_len < rsp_max ? *rsp_len : rsp_max);
	return 0;
}

struct card_io
trace_io(struct trace *t)
{
	return (struct card_io){ transmit, t };
}
