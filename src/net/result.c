#include "net/result.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"

enum form {
	TEXT,		/* any string */
	DATE,		/* YYYYMMDD */
	INSURER,	/* 1 to 8 digits, perhaps padded with spaces to 8 */
	CODE,		/* one of the codes */
	GROUP		/* elements inside: an object, or an array of objects */
};

/* The official elements and code tables (OQSCDnnn) in ASCII order; a name is one thing at any depth. */
static const struct element {
	const char	*name;
	enum form	 form;
	const char	*codes;
} elements[] = {
	{ "Address", TEXT, NULL },
	{ "ArbitraryIdentifier", TEXT, NULL },
	{ "Birthdate", DATE, NULL },
	{ "DisqualificationDate", DATE, NULL },
	{ "ElderlyRecipientCertificateDate", DATE, NULL },
	{ "ElderlyRecipientCertificateInfo", GROUP, NULL },
	{ "ElderlyRecipientContributionRatio", CODE, "010 020 030" },
	{ "ElderlyRecipientValidEndDate", DATE, NULL },
	{ "ElderlyRecipientValidStartDate", DATE, NULL },
	{ "InsuredBranchNumber", TEXT, NULL },
	{ "InsuredCardClassification", CODE, "01 02 03 04 05 06 07 A1" },
	{ "InsuredCardExpirationDate", DATE, NULL },
	{ "InsuredCardSymbol", TEXT, NULL },
	{ "InsuredCardValidDate", DATE, NULL },
	{ "InsuredCertificateIssuanceDate", DATE, NULL },
	{ "InsuredIdentificationNumber", TEXT, NULL },
	{ "InsuredName", TEXT, NULL },
	{ "InsuredPartialContributionRatio", CODE, "010 020 030" },
	{ "InsurerName", TEXT, NULL },
	{ "InsurerNumber", INSURER, NULL },
	{ "LimitApplicationCertificateChanged", CODE, "0 1" },
	{ "LimitApplicationCertificateClassification", CODE, "01 02 03" },
	{ "LimitApplicationCertificateClassificationFlag", CODE,
	    "A01 A02 A03 A04 A05 A06 B01 B02 B03 B04 B05 B06 B07 B08 B09 B10" },
	{ "LimitApplicationCertificateDate", DATE, NULL },
	{ "LimitApplicationCertificateLongTermDate", DATE, NULL },
	{ "LimitApplicationCertificateRelatedConsFlg", CODE, "0 1 2 3" },
	{ "LimitApplicationCertificateRelatedConsTime", TEXT, NULL },
	{ "LimitApplicationCertificateRelatedInfo", GROUP, NULL },
	{ "LimitApplicationCertificateValidEndDate", DATE, NULL },
	{ "LimitApplicationCertificateValidStartDate", DATE, NULL },
	{ "MedicalTicketInfo", GROUP, NULL },
	{ "Name", TEXT, NULL },
	{ "NameKana", TEXT, NULL },
	{ "NameOfOther", TEXT, NULL },
	{ "NameOfOtherKana", TEXT, NULL },
	{ "PersonalFamilyClassification", CODE, "1 2" },
	{ "PostNumber", TEXT, NULL },
	{ "PreschoolClassification", CODE, "1 2" },
	{ "PrescriptionIssueSelect", TEXT, NULL },
	{ "PublicExpenseResultList", GROUP, NULL },
	{ "QualificationDate", DATE, NULL },
	{ "ReasonOfLoss", CODE, "01 02 03 99" },
	{ "ReferenceNumber", TEXT, NULL },
	{ "Sex1", CODE, "1 2 3" },
	{ "Sex2", CODE, "1 2 3" },
	{ "SpecificDiseasesCertificateDate", DATE, NULL },
	{ "SpecificDiseasesCertificateInfo", GROUP, NULL },
	{ "SpecificDiseasesCertificateList", GROUP, NULL },
	{ "SpecificDiseasesCertificateRelatedConsFlg", CODE, "0 1 2 3" },
	{ "SpecificDiseasesCertificateRelatedConsTime", TEXT, NULL },
	{ "SpecificDiseasesDiseaseCategory", CODE, "1 2 3" },
	{ "SpecificDiseasesSelfPay", TEXT, NULL },
	{ "SpecificDiseasesValidEndDate", DATE, NULL },
	{ "SpecificDiseasesValidStartDate", DATE, NULL },
};

static int
compare_name(const void *name, const void *element)
{
	return strcmp(name, ((const struct element *)element)->name);
}

static const struct element *
find(const char *name)
{
	return bsearch(name, elements, sizeof(elements) / sizeof(elements[0]),
	    sizeof(elements[0]), compare_name);
}

static bool
in_list(const char *codes, const char *value)
{
	const size_t n = strlen(value);

	for (const char *p = codes; *p != '\0'; p += strspn(p, " ")) {
		const size_t len = strcspn(p, " ");

		if (len == n && memcmp(p, value, n) == 0)
			return true;
		p += len;
	}
	return false;
}

static bool
is_insurer(const char *s)
{
	const size_t pad = strspn(s, " "), digits = strspn(s + pad, "0123456789");

	return digits > 0 && pad + digits <= 8 && s[pad + digits] == '\0';
}

static bool
has_form(const struct element *el, const char *s)
{
	if (*s == '\0')
		return true;
	switch (el->form) {
	case DATE:
		return date_parse_compact(s, strlen(s)) != DATE_NONE;
	case INSURER:
		return is_insurer(s);
	case CODE:
		return in_list(el->codes, s);
	case TEXT:
	case GROUP:
		break;
	}
	return true;
}

static int	check_members(const struct json *o, struct err *e);

static int
check_group(const char *name, const struct json *v, struct err *e)
{
	if (js_type(v) == JS_OBJECT)
		return check_members(v, e);
	if (js_type(v) != JS_ARRAY)
		return err_set(e, ERR_REPLY_MALFORMED, "%s: neither object nor array", name);
	for (size_t i = 0; i < js_len(v); i++) {
		if (js_type(js_at(v, i)) != JS_OBJECT)
			return err_set(e, ERR_REPLY_MALFORMED, "%s: not all objects", name);
		if (check_members(js_at(v, i), e) < 0)
			return -1;
	}
	return 0;
}

static int
check_element(const struct element *el, const struct json *v, struct err *e)
{
	const char *s;

	if (el->form == GROUP)
		return check_group(el->name, v, e);
	if ((s = js_as_str(v)) == NULL)
		return err_set(e, ERR_REPLY_MALFORMED, "%s: not a string", el->name);
	if (strlen(s) > RESULT_STRING_MAX)
		return err_set(e, ERR_REPLY_MALFORMED, "%s: too long", el->name);
	if (!has_form(el, s))
		return err_set(e, ERR_REPLY_MALFORMED, "%s: impossible value", el->name);
	return 0;
}

/* Recursion ends: js_parse() refused anything deeper than JS_DEPTH_MAX. */
static int
check_members(const struct json *o, struct err *e)
{
	struct js_iter it = js_members(o);

	while (js_next(&it)) {
		const struct element *el = find(it.key);

		if (el != NULL && check_element(el, it.value, e) < 0)
			return -1;
	}
	return 0;
}

int
result_check(const struct json *result, struct err *e)
{
	if (js_type(result) != JS_OBJECT)
		return err_set(e, ERR_REPLY_MALFORMED, "not an object");
	return check_members(result, e);
}
