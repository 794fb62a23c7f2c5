#include "desk/doctor.h"

#include <stdlib.h>
#include <time.h>

#include "engine/facts.h"
#include "net/httpdate.h"

#define SKEW_NOTE_S	30	/* as check has them */
#define SKEW_BAD_S	86400

static void
say_ok(struct doctor *d, enum doctor_part part)
{
	static const struct { const char *ja, *en; } words[PART_MAX] = {
		[PART_TLS] = { "本物と確かめた(TLS 1.3)", "verified (TLS 1.3)" },
		[PART_ADMISSION] = { "この医療機関の証明書を受け入れた",
		    "takes this clinic's certificate" },
		[PART_HEALTH] = { "動いている", "up" },
	};

	doctor_say(d, part, FINDING_OK, "%s", d->ja ? words[part].ja : words[part].en);
}

static void
clock_bad(struct doctor *d, const struct err *e)
{
	doctor_bad(d, PART_CLOCK, e, d->ja ?
	    "この端末の時計を合わせる(timedatectl set-ntp true)" :
	    "set this machine's clock (timedatectl set-ntp true)");
}

static void
look_at_clock(struct doctor *d, long long date)
{
	const long long ahead = (long long)time(NULL) - date, off = llabs(ahead);
	struct err e = ERR_INIT;

	if (off > SKEW_BAD_S) {
		err_set(&e, ERR_CLOCK, "%lld s off the service's clock", off);
		clock_bad(d, &e);
		return;
	}
	if (off <= SKEW_NOTE_S) {
		doctor_say(d, PART_CLOCK, FINDING_OK, "%s",
		    d->ja ? "サービスの時計と合っている" : "agrees with the service's");
		return;
	}
	doctor_say(d, PART_CLOCK, FINDING_NOTE, d->ja ? "サービスの時計より%lld秒%s" :
	    "%lld s %s the service's", off, ahead > 0 ? (d->ja ? "進んでいる" : "ahead of") :
	    d->ja ? "遅れている" : "behind");
	d->found[PART_CLOCK].next = d->ja ? "この端末の時計を合わせる" : "set this machine's clock";
}

/* A clock that is before the rules were made is wrong whatever the service says. */
static void
look_at_clock_alone(struct doctor *d)
{
	struct err e = ERR_INIT;

	if (!fact_known(d->verified_on) || d->today >= d->verified_on) {
		doctor_say(d, PART_CLOCK, FINDING_SKIPPED, "%s", d->ja ?
		    "くらべる相手(サービス)がない" : "no service to compare it with");
		return;
	}
	err_set(&e, ERR_CLOCK, "the rules were verified after today's date");
	clock_bad(d, &e);
}

/* What a failed exchange says of the parts it went through. */
static void
exchange_failed(struct doctor *d, const struct err *e)
{
	const bool bad_peer = e->code == ERR_TLS_PEER_MISMATCH;

	switch (e->code) {
	case ERR_TLS_PEER_MISMATCH:
		doctor_bad(d, PART_TLS, e, NULL);
		break;
	case ERR_SERVICE_REFUSED:
		say_ok(d, PART_TLS);
		doctor_bad(d, PART_ADMISSION, e, d->ja ?
		    "証明書の発行元か、資格確認の窓口に問い合わせる" :
		    "ask who issued the certificate, or the service's support desk");
		break;
	case ERR_SERVICE_MAINTENANCE:
	case ERR_REPLY_MALFORMED:
		say_ok(d, PART_TLS);
		say_ok(d, PART_ADMISSION);
		doctor_bad(d, PART_HEALTH, e, NULL);
		break;
	case ERR_CONFIG:
		doctor_bad(d, PART_CLIENT_KEY, e, d->ja ?
		    "鍵と証明書の組み合わせを確かめる" :
		    "check that key and certificate belong together");
		d->found[PART_SERVICE].state = FINDING_SKIPPED;
		return;
	default:
		doctor_bad(d, PART_SERVICE, e, NULL);
		return;
	}
	doctor_say(d, PART_SERVICE, FINDING_OK, "%s", bad_peer ?
	    (d->ja ? "何かが応答している" : "something answers") :
	    d->ja ? "つながる" : "reachable");
}

static int
ask_health(struct https *h, long long deadline_ms, long long *date, struct err *e)
{
	struct elig_answer ignored = ELIG_ANSWER_INIT;
	struct https_reply r = HTTPS_REPLY_INIT;
	int rc = https_get(h, "/v1/health", deadline_ms, &r, e);

	*date = r.date;
	if (rc == 0)
		rc = reply_accept(&r, 200, &ignored, e);
	if (rc == 0)
		rc = reply_read_health(r.body.n > 0 ? r.body.p : "", r.body.n, e);
	elig_answer_free(&ignored);
	https_reply_free(&r);
	return rc;
}

static void
look_at_service(struct doctor *d, const struct elig_service *s, long long deadline_ms)
{
	char origin[ORIGIN_MAX], institution[CLINIC_CODE_LEN + 1];
	const struct https_config c = { origin, s->client_cert, s->client_key, s->ca, 0 };
	struct https *h = NULL;
	struct err e = ERR_INIT;
	long long date = HTTPDATE_NONE;

	if (elig_service_resolve(s, origin, institution, &e) < 0 || https_open(&h, &c, &e) < 0) {
		doctor_bad(d, PART_SERVICE, &e, NULL);
	} else if (ask_health(h, deadline_ms, &date, &e) < 0) {
		exchange_failed(d, &e);
		/* a name lookup that was given up may still be in libcurl's hands */
		d->thread_left = e.code == ERR_SERVICE_TIMEOUT;
	} else {
		doctor_say(d, PART_SERVICE, FINDING_OK, d->ja ? "%s につながる" : "%s is reachable",
		    origin);
		say_ok(d, PART_TLS);
		say_ok(d, PART_ADMISSION);
		say_ok(d, PART_HEALTH);
	}
	if (date != HTTPDATE_NONE)
		look_at_clock(d, date);
	https_close(h);
}

static void
not_configured(struct doctor *d)
{
	struct err e = ERR_INIT;

	e.code = ERR_CONFIG;
	doctor_bad(d, PART_SERVICE, &e, d->ja ?
	    "設定ファイルに service を書く(使わないなら service = offline)" :
	    "write service into the configuration (service = offline for none)");
	doctor_say(d, PART_SERVICE, FINDING_BAD, "%s", d->ja ?
	    "service が設定されていない" : "service is not configured");
}

void
doctor_service(struct doctor *d, const struct doctor_desk *desk, long long deadline_ms)
{
	bool files = true;

	for (enum doctor_part p = PART_CLIENT_CERT; p <= PART_CA; p++)
		files = files && d->found[p].state != FINDING_BAD;
	if (desk->offline)
		doctor_say(d, PART_SERVICE, FINDING_SKIPPED, "%s", d->ja ?
		    "照会しない設定(service = offline)" : "none on purpose (service = offline)");
	else if (desk->service->url == NULL)
		not_configured(d);
	else if (!files)
		doctor_say(d, PART_SERVICE, FINDING_SKIPPED, "%s", d->ja ?
		    "先に証明書・鍵・認証局を直す" : "put certificate, key and CA right first");
	else
		look_at_service(d, desk->service, deadline_ms);
	if (d->found[PART_CLOCK].state == FINDING_SKIPPED)
		look_at_clock_alone(d);
}
