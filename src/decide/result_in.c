#include "decide/result_in.h"

#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "decide/facts_in.h"

/* The official element names of a result, those inside its parts included, in ASCII order. */
static const char *const elements[] = {
	"Address", "ArbitraryIdentifier", "Birthdate", "DiagnosisInfoAvailableTime",
	"DiagnosisInfoConsFlg", "DiagnosisInfoConsTime", "DisqualificationDate",
	"ElderlyRecipientCertificateDate", "ElderlyRecipientCertificateInfo",
	"ElderlyRecipientContributionRatio", "ElderlyRecipientValidEndDate",
	"ElderlyRecipientValidStartDate", "InsuredBranchNumber", "InsuredCardClassification",
	"InsuredCardExpirationDate", "InsuredCardSymbol", "InsuredCardValidDate",
	"InsuredCertificateIssuanceDate", "InsuredIdentificationNumber", "InsuredName",
	"InsuredPartialContributionRatio", "InsurerName", "InsurerNumber",
	"LimitApplicationCertificateChanged", "LimitApplicationCertificateClassification",
	"LimitApplicationCertificateClassificationFlag", "LimitApplicationCertificateDate",
	"LimitApplicationCertificateLongTermDate", "LimitApplicationCertificateRelatedConsFlg",
	"LimitApplicationCertificateRelatedConsTime", "LimitApplicationCertificateRelatedInfo",
	"LimitApplicationCertificateValidEndDate", "LimitApplicationCertificateValidStartDate",
	"Name", "NameKana", "NameOfOther", "NameOfOtherKana", "OperationInfoAvailableTime",
	"OperationInfoConsFlg", "OperationInfoConsTime", "PersonalFamilyClassification",
	"PharmacistsInfoAvailableTime", "PharmacistsInfoConsFlg", "PharmacistsInfoConsTime",
	"PostNumber", "PreschoolClassification", "PrescriptionIssueSelect",
	"PublicExpenseResultList", "QualificationDate", "ReasonOfLoss",
	"ReferenceClassification", "ReferenceNumber", "Sex1", "Sex2",
	"SpecificDiseasesCertificateList", "SpecificDiseasesCertificateRelatedConsFlg",
	"SpecificDiseasesCertificateRelatedConsTime",
	"SpecificHealthCheckupsInfoAvailableTime", "SpecificHealthCheckupsInfoConsFlg",
	"SpecificHealthCheckupsInfoConsTime",
};

static int
compare_name(const void *name, const void *element)
{
	return strcmp(name, *(const char *const *)element);
}

bool
facts_element_known(const char *name)
{
	return bsearch(name, elements, sizeof(elements) / sizeof(elements[0]),
	    sizeof(elements[0]), compare_name) != NULL;
}

/* An empty element says nothing, as a missing one does. */
static const char *
text(const struct json *o, const char *key, struct result_found *found, const char **why)
{
	const struct json *v = js_get(o, key);
	const char *s = js_as_str(v);

	if (js_type(v) != JS_NULL && s == NULL && *why == NULL) {
		found->key = key;
		*why = "must be a string";
	}
	return s != NULL && *s != '\0' ? s : NULL;
}

static int
day_of(const struct json *o, const char *key, struct result_found *found, const char **why)
{
	const char *s = text(o, key, found, why);
	int day;

	if (s == NULL)
		return FACT_ABSENT;
	if ((day = date_parse_compact(s, strlen(s))) == DATE_NONE && *why == NULL) {
		found->key = key;
		*why = "must be a date YYYYMMDD between 1900 and 2100";
	}
	return day;
}

static int
percent_of(const struct json *o, const char *key, struct result_found *found, const char **why)
{
	const char *s = text(o, key, found, why);

	if (s == NULL)
		return FACT_ABSENT;
	if (strlen(s) == 3 && s[0] == '0' && s[1] >= '1' && s[1] <= '3' && s[2] == '0')
		return (s[1] - '0') * 10;
	if (*why == NULL) {
		found->key = key;
		*why = "must be \"010\", \"020\" or \"030\"";
	}
	return FACT_ABSENT;
}

static int
class_of(const struct json *o, struct result_found *found, const char **why)
{
	static const char *const codes[] = { "01", "02", "03", "04", "05", "06", "07", "A1" };
	const char *s = text(o, "InsuredCardClassification", found, why);

	if (s == NULL)
		return FACT_ABSENT;
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (strcmp(codes[i], s) == 0)
			return i == 4 ? CLASS_SPECIAL : i == 7 ? CLASS_PUBLIC_ASSISTANCE :
			    CLASS_ORDINARY;
	if (*why == NULL) {
		found->key = "InsuredCardClassification";
		*why = "must be 01 to 07 or A1";
	}
	return FACT_ABSENT;
}

const char *
result_read(const struct json *o, struct result_found *found)
{
	const struct json *elderly = js_get(o, "ElderlyRecipientCertificateInfo");
	struct js_iter it = js_members(o);
	struct result *r = &found->result;
	const char *why = NULL;

	found->key = "";
	found->unknown = false;
	if (js_type(o) != JS_OBJECT)
		return "must be an object";
	while (js_next(&it))
		found->unknown |= !facts_element_known(it.key);
	/* some write the parts of 高齢受給者証 without their parent */
	if (js_type(elderly) != JS_OBJECT)
		elderly = o;
	r->id.insurer_number = text(o, "InsurerNumber", found, &why);
	r->id.symbol = text(o, "InsuredCardSymbol", found, &why);
	r->id.number = text(o, "InsuredIdentificationNumber", found, &why);
	r->id.branch = text(o, "InsuredBranchNumber", found, &why);
	r->birthdate = day_of(o, "Birthdate", found, &why);
	r->card_class = class_of(o, found, &why);
	r->kouki_percent = percent_of(o, "InsuredPartialContributionRatio", found, &why);
	r->kouki_from = day_of(o, "InsuredCardValidDate", found, &why);
	r->kouki_to = day_of(o, "InsuredCardExpirationDate", found, &why);
	r->elderly_percent = percent_of(elderly, "ElderlyRecipientContributionRatio", found, &why);
	r->elderly_from = day_of(elderly, "ElderlyRecipientValidStartDate", found, &why);
	r->elderly_to = day_of(elderly, "ElderlyRecipientValidEndDate", found, &why);
	found->qualified_from = day_of(o, "QualificationDate", found, &why);
	found->lost_on = day_of(o, "DisqualificationDate", found, &why);
	return why;
}

bool
result_covers(const struct result_found *found, int day)
{
	return (!fact_known(found->qualified_from) || found->qualified_from <= day) &&
	    (!fact_known(found->lost_on) || day < found->lost_on);
}
