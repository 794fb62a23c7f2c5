#include "card/tlv.h"

#define TAG_LONG	0x1f	/* in the low bits of the first byte: another one follows */

/* The byte at *at and past it; -1 at the end.  Only here is p read. */
static int
take_byte(const uint8_t *p, size_t n, size_t *at)
{
	return *at < n ? p[(*at)++] : -1;
}

/* -1 where the tag is cut or longer than two bytes. */
static int
take_tag(const uint8_t *p, size_t n, size_t *at, unsigned int *tag)
{
	const int first = take_byte(p, n, at);
	int second;

	if (first < 0)
		return -1;
	*tag = (unsigned int)first;
	if ((first & TAG_LONG) != TAG_LONG)
		return 0;
	second = take_byte(p, n, at);
	if (second < 0 || second >= 0x80)
		return -1;
	*tag = *tag << 8 | (unsigned int)second;
	return 0;
}

/* -1 where the length is cut or of no known form. */
static int
take_length(const uint8_t *p, size_t n, size_t *at, size_t *len)
{
	const int first = take_byte(p, n, at);

	if (first < 0 || first == 0x80 || first > 0x84)
		return -1;
	*len = first < 0x80 ? (size_t)first : 0;
	for (int more = first - 0x80; more > 0; more--) {
		const int byte = take_byte(p, n, at);

		if (byte < 0)
			return -1;
		*len = *len << 8 | (size_t)byte;
	}
	return 0;
}

int
tlv_header(const uint8_t *p, size_t n, struct tlv *out)
{
	*out = (struct tlv){ 0, 0, 0 };
	if (take_tag(p, n, &out->header, &out->tag) < 0)
		return -1;
	return take_length(p, n, &out->header, &out->n);
}

int
tlv_whole(const uint8_t *p, size_t n, struct tlv *out)
{
	/* in 64 bits, where it can not wrap */
	return tlv_header(p, n, out) == 0 && (uint64_t)out->header + out->n <= n ? 0 : -1;
}
