#include "base/date.h"
#include "cli/out_check.h"
#include "cli/out_decision.h"
#include "cli/out_error.h"

static void
put(struct screen *s, enum rank rank, enum msg head, bool ja, const char *text)
{
	out_paragraph(screen_block(s, rank), head, ja, text);
}

static const char *
sex_word(char sex, bool ja)
{
	return msg(sex == '1' ? MSG_SEX_MALE : MSG_SEX_FEMALE, ja);
}

/* What the card has, and what the service has. */
static void
add_sides(struct buf *line, const struct checked *c, enum person_part part)
{
	static const char *const elements[] = { "Name", "Birthdate", "Sex1", "Address" };
	const struct person *p = identified_person(&c->check->identified);
	const char *theirs = js_str(answered_person(c->check), elements[part]);
	const char *ours = part == PERSON_NAME ? p->name : p->address;
	char card[DATE_ISO_LEN + 1], service[DATE_ISO_LEN + 1];

	if (part == PERSON_BIRTHDATE) {
		date_format_iso(p->birthdate, card);
		date_format_iso(c->check->facts.online.result.birthdate, service);
		ours = card;
		theirs = service;
	} else if (part == PERSON_SEX) {
		ours = sex_word(p->sex, c->ja);
		theirs = sex_word(theirs[0], c->ja);
	}
	buf_adds(line, ours);
	buf_adds(line, msg(MSG_DIFFERS_SERVICE, c->ja));
	buf_adds(line, theirs != NULL ? theirs : "-");
}

static void
add_difference(struct screen *s, const struct checked *c, enum person_part part)
{
	static const enum msg names[] = { MSG_PART_NAME, MSG_PART_BIRTHDATE, MSG_PART_SEX,
		MSG_PART_ADDRESS };
	struct buf line = BUF_INIT;

	if ((c->check->identified.parts.differs & 1u << part) == 0)
		return;
	buf_addf(&line, "%s%s", msg(names[part], c->ja), msg(MSG_DIFFERS_CARD, c->ja));
	add_sides(&line, c, part);
	if (part == PERSON_ADDRESS)
		buf_adds(&line, msg(MSG_DIFFERS_NO_MATTER, c->ja));
	put(s, part == PERSON_ADDRESS ? SCOPE : ACTION, MSG_DIFFERS, c->ja,
	    line.p != NULL ? line.p : "");
	buf_free(&line);
}

static void
add_not_read(struct screen *s, const struct checked *c)
{
	const struct err *why = &c->check->identified.error;
	char line[320];
	struct buf b = BUF_INIT;

	msg_with(line, sizeof(line), MSG_PERSON_NOT_READ, c->ja, err_text(why->code, c->ja));
	buf_adds(&b, line);
	out_tries(&b, why, c->ja);
	put(s, STEP, MSG_PERSON_CHECK, c->ja, b.p != NULL ? b.p : "");
	buf_free(&b);
}

void
out_identify(struct screen *s, const struct checked *c)
{
	switch (c->check->identified.result) {
	case IDENTIFY_OFF:
		return;
	case IDENTIFY_NOT_READ:
		add_not_read(s, c);
		return;
	case IDENTIFY_NOT_TOLD:
		put(s, SCOPE, MSG_PERSON_CHECK, c->ja, msg(MSG_PERSON_NOT_TOLD, c->ja));
		break;
	case IDENTIFY_SAME:
		put(s, SCOPE, MSG_PERSON_CHECK, c->ja, msg(MSG_PERSON_SAME, c->ja));
		break;
	case IDENTIFY_OTHER:
		put(s, ACTION, MSG_PERSON_CHECK, c->ja, msg(MSG_PERSON_OTHER, c->ja));
		break;
	}
	for (int p = 0; p < PERSON_PARTS; p++)
		add_difference(s, c, (enum person_part)p);
}

static void
parts_json(struct jw *w, const char *key, unsigned int parts)
{
	jw_open(w, key, '[');
	for (int p = 0; p < PERSON_PARTS; p++)
		if ((parts & 1u << p) != 0)
			jw_str(w, NULL, person_part_name((enum person_part)p));
	jw_close(w, ']');
}

/* Which parts, never what they are: the JSON is kept by whoever reads it. */
void
out_identify_json(struct jw *w, const struct check *c, bool ja)
{
	static const char *const results[] = { NULL, "same", "other", "not_told", "not_read" };
	const struct identified *i = &c->identified;

	if (i->result == IDENTIFY_OFF) {
		jw_null(w, "identified");
		return;
	}
	jw_open(w, "identified", '{');
	jw_str(w, "result", results[i->result]);
	parts_json(w, "compared", i->parts.compared);
	parts_json(w, "differs", i->parts.differs);
	if (i->error.code == ERR_NONE)
		jw_null(w, "error");
	else
		out_error(w, "error", &i->error, ja);
	jw_close(w, '}');
}
