#include "prove/example.h"

#include <string.h>

#include "base/date.h"

/* How many boxes of a set are tried, and how many patients for each. */
#define WISHES_MAX	40
#define ATTEMPTS_MAX	720

/*
 * What is wanted: for each fact the index of a value, or -1 where it does not
 * matter.  The path's facts are those of one path.
 */
struct wish {
	int	v[F_MAX];
	int	path;		/* V_PATH_*, or -1 */
	int	day;
};

#define WANTS(w, fact, value)	((w)->v[F_##fact] == value_index(F_##fact, V_##fact##_##value))

/* Attempts are numbered in a mixed radix, so that every combination comes once. */
static int
digit(int *n, int radix)
{
	const int d = *n % radix;

	*n /= radix;
	return d;
}

static void
build_medium(const struct wish *w, struct facts *f)
{
	const int enquiry = w->v[F_ENQUIRY];
	const bool by_card = enquiry >= value_index(F_ENQUIRY, V_ENQUIRY_CARD_VALID) &&
	    enquiry <= value_index(F_ENQUIRY, V_ENQUIRY_CARD_MULTIPLE);

	f->card.medium = MEDIUM_NONE;
	if (w->v[F_MEDIUM] >= 0)
		f->card.medium = w->v[F_MEDIUM];	/* both count card, phone, none */
	else if (w->v[F_PHONE] > 0)
		f->card.medium = MEDIUM_PHONE;
	else if (by_card || (w->v[F_PHYSICAL_CARD] >= 0 && !WANTS(w, PHYSICAL_CARD, NO)))
		f->card.medium = MEDIUM_CARD;
	if (WANTS(w, CONTRADICTION, MEDIUM))
		f->card.medium = MEDIUM_NONE;
	if (f->card.medium != MEDIUM_NONE || w->v[F_CHIP] == 0)
		f->card.read = READ_OK;
	if (WANTS(w, CHIP, FAILED))
		f->card.read = READ_UNREADABLE;
	if (WANTS(w, CHIP, NOT_READ))
		f->card.read = FACT_UNASKED;
	if (WANTS(w, PHYSICAL_CARD, EXPIRED))
		f->card.valid_to = w->day - 1;
	if (w->v[F_ABSENT] > 0)
		f->card.absent_because = w->v[F_ABSENT] - 1;
	/* a phone whose card has expired is none, though it was answered (CERT-7) */
	if (WANTS(w, MEDIUM, NONE) && by_card && !WANTS(w, CONTRADICTION, MEDIUM)) {
		f->card.medium = MEDIUM_PHONE;
		f->card.valid_to = w->day - 1;
	}
	/* taken at once for no card, whatever was laid down */
	if (WANTS(w, MEDIUM, CARD) && WANTS(w, PHYSICAL_CARD, NO))
		f->card.read = READ_NOT_MY_NUMBER;
}

static void
build_certificate(const struct wish *w, struct facts *f)
{
	if (WANTS(w, CERTIFICATE, VALID))
		f->card.certificate_not_after = date_add_years(w->day, 4);
	else if (WANTS(w, CERTIFICATE, SOON))
		f->card.certificate_not_after = w->day;
	else if (WANTS(w, CERTIFICATE, GRACE))
		f->card.certificate_not_after = w->day - 1;
	else if (WANTS(w, CERTIFICATE, ENDED))
		f->card.certificate_not_after = date_add_years(w->day, -4);
	else if (WANTS(w, CERTIFICATE, REVOKED))
		f->card.certificate_revoked = 1;
	if (WANTS(w, REGISTERED, NO))
		f->card.registered = REGISTERED_NO;
	else if (WANTS(w, REGISTERED, DECLINED) || WANTS(w, PHYSICAL_CARD, DECLINED))
		f->card.registered = REGISTERED_DECLINED;
	if (WANTS(w, IDENTITY, LOCKED))
		f->card.identity = IDENTITY_PIN_LOCKED;
	else if (WANTS(w, IDENTITY, FAILED))
		f->card.identity = IDENTITY_FAILED;
}

/* One number of each scheme: none, 健保, 国保, 国保組合, 後期. */
static const char *const numbers[] = { NULL, "06132013", "138016", "133033", "39131016" };

