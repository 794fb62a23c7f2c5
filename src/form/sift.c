#include "form/sift.h"

#include <string.h>

#include "base/text.h"

/* Of a well-formed sequence of len bytes. */
static unsigned
code_point(const char *s, size_t len)
{
	unsigned c = (unsigned char)*s;

	if (len > 1)
		c &= 0x7fu >> len;
	for (size_t i = 1; i < len; i++)
		c = c << 6 | ((unsigned char)s[i] & 0x3fu);
	return c;
}

static void
sift_text(struct sheet *s, struct pen *p, const char **text, int *unseen)
{
	struct buf b = BUF_INIT;
	const char *t = *text, *kept;
	int missing = 0;
	size_t len;

	if (t == NULL)
		return;
	for (size_t left = strlen(t); left > 0; t += len, left -= len) {
		len = text_char_len(t, left);
		if (pen_has(p, code_point(t, len))) {
			buf_add(&b, t, len);
		} else {
			buf_adds(&b, "〓");
			missing++;
		}
	}
	s->failed |= b.failed != 0;
	if (missing > 0 && !b.failed && (kept = sheet_printf(s, "%s", b.p)) != NULL)
		*text = kept;
	*unseen += missing;
	buf_free(&b);
}

void
sift(struct sheet *s, struct pen *p)
{
	int unseen = 0;

	sift_text(s, p, &s->title, &unseen);
	sift_text(s, p, &s->footer, &unseen);
	for (int i = 0; i < s->blocks; i++) {
		struct block *b = &s->block[i];

		sift_text(s, p, &b->text, &b->lost.unseen);
		sift_text(s, p, &b->label, &b->lost.unseen);
		sift_text(s, p, &b->hint, &b->lost.unseen);
		sift_text(s, p, &b->blank, &b->lost.unseen);
		for (int k = 0; k < b->choices; k++)
			sift_text(s, p, &b->choice[k].text, &b->lost.unseen);
	}
}
