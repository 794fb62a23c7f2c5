#include "mock/card.h"

#include "base/date.h"
#include "base/hash.h"
#include "mock/message.h"

#define GRACE_MONTHS	3
#define WARN_MONTHS	3
#define SKEW_SECONDS	300

/* The same day of the month n months later, or that month's last day. */
static int
add_months(int day, int n)
{
	const int end = date_end_of_month_after(day, n);
	const int same = end - date_to_ymd(end).d + date_to_ymd(day).d;

	return same < end ? same : end;
}

enum lifetime
card_lifetime(long long not_before, long long not_after, long long now)
{
	const int today = date_of_unix_jst(now);
	const int end = date_of_unix_jst(not_after);

	if (now < not_before)
		return LIFETIME_NOT_YET;
	if (now <= not_after)
		return end <= add_months(today, WARN_MONTHS) ? LIFETIME_ENDS_SOON : LIFETIME_GOOD;
	return today <= date_end_of_month_after(end, GRACE_MONTHS) ? LIFETIME_IN_GRACE :
	    LIFETIME_OVER;
}

/* In its grace a certificate serves for eligibility alone. */
static int
check_certificate(const struct service *s, const struct card_cert *cert, enum purpose purpose,
    long long now, enum remark *remark, struct refusal *r)
{
	const char *fault = card_cert_distrust(cert, s->anchors);

	*remark = REMARK_NONE;
	if (fault != NULL)
		return refuse(r, REFUSAL_CERTIFICATE_UNTRUSTED, fault);
	switch (card_lifetime(card_cert_not_before(cert), card_cert_not_after(cert), now)) {
	case LIFETIME_NOT_YET:
		return refuse(r, REFUSAL_CERTIFICATE_UNTRUSTED, "certificate is not valid yet");
	case LIFETIME_GOOD:
		return 0;
	case LIFETIME_ENDS_SOON:
		*remark = REMARK_CERTIFICATE_ENDS_SOON;
		return 0;
	case LIFETIME_IN_GRACE:
		if (purpose == PURPOSE_REGISTRATION)
			break;
		*remark = REMARK_CERTIFICATE_IN_GRACE;
		return 0;
	case LIFETIME_OVER:
		break;
	}
	return refuse(r, REFUSAL_CERTIFICATE_EXPIRED, NULL);
}

static int
check_person(const struct person *who, enum purpose purpose, struct refusal *r)
{
	if (who == NULL)
		return refuse(r, REFUSAL_CARD_UNKNOWN, NULL);
	if (who->revoked)
		return refuse(r, REFUSAL_CERTIFICATE_REVOKED, NULL);
	return who->registered || purpose == PURPOSE_REGISTRATION ? 0 :
	    refuse(r, REFUSAL_CARD_NOT_REGISTERED, NULL);
}

/* The clinic may know the service by any of its names. */
static bool
is_signed(const struct service *s, const struct card_cert *cert, const struct card_enquiry *c,
    const uint8_t *hash)
{
	struct message m = { .purpose = c->purpose, .challenge = c->challenge,
		.institution = c->header.institution, .certificate_hash = hash,
		.signed_at = c->signed_at };
	const struct span sig = { c->signature, c->nsignature };
	struct buf msg = BUF_INIT;
	bool good = false;

	for (size_t i = 0; i < s->norigins && !good; i++) {
		m.origin = s->origin[i];
		message_build(&m, &msg);
		good = !msg.failed && card_cert_verifies(cert,
		    (struct span){ (const uint8_t *)msg.p, msg.n }, sig);
	}
	buf_free(&msg);
	return good;
}

static int
check_signature(const struct service *s, const struct request *q, const struct card_cert *cert,
    const struct card_enquiry *c, const uint8_t *hash, struct refusal *r)
{
	const long long skew = c->signed_time - q->now;

	if (!is_signed(s, cert, c, hash))
		return refuse(r, REFUSAL_SIGNATURE_INVALID, NULL);
	if (skew > SKEW_SECONDS || skew < -SKEW_SECONDS)
		return refuse(r, REFUSAL_SIGNED_TIME_SKEWED, NULL);
	return 0;
}

int
card_prove(struct service *s, const struct request *q, const struct card_enquiry *c,
    bool with_signature, struct card_proof *out, struct refusal *r)
{
	const struct span der = { c->der, c->nder };
	const bool fresh = challenge_take(&s->challenges, q->client, q->now, c->challenge);
	struct card_cert *cert = card_cert_parse(der);
	int rc = -1;

	*out = (struct card_proof){ 0 };
	if (cert == NULL)
		return refuse(r, REFUSAL_CERTIFICATE_MALFORMED, NULL);
	hash_sha256(c->der, c->nder, out->hash);
	if (check_certificate(s, cert, c->purpose, q->now, &out->remark, r) < 0)
		goto out;
	out->person = people_by_certificate(s->people, out->hash);
	if (check_person(out->person, c->purpose, r) < 0)
		goto out;
	if (with_signature && check_signature(s, q, cert, c, out->hash, r) < 0)
		goto out;
	rc = fresh ? 0 : refuse(r, REFUSAL_CHALLENGE_UNKNOWN, NULL);
out:
	card_cert_free(cert);
	return rc;
}
