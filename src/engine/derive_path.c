#include "base/date.h"
#include "engine/derived.h"
#include "engine/number.h"

/* The facts that depend on which path is tried: scheme, age band, ratios. */
struct view {
	const struct facts	*f;
	const struct parameters	*p;
	struct state		*s;
	enum value		 path;
	enum document_kind	 document;	/* the deciding one, or DOC_MAX */
	enum scheme		 scheme;	/* of the deciding source's number */
	bool			 kouki;		/* the source says 後期 */
	bool			 illegal;	/* a ratio met that the law does not allow */
	bool			 card_ratio;	/* a paper was read that needs the card */
};

/* Of a state whose path is known. */
static bool
path_is_online(const struct state *s)
{
	const valueset online = value_bit(F_PATH, V_PATH_ONLINE_CARD) |
	    value_bit(F_PATH, V_PATH_ONLINE_PHONE) | value_bit(F_PATH, V_PATH_ONLINE_NUMBER) |
	    value_bit(F_PATH, V_PATH_SPECIAL_MEDICAL);

	return (s->can[F_PATH] & ~online) == 0;
}

enum document_kind
state_document(const struct state *s)
{
	const valueset path = s->can[F_PATH];

	if (path == value_bit(F_PATH, V_PATH_ELIGIBILITY_CERTIFICATE))
		return DOC_ELIGIBILITY_CERTIFICATE;
	if (path == value_bit(F_PATH, V_PATH_PORTAL))
		return s->can[F_PORTAL] == value_bit(F_PORTAL, V_PORTAL_VALID) ?
		    DOC_PORTAL : DOC_PORTAL_PDF;
	if (path == value_bit(F_PATH, V_PATH_NOTICE))
		return DOC_NOTICE;
	if (path == value_bit(F_PATH, V_PATH_OLD_CARD))
		return DOC_OLD_CARD;
	return DOC_MAX;
}

struct insured_number
state_source(const struct state *s, const struct facts *f)
{
	static const struct insured_number none;
	const enum document_kind document = state_document(s);

	if (document != DOC_MAX)
		return f->document[document].id;
	if (s->can[F_PATH] == value_bit(F_PATH, V_PATH_ORAL))
		return f->record.id;
	if (path_is_online(s))
		return f->online.result.id;
	return none;
}

static void
derive_band(struct view *v)
{
	struct state *s = v->s;
	const int birth = s->birthdate, day = v->f->visit_date;
	enum value band;

	if (birth == FACT_UNASKED) {
		/* open, as state_derive() has left it */
		s->ask[F_BAND] = Q_BIRTHDATE;
		return;
	}
	if (!fact_known(birth))
		band = V_BAND_UNKNOWN;
	else if (day >= v->s->age.kouki_first)
		band = v->scheme == SCHEME_UNKNOWN || v->scheme == SCHEME_KOUKI ?
		    V_BAND_KOUKI : V_BAND_OTHER_AT_75;
	else if (v->kouki)
		band = day < v->s->age.kouki_earliest ? V_BAND_KOUKI_UNDER_65 : V_BAND_KOUKI;
	else if (day >= v->s->age.elderly_first)
		band = V_BAND_ELDERLY;
	else
		band = day <= v->s->age.preschool_last ? V_BAND_PRESCHOOL : V_BAND_GENERAL;
	state_set(s, F_BAND, band);
}

static void
derive_special(struct view *v)
{
	struct state *s = v->s;
	const int birth = s->birthdate;
	const bool marked = v->path == V_PATH_SPECIAL_MEDICAL ||
	    (v->document != DOC_MAX && v->f->document[v->document].special_medical);

	state_set(s, F_SPECIAL, marked ? V_SPECIAL_YES : V_SPECIAL_NO);
	if (birth == FACT_UNASKED) {
		s->ask[F_MINOR] = Q_BIRTHDATE;
	} else {
		state_set(s, F_MINOR, fact_known(birth) &&
		    v->f->visit_date <= v->s->age.minor_last ? V_MINOR_YES : V_MINOR_NO);
	}
}

