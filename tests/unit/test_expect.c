/* A row and its answer, to what will happen at the desk on the day of the appointment. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "expect_case.h"

static const struct expect_case cases[] = {
	{ "46 years, valid", ROW46("2026-11-24") SEEN("2026-10-13") PAID(30), '1', ONE(RESULT46),
	    .want = VALID46 },
	{ "A.8-3 the ratio of the list as 030", ROW46("2026-11-24")
	    ",\"last_copay_percent\":\"030\"", '1', ONE(RESULT46), .want = VALID46 },
	{ "A.8-3 the ratio of the answer as 030", ROW("2026-11-24", "1954-01-20", KOKUHO), '1',
	    ONE(RESULT("19540120", KOKUHO) ELDERLY("030", "20260801", "20270731")),
	    .want = VALID46 },

	{ "A.8-5 70, born on the 1st: in the month of the birthday",
	    ROW("2026-11-01", "1956-11-01", KOKUHO) SEEN("2026-10-06") PAID(30), '1',
	    ONE(RESULT("19561101", KOKUHO) ELDERLY("020", "20261101", "20270731")),
	    .want = "valid 20 online_card; copay_percent; ; turns_70" },
	{ "A.8-5 70, born on the 1st: the day before", ROW("2026-10-31", "1956-11-01", KOKUHO)
	    SEEN("2026-10-06") PAID(30), '1', ONE(RESULT("19561101", KOKUHO)
	    ELDERLY("020", "20261101", "20270731")), .want = VALID46 },
	{ "A.8-5 70, born on the 10th: the rest of that month as before",
	    ROW("2026-11-30", "1956-11-10", KOKUHO) SEEN("2026-10-20") PAID(30), '1',
	    ONE(RESULT("19561110", KOKUHO) ELDERLY("020", "20261201", "20270731")),
	    .want = VALID46 },
	{ "A.8-5 70, born on the 10th: the month after", ROW("2026-12-01", "1956-11-10", KOKUHO)
	    SEEN("2026-11-30") PAID(30), '1', ONE(RESULT("19561110", KOKUHO)
	    ELDERLY("020", "20261201", "20270731")),
	    .want = "valid 20 online_card; copay_percent; ; turns_70; not yet" },
	{ "70, confirmed on the border itself", ROW("2026-12-08", "1956-11-10", KOKUHO)
	    SEEN("2026-12-01") PAID(20), '1', ONE(RESULT("19561110", KOKUHO)
	    ELDERLY("020", "20261201", "20270731")), .want = "valid 20 online_card; ; ; ; not yet" },
	{ "70, never confirmed, the border ahead of today", ROW("2026-12-08", "1956-11-10", KOKUHO),
	    '1', ONE(RESULT("19561110", KOKUHO) ELDERLY("020", "20261201", "20270731")),
	    .want = "valid 20 online_card; ; ; turns_70; not yet" },
	{ "70, never confirmed, the border behind today", ROW("2026-12-08", "1956-11-10", KOKUHO),
	    '1', ONE(RESULT("19561110", KOKUHO) ELDERLY("020", "20261201", "20270731")),
	    .want = "valid 20 online_card; ; ; ", .today = "2026-12-07" },
	{ "70, and no ratio in the answer", ROW("2026-12-01", "1956-11-10", KOKUHO)
	    SEEN("2026-11-30") PAID(30), '1', ONE(RESULT("19561110", KOKUHO)),
	    .want = "valid - -; ; " AT_70 "; ratio_open turns_70" },
	{ "70 in 後期 by certification: no other band", ROW("2026-11-24", "1956-11-01", KOUKI)
	    SEEN("2026-10-06") PAID(20), '1', ONE(IN_KOUKI("19561101", "020", "20270731")),
	    .want = "valid 20 online_card; ; ; " },

	{ "the day before 75", ROW("2026-11-23", "1951-11-24", KOKUHO) SEEN("2026-10-27"), '1',
	    ONE(RESULT("19511124", KOKUHO) ELDERLY("020", "20260801", "20261123")),
	    .want = "valid 20 online_card; ; ; " },
	{ "A.8-5 75 on the day, in 後期", ROW("2026-11-24", "1951-11-24", KOKUHO) SEEN("2026-10-27")
	    PAID(20), '1', ONE(IN_KOUKI("19511124", "010", "20270731")),
	    .want = "valid 10 online_card; insurer_number copay_percent; ; turns_75; not yet" },
	{ "75 on the day, in 国保 as before", ROW("2026-11-24", "1951-11-24", KOKUHO)
	    SEEN("2026-10-27"), '1', ONE(RESULT("19511124", KOKUHO)
	    ELDERLY("020", "20260801", "20270731")),
	    .want = "valid - -; ; kouki_certificate; person_must_look turns_75" },
	{ "75 on the day, answered 3", ROW("2026-11-24", "1951-11-24", KOKUHO) SEEN("2026-10-27"),
	    '3', ONE(RESULT("19511124", KOKUHO) ",\"DisqualificationDate\":\"20261124\""),
	    .want = "invalid_new - -; ; my_number_card kouki_certificate portal portal_pdf notice; "
	    "new_insurance turns_75 lost_on" },
	{ "75 the day before, answered 2", ROW("2026-11-25", "1951-11-24", KOKUHO)
	    SEEN("2026-11-24"), '2', ONE(RESULT("19511124", KOKUHO)
	    ",\"DisqualificationDate\":\"20261124\""),
	    .want = "invalid - -; ; my_number_card kouki_certificate portal portal_pdf notice; "
	    "rekey_number lost_on" },
	{ "75 the day before, no answer", ROW("2026-11-25", "1951-11-24", KOKUHO)
	    SEEN("2026-10-27"), '\0', "",
	    .want = "error - -; ; kouki_certificate; SERVICE_UNREACHABLE turns_75; retryable",
	    .more = { .error = ERR_SERVICE_UNREACHABLE, .retryable = true } },
	{ "75 on the day, the list knows 後期 already", ROW("2026-11-24", "1951-11-24", KOUKI)
	    SEEN("2026-10-27") PAID(10), '1', ONE(IN_KOUKI("19511124", "010", "20270731")),
	    .want = "valid 10 online_card; ; ; ; not yet" },
	{ "75 and more, 後期 answered 2", ROW("2026-11-24", "1945-05-10", KOUKI), '2', "",
	    .want = "invalid - -; ; my_number_card " PAPERS "; rekey_number" },
	{ "66 in 後期 over 1 August", ROW("2026-11-24", "1960-05-10", KOUKI) SEEN("2026-06-15"), '1',
	    ONE(IN_KOUKI("19600510", "020", "20270731")),
	    .want = "valid 20 online_card; ; ; ratio_year" },
	{ "64 in 後期 can not be", ROW("2026-11-24", "1962-05-10", KOUKI), '1',
	    ONE(IN_KOUKI("19620510", "020", "20270731")),
	    .want = "valid - -; ; ; person_must_look" },

	{ "A.8-5 the last day of preschool", ROW("2026-03-31", "2020-04-01", KENPO)
	    SEEN("2026-02-02") PAID(20), '1', ONE(RESULT("20200401", KENPO)),
	    .want = "valid 20 online_card; ; ; " },
	{ "A.8-5 the first day of school", ROW("2026-04-01", "2020-04-01", KENPO) SEEN("2026-03-31")
	    PAID(20), '1', ONE(RESULT("20200401", KENPO)),
	    .want = "valid 30 online_card; copay_percent; ; starts_school" },
	{ "A.8-5 born on 2 April: a year later", ROW("2026-04-01", "2020-04-02", KENPO)
	    SEEN("2026-03-31") PAID(20), '1', ONE(RESULT("20200402", KENPO)),
	    .want = "valid 20 online_card; ; ; " },

	{ "the certificate has more than three months", ROW46("2026-11-24") ENDS("2027-02-24"), '1',
	    ONE(RESULT46), .want = VALID46 },
	{ "the certificate has three months", ROW46("2026-11-24") ENDS("2027-02-23"), '1',
	    ONE(RESULT46), .want = VALID46 "certificate_ends_soon@2027-02-23" },
	{ "the certificate's last day", ROW46("2026-11-24") ENDS("2026-11-24"), '1', ONE(RESULT46),
	    .want = VALID46 "certificate_ends_soon@2026-11-24" },
	{ "the certificate ended the day before", ROW46("2026-11-24") ENDS("2026-11-23"), '1',
	    ONE(RESULT46), .want = VALID46 "certificate_grace@2027-02-28" },
	{ "the last day of the grace", ROW46("2026-11-30") ENDS("2026-08-10"), '1', ONE(RESULT46),
	    .want = VALID46 "certificate_grace@2026-11-30" },
	{ "past the grace: papers, but no portal", ROW46("2026-12-01") ENDS("2026-08-10"), '1',
	    ONE(RESULT46), .want = "valid - -; ; " NO_PORTAL "; ratio_open certificate_ended" },
	{ "past the grace, not valid: the card is of no use", ROW46("2026-12-01")
	    ENDS("2026-08-10"), '2', "", .want = "invalid - -; ; " NO_PORTAL
	    "; certificate_ended rekey_number" },
	{ "past the grace, no answer", ROW46("2026-12-01") ENDS("2026-08-10"), '\0', "",
	    .want = "error - -; ; " NO_PORTAL "; SERVICE_TIMEOUT certificate_ended; retryable",
	    .more = { .error = ERR_SERVICE_TIMEOUT, .retryable = true } },
	{ "in the grace, not valid: nobody can log in", ROW46("2026-11-30") ENDS("2026-08-10"), '2',
	    "", .want = "invalid - -; ; my_number_card " NO_PORTAL "; rekey_number" },

	{ "A.8-4 the ratio of 70 to 74 ended before the visit",
	    ROW("2026-11-24", "1954-01-20", KOKUHO) SEEN("2026-08-03") PAID(20), '1',
	    ONE(RESULT("19540120", KOKUHO) ELDERLY("030", "20250801", "20260731")),
	    .want = "valid - -; ; " AT_70 "; ratio_open ratio_ended@2026-07-31" },
	{ "A.8-4 the ratio of 70 to 74 begins after the visit",
	    ROW("2026-11-24", "1954-01-20", KOKUHO), '1', ONE(RESULT("19540120", KOKUHO)
	    ELDERLY("030", "20261201", "20270731")),
	    .want = "valid - -; ; " AT_70 "; ratio_open" },
	{ "A.8-4 as of the visit, not of today", ROW("2026-07-31", "1954-01-20", KOKUHO), '1',
	    ONE(RESULT("19540120", KOKUHO) ELDERLY("020", "20250801", "20260731")),
	    .want = "valid 20 online_card; ; ; " },
	{ "81, the ratio of the year that begins before the visit",
	    ROW("2026-08-03", "1945-05-10", KOUKI) SEEN("2026-08-01"), '1',
	    ONE(IN_KOUKI("19450510", "030", "20270731")),
	    .want = "valid 30 online_card; ; ; ; not yet", .today = "2026-07-31" },
	{ "81, the ratio of the year that has begun", ROW("2026-08-03", "1945-05-10", KOUKI)
	    SEEN("2026-08-01"), '1', ONE(IN_KOUKI("19450510", "030", "20270731")),
	    .want = "valid 30 online_card; ; ; ", .today = "2026-08-01" },
	{ "46, 1 August before the visit", ROW46("2026-08-03"), '1', ONE(RESULT46),
	    .want = VALID46, .today = "2026-07-31" },
	{ "46, insured from tomorrow on", ROW46("2026-11-24"), '1', ONE(RESULT46
	    ",\"QualificationDate\":\"20261123\""), .want = VALID46 "; not yet" },
	{ "72, a ratio from tomorrow on", ROW("2026-11-24", "1954-01-20", KOKUHO), '1',
	    ONE(RESULT("19540120", KOKUHO) ELDERLY("030", "20261123", "20270731")),
	    .want = "valid 30 online_card; ; ; ; not yet" },
	{ "the ratio of 後期 ended before the visit", ROW("2026-11-24", "1945-05-10", KOUKI)
	    SEEN("2026-08-03"), '1', ONE(IN_KOUKI("19450510", "020", "20260731")),
	    .want = "valid - -; ; " PAPERS "; ratio_open ratio_ended@2026-07-31" },
	{ "a card's end says nothing about a ratio by age", ROW46("2026-11-24"), '1', ONE(RESULT46
	    ",\"InsuredCardExpirationDate\":\"20260731\""), .want = VALID46 },
	{ "a ratio of 70 to 74 that ended says nothing at 46", ROW46("2026-11-24"), '1',
	    ONE(RESULT46 ELDERLY("020", "20250801", "20260731")), .want = VALID46 },
	{ "the ratio of 70 to 74, the certificate past its grace",
	    ROW("2026-11-24", "1954-01-20", KOKUHO) ENDS("2026-07-31"), '1',
	    ONE(RESULT("19540120", KOKUHO) ELDERLY("020", "20260801", "20270731")),
	    .want = "valid - -; ; " NO_PORTAL "; ratio_open certificate_ended" },

	{ "1 August between confirmation and visit", ROW("2026-11-24", "1954-01-20", KOKUHO)
	    SEEN("2026-07-31") PAID(20), '1', ONE(RESULT("19540120", KOKUHO)
	    ELDERLY("030", "20260801", "20270731")),
	    .want = "valid 30 online_card; copay_percent; ; ratio_year" },
	{ "confirmed on 1 August", ROW("2026-11-24", "1954-01-20", KOKUHO) SEEN("2026-08-01")
	    PAID(30), '1', ONE(RESULT("19540120", KOKUHO) ELDERLY("030", "20260801", "20270731")),
	    .want = VALID46 },
	{ "a visit on 1 August, seen from July", ROW("2026-08-01", "1954-01-20", KOKUHO), '1',
	    ONE(RESULT("19540120", KOKUHO) ELDERLY("030", "20260801", "20270731")), .want = VALID46
	    "ratio_year; not yet", .today = "2026-07-31" },
	{ "a visit in July, confirmed a year before", ROW("2026-07-31", "1954-01-20", KOKUHO)
	    SEEN("2025-07-31"), '1', ONE(RESULT("19540120", KOKUHO)
	    ELDERLY("020", "20250801", "20260731")),
	    .want = "valid 20 online_card; ; ; ratio_year" },
	{ "1 August is nothing to those under 70", ROW46("2026-11-24") SEEN("2026-07-06"), '1',
	    ONE(RESULT46), .want = VALID46 },

	{ "the last day of the temporary measure: the old card helps", ROW46("2026-07-31")
	    ENDS("2026-03-10"), '1', ONE(RESULT46), .want = "valid - -; ; " NO_PORTAL
	    " old_card; ratio_open certificate_ended" },
	{ "the day after it: it does not", ROW46("2026-08-01") ENDS("2026-03-10"), '1',
	    ONE(RESULT46), .want = "valid - -; ; " NO_PORTAL "; ratio_open certificate_ended" },

	{ "特別療養費", ROW46("2026-11-24") PAID(30), '1',
	    ONE("\"Birthdate\":\"19800217\",\"InsurerNumber\":\"" KENPO "\","
	    "\"InsuredCardClassification\":\"05\""),
	    .want = "valid 100 special_medical; copay_percent; ; " },
	{ "特別療養費 at 15 should not occur", ROW("2026-11-24", "2011-02-17", KOKUHO), '1',
	    ONE("\"Birthdate\":\"20110217\",\"InsurerNumber\":\"" KOKUHO "\","
	    "\"InsuredCardClassification\":\"05\""), .want = "valid - -; ; ; person_must_look" },
	{ "医療扶助 (6)", ROW46("2026-11-24"), '6',
	    ONE("\"Birthdate\":\"19800217\",\"InsuredCardClassification\":\"A1\""),
	    .want = "valid - -; ; ; person_must_look" },
	{ "医療扶助 by its class", ROW46("2026-11-24"), '1',
	    ONE("\"Birthdate\":\"19800217\",\"InsuredCardClassification\":\"A1\""),
	    .want = "valid - -; ; ; person_must_look" },

	{ "2: ended", ROW46("2026-11-24"), '2', ONE(RESULT46
	    ",\"DisqualificationDate\":\"20261001\""), .want = "invalid - -; ; my_number_card "
	    PAPERS "; rekey_number lost_on" },
	{ "2 without a result", ROW46("2026-11-24"), '2', "[]",
	    .want = "invalid - -; ; my_number_card " PAPERS "; rekey_number" },
	{ "2, under another name: the only result counts", ROW46("2026-11-24")
	    ",\"kana\":\"ヤマダ ハナコ\"", '2', ONE(RESULT46
	    ",\"NameKana\":\"ｽｽﾞｷ ﾊﾅｺ\",\"DisqualificationDate\":\"20261001\""),
	    .want = "invalid - -; ; my_number_card " PAPERS "; rekey_number lost_on" },
	{ "2, return visit: what is on file does not help", ROW46("2026-11-24") SEEN("2026-10-13")
	    PAID(30) ",\"visit\":\"return\"", '2', "", .want = "invalid - -; ; my_number_card "
	    PAPERS "; rekey_number" },
	{ "3: a newer one", ROW46("2026-11-24"), '3', "",
	    .want = "invalid_new - -; ; my_number_card " PAPERS "; new_insurance" },
	{ "4: nothing found", ROW46("2026-11-24"), '4', "",
	    .want = "not_found - -; ; my_number_card " PAPERS "; rekey_number" },
	{ "5: several", ROW46("2026-11-24"), '5', "",
	    .want = "multiple - -; ; my_number_card; use_branch" },

	{ "several results, one covers the day", ROW46("2026-11-24") ",\"branch\":\"01\"", '1', "[{"
	    RESULT46 ",\"InsuredBranchNumber\":\"01\",\"DisqualificationDate\":\"20261124\"}," "{"
	    RESULT46 ",\"InsuredBranchNumber\":\"02\",\"QualificationDate\":\"20261124\"}]",
	    .want = "valid 30 online_card; branch; ; ; not yet" },
	{ "A.8-7 several results, one of the patient", ROW46("2026-11-24") ",\"kana\":\"ヤマダ ジロウ\","
	    "\"branch\":\"01\"", '1', "[{" RESULT46
	    ",\"NameKana\":\"ﾔﾏﾀﾞ ﾀﾛｳ\",\"InsuredBranchNumber\":\"02\"}," "{" RESULT46
	    ",\"NameKana\":\"ﾔﾏﾀﾞ ｼﾞﾛｳ\",\"InsuredBranchNumber\":\"03\"}]",
	    .want = "valid 30 online_card; branch; ; " },
	{ "A.8-7 several results, none picked", ROW46("2026-11-24"), '1', "[{" RESULT46
	    ",\"NameKana\":\"ﾔﾏﾀﾞ ﾀﾛｳ\"},{" RESULT46 ",\"NameKana\":\"ﾔﾏﾀﾞ ｼﾞﾛｳ\"}]",
	    .want = "multiple - -; ; my_number_card; use_branch" },
	{ "A.8-7 several results, none of the patient", ROW46("2026-11-24")
	    ",\"kana\":\"ヤマダ サブロウ\"", '1', "[{" RESULT46 ",\"NameKana\":\"ﾔﾏﾀﾞ ﾀﾛｳ\"},{" RESULT46
	    ",\"NameKana\":\"ﾔﾏﾀﾞ ｼﾞﾛｳ\"}]", .want = "multiple - -; ; my_number_card; use_branch" },
	{ "one result of another name that does not cover the day", ROW46("2026-11-24")
	    ",\"kana\":\"ヤマダ ハナコ\"", '1', ONE(RESULT46
	    ",\"NameKana\":\"ｽｽﾞｷ ﾊﾅｺ\",\"QualificationDate\":\"20261201\""),
	    .want = "valid - -; kana; ; person_must_look" },
	{ "valid, and the one result ended years ago", ROW46("2026-11-24"), '1', ONE(RESULT46
	    ",\"DisqualificationDate\":\"20200101\""),
	    .want = "valid - -; ; ; person_must_look lost_on" },
	{ "valid, and the one result ends on the day", ROW46("2026-11-24"), '1', ONE(RESULT46
	    ",\"DisqualificationDate\":\"20261124\""),
	    .want = "valid - -; ; ; person_must_look lost_on" },
	{ "valid, and the one result ends the day after", ROW46("2026-11-24"), '1', ONE(RESULT46
	    ",\"DisqualificationDate\":\"20261125\""), .want = VALID46 },
	{ "several results, the one of the patient ended", ROW46("2026-11-24")
	    ",\"kana\":\"ヤマダ ジロウ\"", '1', "[{" RESULT46
	    ",\"NameKana\":\"ﾔﾏﾀﾞ ﾀﾛｳ\",\"DisqualificationDate\":\"20200101\"}," "{" RESULT46
	    ",\"NameKana\":\"ﾔﾏﾀﾞ ｼﾞﾛｳ\",\"DisqualificationDate\":\"20200101\"}]",
	    .want = "valid - -; ; ; person_must_look lost_on" },
	{ "another name and another kana", ROW46("2026-11-24")
	    ",\"name\":\"中村 海斗\",\"kana\":\"ナカムラ カイト\"", '1', ONE(RESULT46
	    ",\"Name\":\"双葉　あさひ\",\"NameKana\":\"ﾌﾀﾊﾞ ｱｻﾋ\""),
	    .want = "valid 30 online_card; name kana; ; other_person" },
	{ "another name, the same kana", ROW46("2026-11-24")
	    ",\"name\":\"斉藤 海斗\",\"kana\":\"サイトウ カイト\"", '1', ONE(RESULT46
	    ",\"Name\":\"齋藤　海斗\",\"NameKana\":\"ｻｲﾄｳ ｶｲﾄ\""),
	    .want = "valid 30 online_card; name; ; " },
	{ "born on another day than the answer's", ROW46("2026-11-24"), '1',
	    ONE(RESULT("19800218", KENPO)), .want = "valid - -; birthdate; ; person_must_look" },
	{ "valid without a result, 46", ROW46("2026-11-24") PAID(20), '1', "", .want = VALID46
	    "no_result" },
	{ "valid without a result, 72", ROW("2026-11-24", "1954-01-20", KOKUHO), '1', "[]",
	    .want = "valid - -; ; " PAPERS "; ratio_open no_result" },

	{ "no answer, worth another try", ROW46("2026-11-24") PAID(30), '\0', "",
	    .want = "error - -; ; ; SERVICE_TIMEOUT; retryable",
	    .more = { .error = ERR_SERVICE_TIMEOUT, .retryable = true } },
	{ "refused, not worth another try", ROW46("2026-11-24"), '\0', "",
	    .want = "error - -; ; ; SERVICE_REFUSED", .more = { .error = ERR_SERVICE_REFUSED,
	    .code = "REQUEST_MALFORMED", .message = "?" } },
	{ "a malformed reply, whatever it had", ROW46("2026-11-24"), '\0', ONE(RESULT46),
	    .want = "error - -; ; ; REPLY_MALFORMED", .more = { .error = ERR_REPLY_MALFORMED } },
	{ "a row without a number", "\"appointment\":\"2026-11-24\",\"birthdate\":\"1980-02-17\","
	    "\"insurer_number\":\"06132013\",\"number\":\"\"", '\0', "",
	    .want = "error - -; ; ; not_askable", .more = { .error = ERR_MALFORMED } },
	{ "80 years, without a number: nobody knows of what insurance",
	    "\"appointment\":\"2026-11-24\",\"birthdate\":\"1946-02-17\",\"insurer_number\":\"\","
	    "\"number\":\"\"", '\0', "", .want = "error - -; ; ; not_askable",
	    .more = { .error = ERR_MALFORMED } },
	{ "cells that can not be read and are not asked about", ROW46("2026-11-24")
	    ",\"visit\":\"往診\",\"last_copay_percent\":\"0割\"" SEEN("先月") ENDS("9999-12-31"), '1',
	    ONE(RESULT46), .want = VALID46 "cell_unread cell_unread cell_unread cell_unread" },
	{ "a value of another type that is not asked about", ROW46("2026-11-24")
	    ",\"last_copay_percent\":0.3", '1', ONE(RESULT46), .want = VALID46 "cell_unread" },
	{ "a row that can not be read", ROW46("2026-11-31"), '\0', "",
	    .want = "error - -; ; ; bad_row", .more = { .error = ERR_MALFORMED } },

	{ "一括照会, valid", ROW46("2026-11-24"), '1', ONE(RESULT46), .want = VALID46
	    "bulk_without_limit", .more = { .by_file = true } },
	{ "一括照会, not valid", ROW46("2026-11-24"), '4', "",
	    .want = "not_found - -; ; my_number_card " PAPERS "; rekey_number",
	    .more = { .by_file = true } },
	{ "the service's own words", ROW46("2026-11-24"), '1', ONE(RESULT46), .want = VALID46
	    "service_warning", .more = { .code = "W1", .message = "電子証明書の有効期限3か月前" } },
	{ "an element we do not know", ROW46("2026-11-24"), '1', ONE(RESULT46 ",\"Aura\":\"1\""),
	    .want = VALID46 "unknown_element" },
	{ "a lost zero", ROW("2026-11-24", "1980-02-17", "6132013"), '1', ONE(RESULT46),
	    .want = VALID46 "insurer_number_zero" },
	{ "an insurer number that can not be right, told once",
	    ROW("2026-11-24", "1980-02-17", "06132014"), '1', ONE(RESULT("19800217", "06132014")),
	    .want = VALID46 "insurer_number_check" },
	{ "an insurer number that can not be right, not found",
	    ROW("2026-11-24", "1980-02-17", "06132014"), '4', "",
	    .want = "not_found - -; ; my_number_card " PAPERS
	    "; rekey_number insurer_number_check" },

	{ "A.8-1 insurer number padded", ROW("2026-11-24", "1980-02-17", KOKUHO), '1',
	    ONE(RESULT("19800217", "  138016")), .want = VALID46 },
	{ "A.8-2 width, zeros, branch 00 of 後期", ROW("2026-11-24", "1945-05-10", "３９１３１０１６")
	    ",\"branch\":\"00\"", '1',
	    ONE("\"Birthdate\":\"19450510\",\"InsurerNumber\":\"39131016\","
	    "\"InsuredIdentificationNumber\":\"00345\","
	    "\"InsuredPartialContributionRatio\":\"010\""),
	    .want = "valid 10 online_card; ; ; " },
	{ "A.8-6 家族 is no change", ROW46("2026-11-24") ",\"name\":\"山田 花子\",\"branch\":\"02\"", '1',
	    ONE(RESULT46 ",\"Name\":\"山田　花子\",\"InsuredName\":\"山田　太郎\","
	    "\"PersonalFamilyClassification\":\"2\",\"InsuredBranchNumber\":\"02\""),
	    .want = VALID46 },
	{ "A.8-8 ● is no change", ROW46("2026-11-24") ",\"name\":\"渡邉 一郎\"", '1', ONE(RESULT46
	    ",\"Name\":\"渡●　一郎\""), .want = VALID46 },
	{ "A.8-10 an address is no change", ROW46("2026-11-24") ",\"address\":\"東京都架空区1-1\"", '1',
	    ONE(RESULT46 ",\"Address\":\"大阪府架空市2-2\""), .want = VALID46 },
};

/* Which codes some case has had; the last test wants all of them. */
static bool brought[BRING_MAX], cautioned[CAUTION_MAX];

