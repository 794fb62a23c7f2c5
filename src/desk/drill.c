#include "desk/drill.h"

#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "decide/facts_in.h"

extern const char drill_json[], drill_json_end[];

static int
read_facts(const struct json *o, struct facts *f, const char *id, struct err *e)
{
	struct facts_error why = { "", "" };
	bool unknown = false;

	if (facts_read(o, false, f, &unknown, &why) < 0)
		return err_set(e, ERR_INTERNAL, "situation %s: %s: %s", id, why.key, why.reason);
	return 0;
}

static int
read_play(const struct json *o, const struct json *common, struct play *p, struct err *e)
{
	const struct json *title = js_get(o, "title"), *scene = js_get(o, "scene");

	*p = (struct play){
		.id = js_str(o, "id"),
		.title_ja = js_str(title, "ja"), .title_en = js_str(title, "en"),
		.scene_ja = js_str(scene, "ja"), .scene_en = js_str(scene, "en"),
	};
	if (p->id == NULL || strlen(p->id) <= PLAY_SITUATION || p->title_ja == NULL ||
	    p->title_en == NULL || p->scene_ja == NULL || p->scene_en == NULL)
		return err_set(e, ERR_INTERNAL, "a situation without id, title or scene");
	facts_init(&p->facts, 0);
	if (read_facts(common, &p->facts, p->id, e) < 0 ||
	    read_facts(js_get(o, "facts"), &p->facts, p->id, e) < 0)
		return -1;
	p->truth = p->facts;
	if (read_facts(js_get(o, "answers"), &p->truth, p->id, e) < 0)
		return -1;
	facts_assume_none(&p->truth);
	return 0;
}

struct drill *
drill_load(struct err *e)
{
	struct drill *d = calloc(1, sizeof(*d));
	const struct json *plays, *common;

	if (d == NULL) {
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	d->doc = js_parse(drill_json, (size_t)(drill_json_end - drill_json), e);
	plays = js_get(d->doc, "plays");
	common = js_get(d->doc, "common");
	for (size_t i = 0; e->code == ERR_NONE && i < js_len(plays); i++) {
		if (d->n == PLAYS_MAX)
			err_set(e, ERR_INTERNAL, "more than %d situations", PLAYS_MAX);
		else if (read_play(js_at(plays, i), common, &d->play[d->n], e) == 0)
			d->n++;
	}
	if (e->code == ERR_NONE)
		return d;
	drill_free(d);
	return NULL;
}

void
drill_free(struct drill *d)
{
	if (d == NULL)
		return;
	js_free(d->doc);
	free(d);
}

int
drill_age(const struct facts *f)
{
	struct ymd day, birth;

	if (!fact_known(f->birthdate))
		return -1;
	day = date_to_ymd(f->visit_date);
	birth = date_to_ymd(f->birthdate);
	return day.y - birth.y - (day.m < birth.m || (day.m == birth.m && day.d < birth.d));
}

const char *
drill_visit(const struct facts *f, bool ja)
{
	if (f->visit == VISIT_RETURN)
		return ja ? "再診" : "return visit";
	return ja ? "初診" : "first visit";
}

bool
step_equal(const struct step *a, const struct step *b)
{
	if (a->ask || b->ask)
		return a->ask == b->ask && a->question == b->question;
	return a->verdict == b->verdict && a->path == b->path && a->percent == b->percent;
}

struct step
drill_next(const struct ruleset *r, const struct facts *f, struct decision *d)
{
	struct step s = { .verdict = V_VERDICT_NEED };

	decide(r, f, d);
	if (d->verdict == V_VERDICT_NEED && d->needs > 0) {
		const enum question q = d->need[0].question;

		s.ask = true;
		s.proofs = (q == Q_PORTAL || q == Q_PORTAL_PDF || q == Q_NOTICE) &&
		    d->state.can[F_PHYSICAL_CARD] ==
		    value_bit(F_PHYSICAL_CARD, V_PHYSICAL_CARD_YES);
		s.question = s.proofs ? Q_PORTAL : q;
		return s;
	}
	s.verdict = d->verdict;
	s.path = d->path;
	s.percent = d->percent;
	return s;
}

/* A machine that reports on the card tells everything it found. */
static void
reveal_online(struct facts *f, const struct facts *truth)
{
	f->online = truth->online;
	f->card.certificate_revoked = truth->card.certificate_revoked;
}

static void
reveal_record(struct facts *f, const struct facts *truth)
{
	const int unchanged = f->record.unchanged;

	f->record = truth->record;
	f->record.unchanged = unchanged;
}

static void
reveal_card(struct facts *f, const struct facts *truth)
{
	f->card.medium = truth->card.medium;
	f->card.absent_because = truth->card.absent_because;
	/* a card that is laid down tells at once whether it can be read */
	if (f->card.medium == MEDIUM_CARD)
		f->card = truth->card;
}

void
drill_reveal(struct facts *f, const struct facts *truth, const struct step *s)
{
	static const enum document_kind kinds[] = { DOC_ELIGIBILITY_CERTIFICATE, DOC_PORTAL,
		DOC_PORTAL_PDF, DOC_NOTICE, DOC_OLD_CARD };

	switch (s->question) {
	case Q_MEDIUM:
		reveal_card(f, truth);
		break;
	case Q_READ:
		f->card.read = truth->card.read;
		break;
	case Q_IDENTITY:
		f->card.identity = truth->card.identity;
		break;
	case Q_REGISTERED:
		f->card.registered = truth->card.registered;
		break;
	case Q_ONLINE:
		reveal_online(f, truth);
		break;
	case Q_VISIT:
		f->visit = truth->visit;
		break;
	case Q_RECORD:
		reveal_record(f, truth);
		break;
	case Q_UNCHANGED:
		f->record.unchanged = truth->record.unchanged;
		break;
	case Q_STATED:
		f->disaster = truth->disaster;
		break;
	case Q_STATEMENT:
		f->statement = truth->statement;
		break;
	case Q_BIRTHDATE:
		f->birthdate = truth->birthdate;
		break;
	case Q_COPAY_PERCENT:
		f->copay_percent = truth->copay_percent;
		break;
	default:
		for (unsigned i = 0; i < (s->proofs ? 3U : 1U); i++) {
			const enum document_kind k =
			    kinds[s->question - Q_ELIGIBILITY_CERTIFICATE + i];

			f->document[k] = truth->document[k];
		}
		break;
	}
}

/* splitmix64 (Steele, Lea, Flood 2014). */
int
rng_below(struct rng *r, int n)
{
	uint64_t z = (r->state += 0x9e3779b97f4a7c15U);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
	return (int)((z ^ (z >> 31)) % (uint64_t)n);
}
