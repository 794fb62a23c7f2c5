#include "mock/elements.h"

#include <string.h>

#include "base/date.h"

#define TEXT_MAX	400	/* bytes; the longest official text is far shorter */
#define LIST_MAX	20

/* What a value has to look like; a name ending in CODE has a table below. */
enum form {
	TEXT, DATE, TIME, MONTH, PERCENT, DIGITS, OBJECT, LIST,
	SEX_CODE, RELATION_CODE, CARD_CODE, PRESCHOOL_CODE, LOSS_CODE, CONSENT_CODE,
	LIMIT_CODE, LIMIT_FLAG_CODE, DISEASE_CODE
};

static const char *const codes[][20] = {
	[PERCENT]	  = { "010", "020", "030" },
	[SEX_CODE]	  = { "1", "2", "3" },
	[RELATION_CODE]	  = { "1", "2" },
	[CARD_CODE]	  = { "01", "02", "03", "04", "05", "06", "07", "A1" },
	[PRESCHOOL_CODE]  = { "1" },
	[LOSS_CODE]	  = { "01", "02", "03", "99" },
	[CONSENT_CODE]	  = { "0", "1", "2", "3" },
	[LIMIT_CODE]	  = { "01", "02", "03" },
	[LIMIT_FLAG_CODE] = { "A01", "A02", "A03", "A04", "A05", "A06", "B01", "B02", "B03",
			      "B04", "B05", "B06", "B07", "B08", "B09", "B10" },
	[DISEASE_CODE]	  = { "1", "2", "3" },
};

struct element {
	const char		*name;	/* NULL ends a table */
	enum form		 form;
	const struct element	*inside;
};

static const struct element elderly[] = {
	{ "ElderlyRecipientCertificateDate", DATE, NULL },
	{ "ElderlyRecipientValidStartDate", DATE, NULL },
	{ "ElderlyRecipientValidEndDate", DATE, NULL },
	{ "ElderlyRecipientContributionRatio", PERCENT, NULL },
	{ NULL, TEXT, NULL }
};

static const struct element limit[] = {
	{ "LimitApplicationCertificateClassification", LIMIT_CODE, NULL },
	{ "LimitApplicationCertificateClassificationFlag", LIMIT_FLAG_CODE, NULL },
	{ "LimitApplicationCertificateDate", DATE, NULL },
	{ "LimitApplicationCertificateValidStartDate", DATE, NULL },
	{ "LimitApplicationCertificateValidEndDate", DATE, NULL },
	{ "LimitApplicationCertificateLongTermDate", DATE, NULL },
	{ NULL, TEXT, NULL }
};

static const struct element disease[] = {
	{ "SpecificDiseasesDiseaseCategory", DISEASE_CODE, NULL },
	{ "SpecificDiseasesCertificateDate", DATE, NULL },
	{ "SpecificDiseasesValidStartDate", DATE, NULL },
	{ "SpecificDiseasesValidEndDate", DATE, NULL },
	{ "SpecificDiseasesSelfPay", DIGITS, NULL },
	{ NULL, TEXT, NULL }
};

static const struct element diseases[] = {
	{ "SpecificDiseasesCertificateInfo", LIST, disease },
	{ NULL, TEXT, NULL }
};

static const struct element ticket[] = {
	{ "TicketType", TEXT, NULL },
	{ "MedicalTicketValidDate", DATE, NULL },
	{ "MedicalTicketExpirationDate", DATE, NULL },
	{ "IssueNumber", TEXT, NULL },
	{ "MedicalTreatmentMonth", MONTH, NULL },
	{ "DesignatedMedicalInstitutionCode", DIGITS, NULL },
	{ "DesignatedMedicalInstitutionFlag", TEXT, NULL },
	{ "DesignatedMedicalInstitutionName", TEXT, NULL },
	{ "PrescriptionIssuerMedicalInstitutionCode", DIGITS, NULL },
	{ "PrescriptionIssuerMedicalInstitutionName", TEXT, NULL },
	{ "InjuryName1", TEXT, NULL },
	{ "InjuryName2", TEXT, NULL },
	{ "InjuryName3", TEXT, NULL },
	{ "MedicalTreatmentType", TEXT, NULL },
	{ "SelfPayAmount", DIGITS, NULL },
	{ "SingleOrCombinedUse", TEXT, NULL },
	{ "StatusOfSocialInsurance", TEXT, NULL },
	{ "ConsistencyFlag", TEXT, NULL },
	{ "StatusOfInfecton", TEXT, NULL },	/* spelt so officially */
	{ "StatusOfElderlyMedicalCare", TEXT, NULL },
	{ "StatusOfPrefecturalExpenses", TEXT, NULL },
	{ "Remarks1", TEXT, NULL },
	{ "Remarks2", TEXT, NULL },
	{ "Remarks3", TEXT, NULL },
	{ NULL, TEXT, NULL }
};

