#include "mock/tls.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

#define PEM_MAX		65536
#define CHAIN_MAX	4
#define SAN_MAX		256
#define OID_SERIAL_NUMBER "2.5.4.5"

static int
read_file(const char *path, struct secret *out, struct err *e)
{
	return secret_read(out, path, PEM_MAX, false, e) < 0 ? err_prefix(e, "%s", path) : 0;
}

static int
read_text(const char *path, char **out, struct err *e)
{
	struct secret s = { 0 };
	int rc = read_file(path, &s, e);

	if (rc == 0 && (*out = strdup((const char *)s.p)) == NULL)
		rc = err_set(e, ERR_NOMEM, "out of memory");
	secret_free(&s);
	return rc;
}

static gnutls_datum_t
datum(const void *text)
{
	gnutls_datum_t d = { NULL, 0 };

	d.size = (unsigned)strlen(text);
	d.data = (unsigned char *)(uintptr_t)text;
	return d;
}

/* A mismatch would otherwise only show at the first handshake. */
static int
check_key_pair(const struct tls *t, const char *cert, struct err *e)
{
	const gnutls_datum_t c = datum(t->cert_pem), k = datum(t->key_pem.p);
	gnutls_certificate_credentials_t cred;
	int rc;

	if (gnutls_certificate_allocate_credentials(&cred) < 0)
		return err_set(e, ERR_NOMEM, "out of memory");
	rc = gnutls_certificate_set_x509_key_mem(cred, &c, &k, GNUTLS_X509_FMT_PEM);
	gnutls_certificate_free_credentials(cred);
	return rc >= 0 ? 0 : err_set(e, ERR_CONFIG, "%s: certificate and key: %s", cert,
	    gnutls_strerror(rc));
}