/* The validity that an answer must have, 0 for none. */
static int
validity_of(const struct wish *w)
{
	switch (V_ENQUIRY_NOT_MADE + (enum value)w->v[F_ENQUIRY]) {
	case V_ENQUIRY_CARD_VALID:
	case V_ENQUIRY_NUMBER_MUNICIPAL:
	case V_ENQUIRY_NUMBER_OTHER:
		return 1;
	case V_ENQUIRY_CARD_ENDED:
	case V_ENQUIRY_NUMBER_ENDED:
		return WANTS(w, ANSWER_CLASS, PUBLIC) ? 6 : 2;
	case V_ENQUIRY_CARD_NEWER:
	case V_ENQUIRY_NUMBER_NEWER:
		return 3;
	case V_ENQUIRY_CARD_MULTIPLE:
	case V_ENQUIRY_NUMBER_MULTIPLE:
		return 5;
	default:
		return 0;
	}
}

/* Which enquiry an assignment needs that does not say it. */
static void
complete_enquiry(struct wish *w)
{
	const bool answered = w->v[F_ANSWER_CLASS] > 0 || WANTS(w, ENDED_NUMBER, SHOWN) ||
	    w->v[F_RATIO_ONLINE] > 0 || w->v[F_CONTRADICTION] > 0;
	const bool card = w->v[F_MEDIUM] < 0 || WANTS(w, MEDIUM, CARD) || WANTS(w, MEDIUM, PHONE);
	enum value v = V_ENQUIRY_NO_ANSWER;

	if (w->v[F_ENQUIRY] >= 0)
		return;
	if (WANTS(w, ENDED_NUMBER, SHOWN))
		v = V_ENQUIRY_NUMBER_ENDED;
	else if (answered)
		v = (card && w->v[F_IDENTITY] <= 0 && w->v[F_CHIP] <= 0) ||
		    WANTS(w, CONTRADICTION, MEDIUM) ? V_ENQUIRY_CARD_VALID : V_ENQUIRY_NUMBER_OTHER;
	w->v[F_ENQUIRY] = value_index(F_ENQUIRY, v);
}

static void
build_online(const struct wish *w, struct facts *f, int number)
{
	const enum value enquiry = V_ENQUIRY_NOT_MADE + (enum value)w->v[F_ENQUIRY];
	struct result *r = &f->online.result;

	if (enquiry == V_ENQUIRY_NOT_MADE)
		return;
	f->online.presence = PRESENT;
	f->online.outcome = enquiry == V_ENQUIRY_NO_ANSWER ? OUTCOME_UNREACHABLE : OUTCOME_ANSWERED;
	if (enquiry == V_ENQUIRY_NO_ANSWER)
		return;
	f->online.validity = validity_of(w);
	f->online.by = enquiry >= V_ENQUIRY_NUMBER_MUNICIPAL ? BY_NUMBER : BY_CARD;
	f->online.results = WANTS(w, CONTRADICTION, RESULTS) ? 2 : 1;
	f->online.same_person = WANTS(w, CONTRADICTION, PERSON) ? 0 : FACT_ABSENT;
	r->id.insurer_number = numbers[number];
	if (WANTS(w, ENDED_NUMBER, NONE) && (f->online.validity == 2 || f->online.validity == 3))
		r->id.insurer_number = NULL;
	r->card_class = CLASS_ORDINARY;
	if (WANTS(w, ANSWER_CLASS, SPECIAL))
		r->card_class = CLASS_SPECIAL;
	if (WANTS(w, ANSWER_CLASS, PUBLIC) && f->online.validity == 1)
		r->card_class = CLASS_PUBLIC_ASSISTANCE;
	if (w->v[F_RATIO_ONLINE] > 0)
		r->kouki_percent = r->elderly_percent = 10 * w->v[F_RATIO_ONLINE];
}

/* A birth date for a band on that day, and whether there is one. */
static int
birthdate(const struct wish *w, int choice)
{
	static const int ages[][3] = { { 3, 5, 4 }, { 40, 12, 25 }, { 72, 71, 73 }, { 80, 67, 75 },
		{ 40, 12, 60 }, { 80, 75, 90 } };
	static const int any[] = { 40, 80, 72, 67, 12, 3 };
	const int band = w->v[F_BAND];

	if (WANTS(w, BAND, UNKNOWN))
		return FACT_ABSENT;
	return date_add_years(w->day, -(band >= 0 ? ages[band][choice % 3] : any[choice]));
}

static const enum fact document_facts[DOC_MAX] = { F_ELIGIBILITY_CERTIFICATE, F_PORTAL,
	F_PORTAL_PDF, F_NOTICE, F_OLD_CARD };