static const struct element tickets[] = {
	{ "MedicalTicketInfo", LIST, ticket },
	{ NULL, TEXT, NULL }
};

static const struct element result_elements[] = {
	{ "InsuredCardClassification", CARD_CODE, NULL },
	{ "InsurerNumber", DIGITS, NULL },
	{ "InsuredCardSymbol", TEXT, NULL },
	{ "InsuredIdentificationNumber", TEXT, NULL },
	{ "InsuredBranchNumber", DIGITS, NULL },
	{ "PersonalFamilyClassification", RELATION_CODE, NULL },
	{ "InsuredName", TEXT, NULL },
	{ "Name", TEXT, NULL },
	{ "NameOfOther", TEXT, NULL },
	{ "NameKana", TEXT, NULL },
	{ "NameOfOtherKana", TEXT, NULL },
	{ "Sex1", SEX_CODE, NULL },
	{ "Sex2", SEX_CODE, NULL },
	{ "Birthdate", DATE, NULL },
	{ "Address", TEXT, NULL },
	{ "PostNumber", TEXT, NULL },
	{ "QualificationDate", DATE, NULL },
	{ "DisqualificationDate", DATE, NULL },
	{ "InsuredCertificateIssuanceDate", DATE, NULL },
	{ "InsuredCardValidDate", DATE, NULL },
	{ "InsuredCardExpirationDate", DATE, NULL },
	{ "InsuredPartialContributionRatio", PERCENT, NULL },
	{ "PreschoolClassification", PRESCHOOL_CODE, NULL },
	{ "ReasonOfLoss", LOSS_CODE, NULL },
	{ "InsurerName", TEXT, NULL },
	{ "ElderlyRecipientCertificateInfo", OBJECT, elderly },
	{ "LimitApplicationCertificateRelatedConsFlg", CONSENT_CODE, NULL },
	{ "LimitApplicationCertificateRelatedConsTime", TIME, NULL },
	{ "LimitApplicationCertificateRelatedInfo", OBJECT, limit },
	{ "SpecificDiseasesCertificateRelatedConsFlg", CONSENT_CODE, NULL },
	{ "SpecificDiseasesCertificateRelatedConsTime", TIME, NULL },
	{ "SpecificDiseasesCertificateList", OBJECT, diseases },
	{ "PublicExpenseResultList", OBJECT, tickets },
	{ "SpecificHealthCheckupsInfoConsFlg", CONSENT_CODE, NULL },
	{ "SpecificHealthCheckupsInfoConsTime", TIME, NULL },
	{ "SpecificHealthCheckupsInfoAvailableTime", TIME, NULL },
	{ "PharmacistsInfoConsFlg", CONSENT_CODE, NULL },
	{ "PharmacistsInfoConsTime", TIME, NULL },
	{ "PharmacistsInfoAvailableTime", TIME, NULL },
	{ "DiagnosisInfoConsFlg", CONSENT_CODE, NULL },
	{ "DiagnosisInfoConsTime", TIME, NULL },
	{ "DiagnosisInfoAvailableTime", TIME, NULL },
	{ "OperationInfoConsFlg", CONSENT_CODE, NULL },
	{ "OperationInfoConsTime", TIME, NULL },
	{ "OperationInfoAvailableTime", TIME, NULL },
	{ "ReferenceNumber", TEXT, NULL },
	{ "ArbitraryIdentifier", TEXT, NULL },
	{ "PrescriptionIssueSelect", TEXT, NULL },
	{ NULL, TEXT, NULL }
};

