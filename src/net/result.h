#ifndef NET_RESULT_H
#define NET_RESULT_H

#include "base/err.h"
#include "json/json.h"

#define RESULT_STRING_MAX 2048	/* bytes of one element's value */

/*
 * Checks one ResultOfQualificationConfirmation: every element we know must
 * have its type, and a value of its code table, a real date, a legal ratio or
 * a plausible number, where it has one of these; an empty value counts as
 * absent.  Elements we do not know are left alone, the service may add some.
 * ERR_REPLY_MALFORMED names the element, never its value.
 */
int	result_check(const struct json *result, struct err *e);

#endif
