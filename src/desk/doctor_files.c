#include "desk/doctor.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/base64.h"
#include "base/date.h"
#include "card/x509.h"
#include "engine/number.h"

#define SOON_DAYS	30	/* a certificate that ends is told so long before */
#define PEM_BEGIN	"-----BEGIN CERTIFICATE-----"
#define PEM_END		"-----END CERTIFICATE-----"

struct tally {
	size_t	certificates;
	size_t	in_force, genuine;	/* today; of these not of the test hierarchy */
	int	last, last_genuine;	/* when the last of either ends; 0 for none */
};

/* A file of PEM certificates. */
struct pem {
	char	text[X509_PEM_MAX + 2];	/* one more, which is too many, and a NUL */
	size_t	n;
	int	not_before, not_after;	/* the latest and the earliest */
	struct tally of;
};

static int
read_pem(const char *path, struct pem *p, struct err *e)
{
	FILE *f = fopen(path, "rb");

	if (f == NULL)
		return err_set(e, err_of_file(ERR_CONFIG), "%s: %s", path, strerror(errno));
	p->n = fread(p->text, 1, sizeof(p->text) - 1, f);
	p->text[p->n] = '\0';
	fclose(f);
	return p->n <= X509_PEM_MAX ? 0 :
	    err_set(e, ERR_CONFIG, "%s: more than %d bytes", path, X509_PEM_MAX);
}

/* The certificate at *at, which moves behind it; -1 with e set. */
static int
next_certificate(const char **at, struct x509_info *info, struct err *e)
{
	const char *body = *at + strlen(PEM_BEGIN), *end = strstr(body, PEM_END);
	char text[2 * X509_DER_MAX];
	uint8_t der[X509_DER_MAX];
	size_t n = 0;
	int len;

	if (end == NULL || (size_t)(end - body) >= sizeof(text))
		return err_set(e, ERR_CONFIG, "not a PEM certificate");
	*at = end + strlen(PEM_END);
	for (const char *c = body; c < end; c++)
		if (strchr(" \t\r\n", *c) == NULL)
			text[n++] = *c;
	text[n] = '\0';
	len = base64_decode(text, der, sizeof(der));
	if (len < 0 || x509_info(der, (size_t)len, info, e) < 0) {
		err_clear(e);
		return err_set(e, ERR_CONFIG, "not a PEM certificate");
	}
	return 0;
}

static void
count(struct tally *t, const struct x509_info *info, int today)
{
	t->certificates++;
	if (today < info->not_before || today > info->not_after)
		return;
	t->in_force++;
	if (info->not_after > t->last)
		t->last = info->not_after;
	if (info->test)
		return;
	t->genuine++;
	if (info->not_after > t->last_genuine)
		t->last_genuine = info->not_after;
}

/* At most max certificates of the file are looked at. */
static int
look_into(const char *path, size_t max, int today, struct pem *p, struct err *e)
{
	const char *at;

	p->of = (struct tally){ .certificates = 0 };
	if (read_pem(path, p, e) < 0)
		return -1;
	for (at = p->text; p->of.certificates < max && (at = strstr(at, PEM_BEGIN)) != NULL;) {
		struct x509_info info;

		if (next_certificate(&at, &info, e) < 0)
			return err_prefix(e, "%s", path);
		if (p->of.certificates == 0 || info.not_after < p->not_after)
			p->not_after = info.not_after;
		if (p->of.certificates == 0 || info.not_before > p->not_before)
			p->not_before = info.not_before;
		count(&p->of, &info, today);
	}
	return p->of.certificates > 0 ? 0 :
	    err_set(e, ERR_CONFIG, "%s: no PEM certificate", path);
}

/* Whether its days are over or have not come; what is left is the caller's to tell. */
static int
check_days(const struct doctor *d, const char *path, const struct pem *p, struct err *e)
{
	char day[DATE_ISO_LEN + 1];

	date_format_iso(d->today > p->not_after ? p->not_after : p->not_before, day);
	if (d->today > p->not_after)
		return err_set(e, ERR_CONFIG, "%s: ended on %s", path, day);
	if (d->today < p->not_before)
		return err_set(e, ERR_CONFIG, "%s: holds from %s on", path, day);
	return 0;
}