static int	check_object(const struct json *o, const struct element *table, const char *where,
		    struct err *e);

static bool
is_digits(const char *s)
{
	return *s != '\0' && strspn(s, "0123456789") == strlen(s);
}

static bool
is_code(enum form form, const char *s)
{
	for (size_t i = 0; i < 20 && codes[form][i] != NULL; i++)
		if (strcmp(codes[form][i], s) == 0)
			return true;
	return false;
}

/* NULL when the string has its form, else the name of the form. */
static const char *
text_fault(enum form form, const char *s)
{
	const size_t n = strlen(s);

	switch (form) {
	case TEXT:
		return n <= TEXT_MAX ? NULL : "a text of at most 400 bytes";
	case DIGITS:
		/* an insurer number may stand right-aligned in spaces (A.8) */
		return n <= TEXT_MAX && is_digits(s + strspn(s, " ")) ? NULL : "digits";
	case DATE:
		return date_parse_compact(s, n) != DATE_NONE ? NULL : "a date YYYYMMDD";
	case TIME:
		return n == 14 && is_digits(s) && date_parse_compact(s, 8) != DATE_NONE ? NULL :
		    "a time YYYYMMDDHHMMSS";
	case MONTH:
		return n == 6 && is_digits(s) ? NULL : "a month YYYYMM";
	default:
		return is_code(form, s) ? NULL : "a code of its table";
	}
}

static int
check_list(const struct json *a, const struct element *el, struct err *e)
{
	if (js_type(a) != JS_ARRAY || js_len(a) > LIST_MAX)
		return err_set(e, ERR_MALFORMED, "%s: not an array of at most %d", el->name, LIST_MAX);
	for (size_t i = 0; i < js_len(a); i++)
		if (check_object(js_at(a, i), el->inside, el->name, e) < 0)
			return -1;
	return 0;
}

static int
check_value(const struct json *v, const struct element *el, struct err *e)
{
	const char *s, *fault;

	if (el->form == OBJECT)
		return check_object(v, el->inside, el->name, e);
	if (el->form == LIST)
		return check_list(v, el, e);
	if ((s = js_as_str(v)) == NULL)
		return err_set(e, ERR_MALFORMED, "%s: not a string", el->name);
	if ((fault = text_fault(el->form, s)) != NULL)
		return err_set(e, ERR_MALFORMED, "%s: not %s", el->name, fault);
	return 0;
}

static int
check_object(const struct json *o, const struct element *table, const char *where, struct err *e)
{
	struct js_iter it = js_members(o);

	if (js_type(o) != JS_OBJECT)
		return err_set(e, ERR_MALFORMED, "%s: not an object", where);
	while (js_next(&it)) {
		const struct element *el = table;

		while (el->name != NULL && strcmp(el->name, it.key) != 0)
			el++;
		if (el->name == NULL)
			return err_set(e, ERR_MALFORMED, "%s: \"%.60s\" is no official element name",
			    where, it.key);
		if (check_value(it.value, el, e) < 0)
			return -1;
	}
	return 0;
}

int
elements_check(const struct json *result, struct err *e)
{
	static const char *const required[] = {
		"InsurerNumber", "InsuredIdentificationNumber", "Birthdate"
	};

	if (check_object(result, result_elements, "result", e) < 0)
		return -1;
	for (size_t i = 0; i < sizeof(required) / sizeof(required[0]); i++)
		if (js_str(result, required[i]) == NULL)
			return err_set(e, ERR_MALFORMED, "result: \"%s\" is missing", required[i]);
	return 0;
}

int
elements_check_limit(const struct json *info, struct err *e)
{
	return check_object(info, limit, "LimitApplicationCertificateRelatedInfo", e);
}

bool
elements_is_validity(const char *value)
{
	return strlen(value) == 1 && value[0] >= '1' && value[0] <= '6';
}
