/*
 * A certificate from a hostile card: no crash, texts that end, and nothing
 * that is no certificate has a signature that verifies or an issuer.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "card/x509.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t digest[HASH_SHA256_LEN], sig[256] = { 1 };
	struct err e = ERR_INIT, e2 = ERR_INIT, e3 = ERR_INIT;
	struct x509_anchors *none;
	struct x509_info i;
	int rc;

	rc = x509_info(data, size, &i, &e);
	if ((rc < 0) != (e.code != ERR_NONE) || strnlen(i.issuer_org, sizeof(i.issuer_org)) ==
	    sizeof(i.issuer_org) || strnlen(i.serial, sizeof(i.serial)) == sizeof(i.serial))
		abort();
	if (rc == 0 && (i.not_after == DATE_NONE || size > X509_DER_MAX))
		abort();
	if (x509_verify_digest(data, size, digest, sig, sizeof(sig), &e2) == 0)
		abort();
	if ((none = x509_anchors_new(&e3)) == NULL)
		return 0;
	if (x509_check_issuer(data, size, none, &e3) == 0)
		abort();
	x509_anchors_free(none);
	return 0;
}
