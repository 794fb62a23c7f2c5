/*
 * Debian's h2load has no option for a client certificate.  Loaded before it
 * (LD_PRELOAD), this gives every TLS context those of CLIENT_CERT, CLIENT_KEY.
 */
#include <dlfcn.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>

SSL_CTX *
SSL_CTX_new(const SSL_METHOD *method)
{
	SSL_CTX *(*real)(const SSL_METHOD *);
	const char *cert = getenv("CLIENT_CERT"), *key = getenv("CLIENT_KEY");
	SSL_CTX *ctx;

	*(void **)&real = dlsym(RTLD_NEXT, "SSL_CTX_new");
	ctx = real != NULL ? real(method) : NULL;
	if (ctx == NULL || cert == NULL || key == NULL ||
	    SSL_CTX_use_certificate_chain_file(ctx, cert) != 1 ||
	    SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) != 1) {
		fputs("client-cert: no context with CLIENT_CERT and CLIENT_KEY\n", stderr);
		exit(2);
	}
	return ctx;
}
