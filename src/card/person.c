#include "card/person.h"

#include <stdbool.h>
#include <string.h>

#include "base/date.h"
#include "base/text.h"
#include "card/tlv.h"

enum { TAG_OFFSETS = 0xdf21, TAG_NAME, TAG_ADDRESS, TAG_BIRTHDATE, TAG_SEX };

#define PARTS		(TAG_SEX - TAG_OFFSETS + 1)
#define OFFSETS		(PARTS - 1)
#define OFFSETS_LEN	(2 * OFFSETS)	/* 16 bits each, big-endian, from the start of the EF */

struct part {
	const uint8_t	*p;	/* the value; NULL: not there */
	size_t		 n;
	size_t		 at;	/* of its tag in the EF */
};

static int
bad(struct err *e, const char *what)
{
	return err_set(e, ERR_CARD_UNREADABLE, "basic four: %s", what);
}

/* The parts by their tags, each at most once. */
static int
find_parts(const uint8_t *p, size_t from, size_t to, struct part *part, struct err *e)
{
	struct tlv t;

	for (size_t at = from; at < to; at += t.header + t.n) {
		if (tlv_whole(p + at, to - at, &t) < 0)
			return bad(e, "a part that does not fit");
		if (t.tag < TAG_OFFSETS || t.tag > TAG_SEX)
			continue;
		if (part[t.tag - TAG_OFFSETS].p != NULL)
			return bad(e, "a part stands twice");
		part[t.tag - TAG_OFFSETS] = (struct part){ p + at + t.header, t.n, at };
	}
	return 0;
}

static bool
offsets_are_right(const struct part *part)
{
	const uint8_t *o = part[0].p;

	if (o == NULL)
		return true;
	if (part[0].n != OFFSETS_LEN)
		return false;
	for (size_t i = 0; i < OFFSETS; i++)
		if (part[i + 1].p != NULL &&
		    part[i + 1].at != ((size_t)o[2 * i] << 8 | o[2 * i + 1]))
			return false;
	return true;
}

static int
copy_text(const struct part *part, char *out, size_t max, struct err *e)
{
	if (part->n > max)
		return bad(e, "a text that is too long");
	if (part->n > 0)
		memcpy(out, part->p, part->n);
	out[part->n] = '\0';
	if (memchr(out, '\0', part->n) != NULL || !text_is_utf8(out, part->n))
		return bad(e, "a text that is no UTF-8");
	return 0;
}

static int
take_parts(const struct part *part, struct person *out, struct err *e)
{
	const struct part *birth = &part[TAG_BIRTHDATE - TAG_OFFSETS];
	const struct part *sex = &part[TAG_SEX - TAG_OFFSETS];

	if (!offsets_are_right(part))
		return bad(e, "offsets that lead elsewhere");
	if (part[TAG_NAME - TAG_OFFSETS].n == 0 || birth->p == NULL)
		return bad(e, "no name or no birth date");
	if (copy_text(&part[TAG_NAME - TAG_OFFSETS], out->name, PERSON_NAME_MAX, e) < 0 ||
	    copy_text(&part[TAG_ADDRESS - TAG_OFFSETS], out->address, PERSON_ADDRESS_MAX, e) < 0)
		return -1;
	out->birthdate = date_parse_compact((const char *)birth->p, birth->n);
	if (sex->n == 1 && (sex->p[0] == '1' || sex->p[0] == '2'))
		out->sex = (char)sex->p[0];
	return 0;
}

int
person_parse(const uint8_t *p, size_t n, struct person *out, struct err *e)
{
	struct part part[PARTS] = { { NULL, 0, 0 } };
	struct tlv t;
	int rc = -1;

	memset(out, 0, sizeof(*out));
	out->birthdate = DATE_NONE;
	if (tlv_whole(p, n, &t) < 0 || t.tag != PERSON_TAG)
		bad(e, "no object FF20, or a cut one");
	else if (find_parts(p, t.header, t.header + t.n, part, e) == 0)
		rc = take_parts(part, out, e);
	if (rc < 0)
		explicit_bzero(out, sizeof(*out));
	return rc;
}
