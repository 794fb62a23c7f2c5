#include "net/clinic.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

/* An encrypted PEM file must fail, not prompt. */
static char no_pass_phrase[] = "";

static X509 *
load(const char *path, struct err *e)
{
	X509 *x;
	FILE *f;

	if ((f = fopen(path, "rb")) == NULL) {
		err_set(e, err_of_file(ERR_CONFIG), "client certificate %s: %s", path, strerror(errno));
		return NULL;
	}
	if ((x = PEM_read_X509(f, NULL, NULL, no_pass_phrase)) == NULL)
		err_set(e, ERR_CONFIG, "client certificate %s: not a PEM certificate", path);
	fclose(f);
	return x;
}

static int
copy_code(const X509_NAME *subject, char out[static CLINIC_CODE_LEN + 1])
{
	const int at = X509_NAME_get_index_by_NID(subject, NID_serialNumber, -1);
	const ASN1_STRING *s;
	const unsigned char *p;

	if (at < 0 || X509_NAME_get_index_by_NID(subject, NID_serialNumber, at) >= 0)
		return -1;
	s = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at));
	p = ASN1_STRING_get0_data(s);
	if (ASN1_STRING_length(s) != CLINIC_CODE_LEN)
		return -1;
	for (int i = 0; i < CLINIC_CODE_LEN; i++) {
		if (p[i] < '0' || p[i] > '9')
			return -1;
		out[i] = (char)p[i];
	}
	out[CLINIC_CODE_LEN] = '\0';
	return 0;
}

int
clinic_code_of_cert(const char *path, char out[static CLINIC_CODE_LEN + 1], struct err *e)
{
	X509 *x;
	int rc;

	x = load(path, e);
	ERR_clear_error();
	if (x == NULL)
		return -1;
	if ((rc = copy_code(X509_get_subject_name(x), out)) < 0)
		err_set(e, ERR_CONFIG, "client certificate %s: its subject needs one serialNumber "
		    "of ten digits, the clinic's code", path);
	X509_free(x);
	return rc;
}
