#ifndef MOCK_ELEMENTS_H
#define MOCK_ELEMENTS_H

#include "base/err.h"
#include "json/json.h"

/*
 * Checks one ResultOfQualificationConfirmation: only official element names,
 * at their official places, strings everywhere, dates that exist, code
 * values of their OQSCD table.  ERR_MALFORMED names the element, never its
 * value.
 */
int	elements_check(const struct json *result, struct err *e);

/* The same of a LimitApplicationCertificateRelatedInfo, which may be empty. */
int	elements_check_limit(const struct json *info, struct err *e);

/* Is value one of the codes of QualificationValidity (OQSCD006)? */
bool	elements_is_validity(const char *value);

#endif
