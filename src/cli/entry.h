#ifndef CLI_ENTRY_H
#define CLI_ENTRY_H

#include <string.h>

#include "json/json.h"
#include "store/store.h"

/* What the writers of the store's entries share. */

/* A day as the contract has it; null for FACT_ABSENT and FACT_UNASKED. */
void	entry_write_day(struct jw *w, const char *key, int day);
int	entry_read_day(const struct json *o, const char *key);	/* FACT_ABSENT */

/* Adds x with the text of b, which is wiped. */
int	entry_add(struct store *s, const struct store_entry *x, struct buf *b, struct err *e);

/* Whether it can be a patient's number: 1 to PATIENT_MAX printable bytes. */
#define PATIENT_MAX	64
bool	entry_is_patient(const char *patient);

/* The last one of a patient and kind (store_last()), or *doc NULL where there is none; -1. */
int	entry_last(struct store *s, const char *patient, enum store_kind kind, long long upto,
	    struct json **doc, struct err *e);

static inline bool
entry_is(const struct store_entry *x, const struct buf *b)
{
	return x->text.n == b->n && memcmp(x->text.p, b->p, b->n) == 0;
}

#endif