/* "to 2029-01-31", and a note when that is soon. */
static void
say_days(struct doctor *d, enum doctor_part part, int not_after, const char *what,
    const char *next)
{
	char day[DATE_ISO_LEN + 1];
	const int left = not_after - d->today;

	date_format_iso(not_after, day);
	if (left > SOON_DAYS) {
		doctor_say(d, part, FINDING_OK, d->ja ? "%s%s まで有効" : "%sto %s", what, day);
		return;
	}
	doctor_say(d, part, FINDING_NOTE, d->ja ? "%s%s まで。あと%d日" : "%sto %s, %d days left",
	    what, day, left);
	d->found[part].next = next;
}

static const char *
renew(const struct doctor *d)
{
	return d->ja ? "証明書の更新を申し込む" : "apply for a new certificate";
}

static void
look_at_client_cert(struct doctor *d, const char *path, struct pem *p)
{
	char code[CLINIC_CODE_LEN + 1], what[64];
	struct err e = ERR_INIT;
	struct number n;

	if (look_into(path, 1, d->today, p, &e) < 0 || clinic_code_of_cert(path, code, &e) < 0) {
		doctor_bad(d, PART_CLIENT_CERT, &e, NULL);
		return;
	}
	if (check_days(d, path, p, &e) < 0) {
		doctor_bad(d, PART_CLIENT_CERT, &e, renew(d));
		doctor_say(d, PART_CLIENT_CERT, FINDING_BAD, "%s", d->ja ?
		    "有効な期間の外にある" : "not valid today");
		return;
	}
	snprintf(what, sizeof(what), d->ja ? "医療機関コード %s、" : "clinic %s, ", code);
	say_days(d, PART_CLIENT_CERT, p->not_after, what, renew(d));
	if (d->found[PART_CLIENT_CERT].state == FINDING_OK &&
	    number_institution(code, &n) != NUMBER_GOOD)
		doctor_say(d, PART_CLIENT_CERT, FINDING_NOTE, d->ja ?
		    "医療機関コード %s は検証番号が合わない" :
		    "clinic %s: its check digit is wrong", code);
}

static void
look_at_key(struct doctor *d, const char *path)
{
	struct err e = ERR_INIT;
	const char *next = NULL;
	struct stat st;
	FILE *f = fopen(path, "rb");

	if (f == NULL || fstat(fileno(f), &st) < 0)
		err_set(&e, err_of_file(ERR_CONFIG), "client key %s: %s", path, strerror(errno));
	else if (!S_ISREG(st.st_mode))
		err_set(&e, ERR_CONFIG, "client key %s: not a file", path);
	else if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
		err_set(&e, ERR_CONFIG, "client key %s: mode %03o lets others at it", path,
		    st.st_mode & 0777U);
		next = d->ja ? "持ち主だけが読めるようにする(chmod 600)" :
		    "let its owner alone read it (chmod 600)";
	}
	if (f != NULL)
		fclose(f);
	if (e.code != ERR_NONE) {
		doctor_bad(d, PART_CLIENT_KEY, &e, next);
		doctor_say(d, PART_CLIENT_KEY, FINDING_BAD, "%s", d->ja ?
		    "使えない鍵のファイル" : "not a key file that can be used");
	} else {
		doctor_say(d, PART_CLIENT_KEY, FINDING_OK, "%s",
		    d->ja ? "持ち主だけが読める" : "its owner alone can read it");
	}
}

/* Whether each is a certificate of a CA. */
static int
take_cas(const struct doctor *d, const char *path, struct x509_anchors *anchors, struct pem *p,
    struct err *e)
{
	if (look_into(path, SIZE_MAX, d->today, p, e) < 0)
		return -1;
	return x509_anchors_add(anchors, p->text, p->n, e) < 0 ? err_prefix(e, "%s", path) : 0;
}

static const char *
newer_ca(const struct doctor *d)
{
	return d->ja ? "新しい認証局の証明書を受け取る" : "get the new CA certificate";
}

static void
look_at_ca(struct doctor *d, const char *path, struct pem *p)
{
	struct err e = ERR_INIT;
	struct x509_anchors *anchors = x509_anchors_new(&e);
	char what[64];

	if (anchors != NULL && take_cas(d, path, anchors, p, &e) == 0 &&
	    check_days(d, path, p, &e) == 0) {
		snprintf(what, sizeof(what), d->ja ? "%zu枚、" : "%zu of them, ", p->of.certificates);
		say_days(d, PART_CA, p->not_after, what, newer_ca(d));
	} else {
		doctor_bad(d, PART_CA, &e, NULL);
	}
	x509_anchors_free(anchors);
}