static void
mark(const char *code)
{
	for (int i = 0; i < BRING_MAX; i++)
		brought[i] |= strcmp(code, bring_code((enum bring)i)) == 0;
	for (int i = 0; i < CAUTION_MAX; i++)
		cautioned[i] |= strcmp(code, caution_code((enum caution)i)) == 0;
}

static void
dump_notes(struct buf *b, const struct note *note, size_t n)
{
	buf_adds(b, "; ");
	for (size_t i = 0; i < n; i++) {
		buf_addf(b, "%s%s", i > 0 ? " " : "", note[i].code);
		if (fact_known(note[i].until)) {
			buf_addc(b, '@');
			dump_day(b, note[i].until);
		}
		mark(note[i].code);
	}
}

static void
dump(struct buf *b, const struct out_row *out)
{
	buf_addf(b, "%s ", status_name(out->status, false));
	if (fact_known(out->copay_percent))
		buf_addf(b, "%d", out->copay_percent);
	else
		buf_addc(b, '-');
	buf_addf(b, " %s; ", out->path != NULL ? out->path : "-");
	for (size_t i = 0; i < out->changes; i++)
		buf_addf(b, "%s%s", i > 0 ? " " : "", change_name(out->change[i].field, false));
	dump_notes(b, out->bring, out->brings);
	dump_notes(b, out->warning, out->warnings);
	buf_adds(b, out->retryable ? "; retryable" : "");
}

static void
run_expect(void **state)
{
	const struct expect_case *c = *state;
	struct buf got = BUF_INIT;
	struct sitting s;

	sit(&s, c, false);
	dump(&got, &appraisal.out);
	if (fact_known(appraisal.out.copay_percent) && appraisal.result != NULL &&
	    !appraisal.holds_today)
		buf_adds(&got, "; not yet");
	assert_string_equal(got.p, c->want);
	buf_free(&got);
	rise(&s);
}

static void
test_every_code_was_met(void **state)
{
	(void)state;
	for (int i = 0; i < BRING_MAX; i++)
		if (!brought[i])
			fail_msg("no case brings %s", bring_code((enum bring)i));
	for (int i = 0; i < CAUTION_MAX; i++)
		if (!cautioned[i])
			fail_msg("no case warns of %s", caution_code((enum caution)i));
}

int
main(void)
{
	struct CMUnitTest tests[N(cases) + 1];
	size_t n = 0;

	ADD_TABLE(tests, n, cases, run_expect);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_every_code_was_met);
	return _cmocka_run_group_tests("expected", tests, n, set_up, tear_down);
}