/* The RATIO_* facts share the order none, 10, 20, 30. */
enum { BIT_NONE = 1, BIT_10 = BIT_NONE << 1, BIT_20 = BIT_NONE << 2, BIT_30 = BIT_NONE << 3 };

static valueset
percent_bit(int percent)
{
	return (valueset)(BIT_NONE << percent / 10);
}

static void
derive_legal(struct view *v)
{
	const int band = state_only(v->s, F_BAND);

	v->s->legal = BIT_10 | BIT_20 | BIT_30;
	if (band == value_index(F_BAND, V_BAND_PRESCHOOL))
		v->s->legal = BIT_20;
	else if (band == value_index(F_BAND, V_BAND_GENERAL))
		v->s->legal = BIT_30;
	else if (band == value_index(F_BAND, V_BAND_ELDERLY))
		v->s->legal = BIT_20 | BIT_30;
}

/* The bit of a ratio somebody printed, declared or ascertained, if the law allows it, else 0. */
static valueset
legal_bit(struct view *v, int percent)
{
	valueset bit;

	if (!fact_known(percent))
		return 0;
	bit = percent_bit(percent) & v->s->legal;
	v->illegal = v->illegal || bit == 0;
	return bit;
}

static void
derive_online_ratio(struct view *v)
{
	const struct result *r = &v->f->online.result;
	const int day = v->f->visit_date;
	const int band = state_only(v->s, F_BAND);
	int percent = FACT_ABSENT;

	if (v->f->online.presence == PRESENT && v->f->online.outcome == OUTCOME_ANSWERED &&
	    v->f->online.validity == 1) {
		if (band == value_index(F_BAND, V_BAND_KOUKI) &&
		    fact_covers(r->kouki_from, r->kouki_to, day))
			percent = r->kouki_percent;
		else if (band == value_index(F_BAND, V_BAND_ELDERLY) &&
		    fact_covers(r->elderly_from, r->elderly_to, day))
			percent = r->elderly_percent;
	}
	v->s->can[F_RATIO_ONLINE] = fact_known(percent) ?
	    percent_bit(percent) & v->s->legal : BIT_NONE;
	if (v->s->can[F_RATIO_ONLINE] == 0)
		v->s->can[F_RATIO_ONLINE] = BIT_NONE;
}

/* The screen of a phone that failed (SIT-21). */
static bool
phone_portal_counts(const struct view *v)
{
	return v->f->visit_date >= v->p->phone_first_day &&
	    v->s->can[F_PHONE] == value_bit(F_PHONE, V_PHONE_FAILED) &&
	    v->f->card.registered != REGISTERED_DECLINED;
}

/* Whether a document's ratio may be read: not, yes, or if the physical card counts. */
enum readable { READABLE_NOT, READABLE, READABLE_WITH_CARD };

/*
 * Portal, PDF and お知らせ count where they count as proof: with the physical
 * card, or where they are what the path stands on.
 */
static enum readable
document_readable(const struct view *v, enum document_kind k)
{
	const valueset card = v->s->can[F_PHYSICAL_CARD];
	const valueset yes = value_bit(F_PHYSICAL_CARD, V_PHYSICAL_CARD_YES);

	if (k == v->document || k == DOC_ELIGIBILITY_CERTIFICATE ||
	    (k == DOC_NOTICE && v->path == V_PATH_ONLINE_NUMBER))
		return READABLE;
	if (k == DOC_OLD_CARD)
		return v->f->visit_date <= v->p->old_card_last_day ? READABLE : READABLE_NOT;
	if (k == DOC_PORTAL && phone_portal_counts(v))
		return READABLE;
	if (card == yes)
		return READABLE;
	return (card & yes) != 0 ? READABLE_WITH_CARD : READABLE_NOT;
}

/*
 * Adds what a document can give to RATIO_DOCUMENT; true when that is certain,
 * so that no later one is read.  asking: whether the question is already set.
 */
