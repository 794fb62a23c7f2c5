#ifndef NET_CLINIC_H
#define NET_CLINIC_H

#include "base/err.h"

/* 医療機関コード: ten digits. */
#define CLINIC_CODE_LEN	10

/*
 * Reads the clinic's code from its TLS client certificate: the first PEM
 * certificate of the file, exactly one subject serialNumber (OID 2.5.4.5).
 * ERR_CONFIG when there is no such file, certificate or code.
 */
int	clinic_code_of_cert(const char *path, char out[static CLINIC_CODE_LEN + 1],
	    struct err *e);

#endif
