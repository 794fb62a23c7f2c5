#ifndef CARD_TLV_H
#define CARD_TLV_H

#include <stddef.h>
#include <stdint.h>

/*
 * BER-TLV as cards have it: a tag of one or two bytes, a length in the short
 * form or in up to four bytes after 81..84, minimal or not (card.md 14).
 */
#define TLV_HEADER_MAX	7	/* bytes: tag 2, 84, length 4 */

struct tlv {
	unsigned int	tag;	/* 0x30, 0xdf22, ... */
	size_t		header;	/* bytes of tag and length */
	size_t		n;	/* bytes of the value, which need not be there */
};

/* Reads what begins the n bytes at p: 0, or -1 when that is no whole header. */
int	tlv_header(const uint8_t *p, size_t n, struct tlv *out);

/* The same, and the value lies within the n bytes. */
int	tlv_whole(const uint8_t *p, size_t n, struct tlv *out);

#endif