static bool
document_ratio(struct view *v, enum document_kind k, bool *asking)
{
	static const uint8_t question[DOC_MAX] = { Q_ELIGIBILITY_CERTIFICATE, Q_PORTAL,
		Q_PORTAL_PDF, Q_NOTICE, Q_OLD_CARD };
	const struct document *d = &v->f->document[k];
	const enum readable readable = document_readable(v, k);
	valueset *can = &v->s->can[F_RATIO_DOCUMENT];
	valueset bit = v->s->legal;

	/* of the papers that count with the card only the first is ever read */
	if (readable == READABLE_NOT || d->presence == FACT_ABSENT ||
	    (readable == READABLE_WITH_CARD && v->card_ratio))
		return false;
	if (d->presence == PRESENT) {
		if (!fact_covers(d->valid_from, d->valid_to, v->f->visit_date) ||
		    (bit = legal_bit(v, d->copay_percent)) == 0)
			return false;
		v->card_ratio = readable == READABLE_WITH_CARD;
	}
	*can |= bit;
	if (d->presence == PRESENT && readable == READABLE)
		return true;
	if (!*asking)
		v->s->ask[F_RATIO_DOCUMENT] = readable == READABLE ? question[k] :
		    v->s->ask[F_PHYSICAL_CARD];
	*asking = true;
	return false;
}

static void
derive_document_ratio(struct view *v)
{
	bool asking = false;

	v->s->can[F_RATIO_DOCUMENT] = 0;
	if (v->document != DOC_MAX && document_ratio(v, v->document, &asking))
		return;
	for (enum document_kind k = 0; k < DOC_MAX; k++)
		if (k != v->document && document_ratio(v, k, &asking))
			return;
	v->s->can[F_RATIO_DOCUMENT] |= BIT_NONE;
}

/* The latest day on which ratios were judged anew (INC-6). */
static int
ratio_year_start(const struct view *v)
{
	const struct ymd t = date_to_ymd(v->f->visit_date);
	const int month = v->p->ratio_year_month, day = v->p->ratio_year_day;
	const bool reached = t.m > month || (t.m == month && t.d >= day);

	return date_from_ymd(reached ? t.y : t.y - 1, month, day);
}

/* Everything but "unchanged" that a record's ratio must meet (RAT-32, RAT-33). */
static bool
record_serves(const struct view *v)
{
	const int on = v->f->record.confirmed_on, day = v->f->visit_date;
	const int birth = v->s->birthdate;

	if (!fact_known(birth) || !fact_known(on) || on < ratio_year_start(v))
		return false;
	if (on < v->s->age.elderly_first && v->s->age.elderly_first <= day)
		return false;
	if (on < v->s->age.kouki_first && v->s->age.kouki_first <= day)
		return false;
	return !number_differs(v->f->record.id.insurer_number,
	    state_source(v->s, v->f).insurer_number);
}

static void
derive_record_ratio(struct view *v)
{
	valueset *can = &v->s->can[F_RATIO_RECORD];
	valueset bit = 0;

	*can = BIT_NONE;
	if (v->f->record.presence == FACT_UNASKED) {
		*can |= v->s->legal;
		v->s->ask[F_RATIO_RECORD] = Q_RECORD;
	}
	if (v->f->record.presence == PRESENT && fact_known(v->f->record.copay_percent) &&
	    record_serves(v))
		bit = percent_bit(v->f->record.copay_percent) & v->s->legal;
	if (bit == 0)
		return;
	if (v->f->record.unchanged == 1) {
		*can = bit;
	} else if (v->f->record.unchanged == FACT_UNASKED) {
		*can |= bit;
		v->s->ask[F_RATIO_RECORD] = Q_UNCHANGED;
	}
}

static void
derive_staff_ratio(struct view *v)
{
	const int percent = v->f->copay_percent;
	valueset bit;

	if (percent == FACT_ABSENT)
		state_set(v->s, F_RATIO_STAFF, V_RATIO_STAFF_NONE);
	else if (fact_known(percent) && (bit = legal_bit(v, percent)) != 0)
		v->s->can[F_RATIO_STAFF] = bit;
	else
		state_set(v->s, F_RATIO_STAFF, V_RATIO_STAFF_NOT_ASKED);
}