/* Presence and dates; where the ratio and a mark stand: on all, or on one of them. */
static void
build_documents(const struct wish *w, struct facts *f, int number, int which)
{
	for (int k = 0; k < DOC_MAX; k++) {
		struct document *d = &f->document[k];
		const int v = w->v[document_facts[k]];	/* none, valid, ended */

		d->presence = v > 0 ? PRESENT : FACT_ABSENT;
		if (v <= 0)
			continue;
		d->valid_to = v == 2 ? w->day - 1 : FACT_ABSENT;
		d->id.insurer_number = numbers[number];
		if (which != 0 && which != k + 1)
			continue;
		d->special_medical = WANTS(w, SPECIAL, YES);
		if (w->v[F_RATIO_DOCUMENT] > 0)
			d->copay_percent = 10 * w->v[F_RATIO_DOCUMENT];
	}
	if (WANTS(w, TEMPORARY_DOCUMENT, YES) && w->v[F_NOTICE] < 0 && w->v[F_OLD_CARD] < 0) {
		f->document[DOC_NOTICE].presence = PRESENT;
		f->document[DOC_NOTICE].valid_to = w->day - 1;
	}
}

static void
build_course(const struct wish *w, struct facts *f, int number)
{
	const enum value course = V_COURSE_FIRST + (enum value)w->v[F_COURSE];

	f->visit = w->v[F_COURSE] <= 0 ? VISIT_FIRST : VISIT_RETURN;
	f->record.presence = FACT_ABSENT;
	if (w->v[F_COURSE] >= 0 && course == V_COURSE_NO_RECORD)
		return;
	if (f->visit == VISIT_FIRST && w->v[F_RATIO_RECORD] <= 0)
		return;
	f->record.presence = PRESENT;
	f->record.unchanged = course != V_COURSE_CHANGED || w->v[F_COURSE] < 0;
	f->record.confirmed_on = w->day;
	if (w->v[F_COURSE] >= 0 && course == V_COURSE_TURNED_75)
		f->record.confirmed_on = date_add_years(w->day, -30);
	f->record.id.insurer_number = numbers[number];
	if (w->v[F_RATIO_RECORD] > 0)
		f->record.copay_percent = 10 * w->v[F_RATIO_RECORD];
}

static void
build_declarations(const struct wish *w, struct facts *f)
{
	f->statement.presence = WANTS(w, STATEMENT, GIVEN) ? PRESENT : FACT_ABSENT;
	f->disaster_in_force = w->v[F_DISASTER] > 0;
	f->disaster.presence = WANTS(w, DISASTER, STATED) ? PRESENT : FACT_ABSENT;
	if (w->v[F_RATIO_DECLARED] > 0) {
		if (w->path != V_PATH_DISASTER && w->v[F_STATEMENT] < 0)
			f->statement.presence = PRESENT;
		f->statement.copay_percent = f->disaster.copay_percent =
		    10 * w->v[F_RATIO_DECLARED];
	}
	if (WANTS(w, RATIO_STAFF, NONE))
		f->copay_percent = FACT_ABSENT;
	else if (!WANTS(w, RATIO_STAFF, NOT_ASKED) && w->v[F_RATIO_STAFF] > 0)
		f->copay_percent = 10 * w->v[F_RATIO_STAFF];
}

/* A ratio that the law may not allow, somewhere where it is read. */
static void
build_illegal(struct facts *f, int where, int percent)
{
	switch (where) {
	case 0:
		f->copay_percent = percent;
		break;
	case 1:
		f->statement.copay_percent = f->disaster.copay_percent = percent;
		break;
	default:
		for (int k = 0; k < DOC_MAX; k++)
			if ((where == 2 || where == k + 3) && f->document[k].presence == PRESENT)
				f->document[k].copay_percent = percent;
		break;
	}
}

/* The n-th patient for a wish; false: there are no more. */
static bool
build(const struct wish *wish, int n, struct facts *f)
{
	struct wish w = *wish;
	const bool illegal = WANTS(&w, RATIO_LEGAL, NO);
	const int where = illegal ? digit(&n, 3 + DOC_MAX) : 0;
	const int percent = illegal ? digit(&n, 3) : 0;
	const int number = digit(&n, 5), age = digit(&n, 6), which = digit(&n, DOC_MAX + 1);
	const int kouki = digit(&n, 2), other = digit(&n, 5);

	facts_init(f, w.day);
	complete_enquiry(&w);
	build_medium(&w, f);
	build_certificate(&w, f);
	/* the same number everywhere, or that of the answer on its own */
	build_online(&w, f, (number + 1) % 5);
	build_documents(&w, f, (number + 1 + other) % 5, which);
	build_course(&w, f, (number + 1 + other) % 5);
	build_declarations(&w, f);
	/* the patient's word, where no number says it */
	f->statement.kouki = f->disaster.kouki = kouki == 1;
	f->birthdate = birthdate(&w, age);
	f->online.result.birthdate = FACT_ABSENT;
	if (WANTS(&w, CONTRADICTION, BIRTHDATE) && fact_known(f->birthdate))
		f->online.result.birthdate = f->birthdate - 1;
	if (illegal)
		build_illegal(f, where, 10 * (percent + 1));
	return n == 0;
}

