#ifndef SHIKAKU_CERTIFICATE_H
#define SHIKAKU_CERTIFICATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <shikaku/error.h>
#include <shikaku/message.h>

/*
 * The card's certificate, before it is trusted.  It names nobody in what is
 * given out here, and nothing here says whether it was revoked: only the
 * service can.
 */
#define SHIKAKU_CERTIFICATE_MAX	4096	/* bytes of DER */
#define SHIKAKU_PEM_MAX		65536	/* bytes of one text of anchors */

struct shikaku_certificate {
	char	not_before[11];	/* "YYYY-MM-DD", days in Japan */
	char	not_after[11];	/* the last day it holds: facts' certificate_not_after */
	char	issuer_org[64];	/* O of the issuer: "JPKI" */
	char	serial[41];	/* hexadecimal; another one after each renewal */
	bool	authentication;	/* of the kind that signs enquiries */
	bool	test;		/* of the test hierarchy: refuse it in production */
};

/* CARD_CERT when the n bytes of der are not one whole certificate. */
SHIKAKU_API int		 shikaku_certificate_read(const uint8_t *der, size_t n,
			    struct shikaku_certificate *out, struct shikaku_error *e);

/* The CAs that may have issued a card. */
struct shikaku_anchors;

SHIKAKU_API struct shikaku_anchors *shikaku_anchors_new(struct shikaku_error *e);
/* Adds every certificate of a PEM text; CONFIG when there is none, or one is no CA. */
SHIKAKU_API int		 shikaku_anchors_add(struct shikaku_anchors *a, const char *pem, size_t n,
			    struct shikaku_error *e);
SHIKAKU_API void	 shikaku_anchors_free(struct shikaku_anchors *a);

/*
 * That it is an authentication certificate and one of the anchors issued it;
 * CARD_CERT if not.  Dates are not looked at: what a certificate past its end
 * is still good for is the rules' matter.
 */
SHIKAKU_API int		 shikaku_certificate_check(const uint8_t *der, size_t n,
			    const struct shikaku_anchors *a, struct shikaku_error *e);

/*
 * That sig signs the message with the certificate's key; CARD_SIGNATURE if
 * not, USAGE when a field of m has not its form.
 */
SHIKAKU_API int		 shikaku_signature_check(const uint8_t *der, size_t n,
			    const struct shikaku_message *m, const uint8_t *sig, size_t sig_len,
			    struct shikaku_error *e);

#endif