/* What was declared in a disaster, if the law allows it, else on the 申立書. */
static void
derive_declared_ratio(struct view *v)
{
	const struct declaration *said = &v->f->statement;
	const valueset card = v->s->can[F_PHYSICAL_CARD];
	const valueset yes = value_bit(F_PHYSICAL_CARD, V_PHYSICAL_CARD_YES);
	valueset *can = &v->s->can[F_RATIO_DECLARED];

	*can = BIT_NONE;
	if (v->path == V_PATH_DISASTER) {
		const valueset bit = legal_bit(v, v->f->disaster.copay_percent);

		if (bit != 0) {
			*can = bit;
			return;
		}
	}
	if ((card & yes) == 0 || said->presence == FACT_ABSENT ||
	    (card != yes && v->s->ask[F_PHYSICAL_CARD] == Q_READ && path_is_online(v->s)))
		return;
	if (said->presence == PRESENT) {
		const valueset bit = legal_bit(v, said->copay_percent);

		if (bit != 0)
			*can = card == yes ? bit : *can | bit;
	} else if (!path_is_online(v->s)) {
		*can |= v->s->legal;
	}
	v->s->ask[F_RATIO_DECLARED] = card == yes ? Q_STATEMENT : v->s->ask[F_PHYSICAL_CARD];
}

/* A 国保組合 may grant its members under 70 a better ratio than the law's (INC-7). */
static void
derive_union_ratio(struct view *v)
{
	const valueset legal = v->s->legal;
	valueset bit = 0;

	state_set(v->s, F_UNION_RATIO, V_UNION_RATIO_NONE);
	if (v->document == DOC_MAX || v->scheme != SCHEME_KOKUHO_UNION ||
	    (legal != BIT_20 && legal != BIT_30))
		return;
	if (fact_known(v->f->document[v->document].copay_percent))
		bit = percent_bit(v->f->document[v->document].copay_percent);
	if (bit != 0 && bit <= legal) {
		state_set(v->s, F_UNION_RATIO, V_UNION_RATIO_PRINTED);
		v->s->legal |= bit;
	}
}

static void
derive_checks(struct view *v)
{
	const valueset online = v->s->can[F_RATIO_ONLINE];
	const valueset paper = v->s->can[F_RATIO_DOCUMENT];
	/* one ratio for certain, not none and not one of several */
	const bool printed = state_only(v->s, F_RATIO_DOCUMENT) > 0;

	state_set(v->s, F_RATIO_CHECK, online != BIT_NONE && printed && paper != online ?
	    V_RATIO_CHECK_DIFFER : V_RATIO_CHECK_FINE);
	state_set(v->s, F_RATIO_LEGAL, v->illegal ? V_RATIO_LEGAL_NO : V_RATIO_LEGAL_YES);
}

/* insurance_kind says 後期: believed from the age on at which that can be. */
static bool
says_kouki(const struct view *v)
{
	const struct declaration *said = v->path == V_PATH_DISASTER && v->f->disaster.kouki ?
	    &v->f->disaster : &v->f->statement;

	return said->presence == PRESENT && said->kouki && fact_known(v->s->birthdate) &&
	    v->f->visit_date >= v->s->age.kouki_earliest;
}

void
state_derive_path(struct state *s, const struct facts *f, const struct parameters *p,
    enum value path)
{
	struct view v = { .f = f, .p = p, .s = s, .path = path };

	state_set(s, F_PATH, path);
	v.document = state_document(s);
	v.scheme = number_scheme(state_source(s, f).insurer_number);
	v.kouki = v.scheme == SCHEME_KOUKI || (v.scheme == SCHEME_UNKNOWN && says_kouki(&v));
	derive_band(&v);
	derive_special(&v);
	derive_legal(&v);
	derive_union_ratio(&v);
	derive_online_ratio(&v);
	derive_document_ratio(&v);
	derive_record_ratio(&v);
	derive_staff_ratio(&v);
	derive_declared_ratio(&v);
	derive_checks(&v);
}
