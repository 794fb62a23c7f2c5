#ifndef DECIDE_RESULT_IN_H
#define DECIDE_RESULT_IN_H

#include "engine/facts.h"
#include "json/json.h"

/* One ResultOfQualificationConfirmation in its official names. */
struct result_found {
	struct result	 result;
	int		 qualified_from;	/* QualificationDate */
	int		 lost_on;		/* DisqualificationDate: first day without */
	bool		 unknown;		/* an element we do not know */
	const char	*key;			/* of the element that is wrong */
};

/* Fills in *found, whatever it held.  NULL, or what is wrong with found->key. */
const char	*result_read(const struct json *o, struct result_found *found);

/* Whether the eligibility it describes holds on that day, as far as it says. */
bool		 result_covers(const struct result_found *found, int day);

#endif
