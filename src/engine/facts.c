#include "engine/facts.h"

static const struct insured_number no_number;

static void
document_init(struct document *d)
{
	*d = (struct document){
		.presence = FACT_UNASKED, .valid_from = FACT_ABSENT, .valid_to = FACT_ABSENT,
		.copay_percent = FACT_ABSENT, .birthdate = FACT_ABSENT, .id = no_number,
	};
}

void
facts_init(struct facts *f, int visit_date)
{
	*f = (struct facts){
		.visit_date = visit_date, .visit = FACT_UNASKED, .birthdate = FACT_UNASKED,
		.copay_percent = FACT_UNASKED,
		.card = { FACT_UNASKED, FACT_UNASKED, FACT_UNASKED, FACT_UNASKED, FACT_UNASKED,
		    FACT_UNASKED, FACT_UNASKED, FACT_UNASKED },
		.online = { .presence = FACT_UNASKED, .outcome = FACT_ABSENT, .by = FACT_ABSENT,
		    .validity = FACT_ABSENT, .same_person = FACT_ABSENT,
		    .result = { no_number, FACT_ABSENT, FACT_ABSENT, FACT_ABSENT, FACT_ABSENT,
			FACT_ABSENT, FACT_ABSENT, FACT_ABSENT, FACT_ABSENT } },
		.record = { FACT_UNASKED, FACT_ABSENT, FACT_ABSENT, FACT_UNASKED, no_number },
		.statement = { .presence = FACT_UNASKED, .copay_percent = FACT_ABSENT },
		.disaster = { .presence = FACT_UNASKED, .copay_percent = FACT_ABSENT },
	};
	for (int i = 0; i < DOC_MAX; i++)
		document_init(&f->document[i]);
}

static void
absent(int *fact)
{
	if (*fact == FACT_UNASKED)
		*fact = FACT_ABSENT;
}

void
facts_assume_none(struct facts *f)
{
	if (f->visit == FACT_UNASKED)
		f->visit = VISIT_FIRST;
	if (f->record.unchanged == FACT_UNASKED)
		f->record.unchanged = 0;
	absent(&f->birthdate);
	absent(&f->copay_percent);
	absent(&f->card.medium);
	absent(&f->card.absent_because);
	absent(&f->card.read);
	absent(&f->card.certificate_not_after);
	absent(&f->card.valid_to);
	absent(&f->card.certificate_revoked);
	absent(&f->card.identity);
	absent(&f->card.registered);
	absent(&f->online.presence);
	absent(&f->record.presence);
	absent(&f->statement.presence);
	absent(&f->disaster.presence);
	for (int i = 0; i < DOC_MAX; i++)
		absent(&f->document[i].presence);
}
