#ifndef MOCK_REFUSAL_H
#define MOCK_REFUSAL_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Every error of docs/service.md: code string, HTTP status, whether trying
 * again without changing anything can help, the sentence for the desk and
 * the one for the technician.
 */
#define REFUSAL_LIST(X)							\
	X(CLIENT_CERTIFICATE_REQUIRED, 401, false, "この端末は接続を許可されていません", \
	    "no client certificate, or none of the service's CA")	\
	X(INSTITUTION_MISMATCH,  403, false, "医療機関コードが端末の証明書と一致しません", \
	    "MedicalInstitutionCode is not the client certificate's")	\
	X(REQUEST_MALFORMED,     400, false, "照会の形式が正しくありません", \
	    "the request is malformed")					\
	X(REQUEST_TOO_LARGE,     413, false, "照会が大きすぎます",	\
	    "the request is too large")					\
	X(METHOD_NOT_ALLOWED,    405, false, "照会の方法が正しくありません", \
	    "this path has another method")				\
	X(NOT_FOUND,             404, false, "照会先が正しくありません", "no such path") \
	X(CHALLENGE_UNKNOWN,     409, true,  "もう一度やり直してください", \
	    "challenge never given, used already, expired, or given to another client") \
	X(SIGNATURE_INVALID,     422, false, "カードの確認ができませんでした", \
	    "signature does not verify")				\
	X(SIGNED_TIME_SKEWED,    422, false, "端末の時計がずれています", \
	    "SignedAt is more than 300 s from the service's clock")	\
	X(CERTIFICATE_MALFORMED, 422, false, "カードの電子証明書を読み取れません", \
	    "not a DER certificate")					\
	X(CERTIFICATE_UNTRUSTED, 422, false, "カードの電子証明書を確認できません", \
	    "no chain to a trusted card CA, or not an authentication certificate") \
	X(CERTIFICATE_EXPIRED,   422, false, "電子証明書の有効期限が切れています", \
	    "certificate is past its end, and past its grace where it has one") \
	X(CERTIFICATE_REVOKED,   422, false, "電子証明書が失効しています", \
	    "certificate is revoked")					\
	X(CARD_NOT_REGISTERED,   422, false, "健康保険証の利用登録がされていません", \
	    "card is not registered as insurance card")			\
	X(CARD_UNKNOWN,          422, false, "このカードの登録が見つかりません", \
	    "no person holds this certificate")				\
	X(FACE_NOT_CONFIRMED,    422, false, "顔の目視確認がされていません", \
	    "the statement that the face was compared is missing or false") \
	X(FILE_IDENTIFIER_REUSED, 409, false, "同じ識別子で別の一括照会が送られています", \
	    "this ArbitraryFileIdentifier came with other questions")	\
	X(RECEPTION_UNKNOWN,     404, false, "受付番号が見つかりません", \
	    "no file of this ReceptionNumber, or no longer")		\
	X(MAINTENANCE,           503, true,  "サービスは保守中です", "scheduled maintenance") \
	X(OVERLOADED,            429, true,  "混み合っています。しばらくしてやり直してください", \
	    "too many requests")					\
	X(INTERNAL,              500, true,  "サービスの内部エラーです", "internal error")

#define X(name, status, retry, ja, en) REFUSAL_##name,
enum refusal_code { REFUSAL_LIST(X) REFUSAL_MAX };
#undef X

/* Why a request is refused.  detail replaces the technician's sentence. */
struct refusal {
	enum refusal_code	code;	/* REFUSAL_MAX: not refused */
	char			detail[200];
};

#define REFUSAL_INIT { .code = REFUSAL_MAX, .detail = "" }

/* Keeps the first reason; returns -1.  detail NULL: the table's sentence. */
int		 refuse(struct refusal *r, enum refusal_code code, const char *detail);
/* The same with detail made of a name and a text: "name: text". */
int		 refuse_field(struct refusal *r, const char *name, const char *text);

/* Says in which unit of a file, from 1, it is; returns -1. */
int		 refuse_unit(struct refusal *r, size_t number);

int		 refusal_status(enum refusal_code code);
bool		 refusal_retryable(enum refusal_code code);
const char	*refusal_name(enum refusal_code code);
const char	*refusal_desk_text(enum refusal_code code);
const char	*refusal_technician_text(enum refusal_code code);

#endif