/*
 * Of cards there are several generations, and those of one that has ended have,
 * too.  What counts is that one is in force, for real cards where it is real.
 */
static int
sum_card_cas(const struct doctor *d, const struct doctor_desk *desk, struct pem *p,
    struct tally *sum, struct err *e)
{
	struct x509_anchors *anchors = x509_anchors_new(e);
	int rc = anchors == NULL ? -1 : 0;

	for (size_t i = 0; rc == 0 && i < desk->card_cas; i++) {
		rc = take_cas(d, desk->card_ca[i], anchors, p, e);
		sum->certificates += p->of.certificates;
		sum->in_force += p->of.in_force;
		sum->genuine += p->of.genuine;
		if (p->of.last > sum->last)
			sum->last = p->of.last;
		if (p->of.last_genuine > sum->last_genuine)
			sum->last_genuine = p->of.last_genuine;
	}
	x509_anchors_free(anchors);
	if (rc == 0 && sum->in_force == 0)
		return err_set(e, ERR_CONFIG, "card-ca: none of %zu is in force today",
		    sum->certificates);
	if (rc == 0 && !desk->test_mode && sum->genuine == 0)
		return err_set(e, ERR_CONFIG, "card-ca: in force is the test hierarchy alone, which "
		    "issues no patient's card");
	return rc;
}

static void
look_at_card_cas(struct doctor *d, const struct doctor_desk *desk, struct pem *p)
{
	struct tally sum = { .certificates = 0 };
	struct err e = ERR_INIT;
	char what[64];

	if (sum_card_cas(d, desk, p, &sum, &e) < 0) {
		doctor_bad(d, PART_CARD_CA, &e, NULL);
		return;
	}
	if (sum.in_force == sum.certificates)
		snprintf(what, sizeof(what), d->ja ? "%zu枚、" : "%zu of them, ", sum.certificates);
	else
		snprintf(what, sizeof(what), d->ja ? "%zu枚のうち有効%zu枚、" :
		    "%zu of them, %zu in force, ", sum.certificates, sum.in_force);
	say_days(d, PART_CARD_CA, desk->test_mode ? sum.last : sum.last_genuine, what, newer_ca(d));
}

static void
not_configured(struct doctor *d, enum doctor_part part, const char *key)
{
	struct err e = ERR_INIT;

	e.code = ERR_CONFIG;
	doctor_bad(d, part, &e, d->ja ? "設定ファイルに書く" : "write it into the configuration");
	doctor_say(d, part, FINDING_BAD, d->ja ? "%s が設定されていない" :
	    "%s is not configured", key);
}

static void
look_at_service_files(struct doctor *d, const struct elig_service *s, struct pem *p)
{
	if (s->client_cert == NULL)
		not_configured(d, PART_CLIENT_CERT, "client-cert");
	else
		look_at_client_cert(d, s->client_cert, p);
	if (s->client_key == NULL)
		not_configured(d, PART_CLIENT_KEY, "client-key");
	else
		look_at_key(d, s->client_key);
	if (s->ca == NULL)
		not_configured(d, PART_CA, "ca");
	else
		look_at_ca(d, s->ca, p);
}

void
doctor_files(struct doctor *d, const struct doctor_desk *desk)
{
	struct pem *p = malloc(sizeof(*p));
	struct err e = ERR_INIT;

	if (p == NULL) {
		err_set(&e, ERR_NOMEM, "out of memory");
		doctor_bad(d, PART_CLIENT_CERT, &e, NULL);
		return;
	}
	if (!desk->offline)
		look_at_service_files(d, desk->service, p);
	if (desk->card_cas > 0)
		look_at_card_cas(d, desk, p);
	else if (!desk->test_mode)
		not_configured(d, PART_CARD_CA, "card-ca");
	else
		doctor_say(d, PART_CARD_CA, FINDING_SKIPPED, "%s", d->ja ?
		    "設定なし(試験用の構成)" : "none (test configuration)");
	free(p);
}