void
example_derive(const struct facts *f, const struct parameters *p, unsigned paths,
    struct cube *out)
{
	struct state s;

	state_derive(&s, f, p);
	for (int fact = 0; fact < F_PATH; fact++)
		out->set[fact] = s.can[fact];
	for (; paths != 0; paths &= paths - 1) {
		const enum value path = V_PATH_NONE + (enum value)__builtin_ctz(paths);
		struct state of_path = s;

		state_derive_path(&of_path, f, p, path);
		for (int fact = F_BAND; fact < F_BASIS; fact++)
			out->set[space_var((enum fact)fact, path)] = of_path.can[fact];
	}
}

unsigned
example_paths(struct space *s, uint32_t set)
{
	const struct varset vars = mdd_support(s->m, set);
	unsigned paths = 0;
	int path;

	for (int var = 0; var < mdd_vars(s->m); var++)
		if (varset_has(&vars, var) && space_fact(var, &path) > F_PATH)
			paths |= 1U << value_index(F_PATH, (enum value)path);
	return paths;
}

/* A ratio that some path wants is wanted, though the one that is built for has none. */
static void
wish_ratios(const struct cube *box, struct wish *w)
{
	for (int f = F_RATIO_ONLINE; f <= F_RATIO_DECLARED; f++)
		for (int i = 0; w->v[f] <= 0 && i < fact_values(F_PATH); i++) {
			const unsigned set = box->set[space_var((enum fact)f,
			    V_PATH_NONE + (enum value)i)] & value_all((enum fact)f);

			/* 10, 20 or 30 alone */
			if (set == 2 || set == 4 || set == 8)
				w->v[f] = __builtin_ctz(set);
		}
}

/* The wish that a box makes: what it fixes, and the path whose facts it fixes most. */
static void
wish_of(struct space *s, const struct cube *box, int day, struct wish *w)
{
	int most = 0;

	*w = (struct wish){ .path = -1, .day = day };
	for (int f = 0; f < F_MAX; f++)
		w->v[f] = -1;
	for (int i = 0; i < fact_values(F_PATH); i++) {
		const enum value path = V_PATH_NONE + (enum value)i;
		int fixed = 0;

		for (int f = F_BAND; f < F_BASIS; f++)
			fixed += __builtin_popcount(box->set[space_var((enum fact)f, path)]) == 1;
		if (fixed > most)
			w->path = (int)path;
		most = fixed > most ? fixed : most;
	}
	for (int f = 0; f < F_BASIS; f++) {
		unsigned set;

		if (f == F_PATH || (f > F_PATH && w->path < 0))
			continue;
		set = box->set[space_var((enum fact)f, (enum value)w->path)];
		if (__builtin_popcount(set) < mdd_domain(s->m, space_var((enum fact)f,
		    (enum value)w->path)))
			w->v[f] = __builtin_ctz(set);
	}
	wish_ratios(box, w);
}

/* What is looked for: of all that an open fact can be, what is possible lies in the set. */
struct target {
	uint32_t	set, wide;	/* the set; with all that is not possible */
	unsigned	paths;
};

static bool
fits(struct space *s, const struct target *t, const struct facts *f, const struct parameters *p,
    const struct example_test *test)
{
	struct cube c;

	example_derive(f, p, t->paths, &c);
	return mdd_holds(s->m, t->wide, &c) && mdd_value(s->m, t->set, &c) != MDD_EMPTY &&
	    (test == NULL || test->accept(test->arg, f));
}

bool
example_find(struct space *s, uint32_t set, uint32_t possible, const struct parameters *p, int day,
    const struct example_test *test, struct facts *out)
{
	struct target t = { .set = set };
	uint32_t rest = set;
	struct cube box;

	t.wide = possible == MDD_ALL ? set : mdd_or(s->m, set, mdd_not(s->m, possible));
	t.paths = example_paths(s, t.wide);
	for (unsigned k = 0; k < WISHES_MAX && mdd_pick(s->m, rest, k, &box); k++) {
		struct wish w;

		wish_of(s, &box, day, &w);
		for (int n = 0; n < ATTEMPTS_MAX && build(&w, n, out); n++)
			if (fits(s, &t, out, p, test))
				return true;
		rest = mdd_minus(s->m, rest, mdd_cube(s->m, &box));
	}
	return false;
}