/* As it stands in a URL: lower case, an IPv6 address in brackets. */
static char *
url_host(unsigned type, const char *san, size_t n)
{
	char text[SAN_MAX + 3] = "";

	if (type == GNUTLS_SAN_DNSNAME && n < SAN_MAX && strlen(san) == n) {
		memcpy(text, san, n + 1);
	} else if (type == GNUTLS_SAN_IPADDRESS && n == 4) {
		inet_ntop(AF_INET, san, text, sizeof(text));
	} else if (type == GNUTLS_SAN_IPADDRESS && n == 16) {
		text[0] = '[';
		inet_ntop(AF_INET6, san, text + 1, SAN_MAX);
		strcat(text, "]");
	} else {
		return NULL;
	}
	for (char *p = text; *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
	return strdup(text);
}

static int
load_names(struct tls *t, const char *cert, struct err *e)
{
	const gnutls_datum_t d = datum(t->cert_pem);
	gnutls_x509_crt_t crt;
	int rc;

	if (gnutls_x509_crt_init(&crt) < 0)
		return err_set(e, ERR_NOMEM, "out of memory");
	if ((rc = gnutls_x509_crt_import(crt, &d, GNUTLS_X509_FMT_PEM)) < 0) {
		gnutls_x509_crt_deinit(crt);
		return err_set(e, ERR_CONFIG, "%s: %s", cert, gnutls_strerror(rc));
	}
	for (unsigned i = 0; t->nnames < TLS_NAMES_MAX; i++) {
		char san[SAN_MAX];
		size_t n = sizeof(san);
		unsigned type = 0;

		rc = gnutls_x509_crt_get_subject_alt_name2(crt, i, san, &n, &type, NULL);
		if (rc == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
			break;
		if (rc >= 0 && (t->name[t->nnames] = url_host(type, san, n)) != NULL)
			t->nnames++;
	}
	gnutls_x509_crt_deinit(crt);
	return t->nnames > 0 ? 0 :
	    err_set(e, ERR_CONFIG, "%s: no name or address in subjectAltName", cert);
}

static int
load_trust(struct tls *t, const char *ca, struct err *e)
{
	const gnutls_datum_t d = datum(t->ca_pem);
	gnutls_x509_trust_list_t list;

	if (gnutls_x509_trust_list_init(&list, 0) < 0)
		return err_set(e, ERR_NOMEM, "out of memory");
	t->trust = list;
	if (gnutls_x509_trust_list_add_trust_mem(list, &d, NULL, GNUTLS_X509_FMT_PEM, 0, 0) < 1)
		return err_set(e, ERR_CONFIG, "%s: no CA certificate", ca);
	return 0;
}

int
tls_load(struct tls *t, const char *cert, const char *key, const char *ca, struct err *e)
{
	if (read_text(cert, &t->cert_pem, e) < 0 || read_file(key, &t->key_pem, e) < 0 ||
	    read_text(ca, &t->ca_pem, e) < 0)
		return -1;
	if (check_key_pair(t, cert, e) < 0 || load_names(t, cert, e) < 0)
		return -1;
	return load_trust(t, ca, e);
}

void
tls_free(struct tls *t)
{
	free(t->cert_pem);
	secret_free(&t->key_pem);
	free(t->ca_pem);
	for (size_t i = 0; i < t->nnames; i++)
		free(t->name[i]);
	if (t->trust != NULL)
		gnutls_x509_trust_list_deinit(t->trust, 1);
	*t = (struct tls){ 0 };
}

static bool
has_client_purpose(gnutls_x509_crt_t crt)
{
	char oid[64];
	int rc = 0;

	for (unsigned i = 0; rc >= 0; i++) {
		size_t n = sizeof(oid);

		rc = gnutls_x509_crt_get_key_purpose_oid(crt, i, oid, &n, NULL);
		if (rc >= 0 && strcmp(oid, GNUTLS_KP_TLS_WWW_CLIENT) == 0)
			return true;
	}
	return false;
}

/* GnuTLS takes an absent extension for a permission; here it is none. */
static const char *
usage_fault(gnutls_x509_crt_t crt)
{
	unsigned usage = 0;

	if (gnutls_x509_crt_get_key_usage(crt, &usage, NULL) < 0 ||
	    (usage & GNUTLS_KEY_DIGITAL_SIGNATURE) == 0)
		return "client certificate: key usage lacks digitalSignature";
	if (!has_client_purpose(crt))
		return "client certificate: extended key usage lacks clientAuth";
	return NULL;
}

static const char *
status_text(unsigned status)
{
	if ((status & GNUTLS_CERT_EXPIRED) != 0)
		return "client certificate: expired";
	if ((status & GNUTLS_CERT_NOT_ACTIVATED) != 0)
		return "client certificate: not valid yet";
	if ((status & GNUTLS_CERT_PURPOSE_MISMATCH) != 0)
		return "client certificate: not for this purpose";
	return "client certificate: not issued by the service's CA";
}

static const char *
chain_fault(const struct tls *t, gnutls_x509_crt_t *chain, unsigned n)
{
	unsigned status = 0;

	if (gnutls_x509_trust_list_verify_crt2(t->trust, chain, n, NULL, 0,
	    GNUTLS_VERIFY_DISABLE_CRL_CHECKS, &status, NULL) < 0)
		return "client certificate: cannot be verified";
	return status != 0 ? status_text(status) : usage_fault(chain[0]);
}

static const char *
take_institution(gnutls_x509_crt_t crt, struct client *out)
{
	size_t n = sizeof(out->institution);

	if (gnutls_x509_crt_get_dn_by_oid(crt, OID_SERIAL_NUMBER, 0, 0, out->institution, &n) < 0 ||
	    strspn(out->institution, "0123456789") != sizeof(out->institution) - 1)
		return "client certificate: no institution code in its subject";
	return NULL;
}

const char *
tls_client(const struct tls *t, void *session, struct client *out)
{
	gnutls_x509_crt_t chain[CHAIN_MAX];
	const gnutls_datum_t *raw;
	const char *fault = NULL;
	unsigned n = 0, used = 0;

	*out = (struct client){ 0 };
	raw = gnutls_certificate_get_peers(session, &n);
	if (raw == NULL || n == 0)
		return "no client certificate";
	if (n > CHAIN_MAX)
		return "client certificate: chain too long";
	for (; used < n && fault == NULL; used++) {
		if (gnutls_x509_crt_init(&chain[used]) < 0)
			break;
		if (gnutls_x509_crt_import(chain[used], &raw[used], GNUTLS_X509_FMT_DER) < 0)
			fault = "client certificate: malformed";
	}
	if (fault == NULL && used < n)
		fault = "client certificate: out of memory";
	if (fault == NULL && (fault = chain_fault(t, chain, n)) == NULL)
		fault = take_institution(chain[0], out);
	hash_sha256(raw[0].data, raw[0].size, out->hash);
	for (unsigned i = 0; i < used; i++)
		gnutls_x509_crt_deinit(chain[i]);
	return fault;
}
