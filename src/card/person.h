#ifndef CARD_PERSON_H
#define CARD_PERSON_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/*
 * 基本4情報, EF 0002 of the 券面事項入力補助AP (card.md 6).  Whose it is: kept
 * in locked memory (base/secret.h), shown to the desk, never written down.
 */
#define PERSON_TAG		0xff20
#define PERSON_OBJECT_MAX	4096	/* bytes of the object */
#define PERSON_NAME_MAX		512	/* bytes of UTF-8 */
#define PERSON_ADDRESS_MAX	1024

struct person {
	char	name[PERSON_NAME_MAX + 1];	/* 姓 U+3000 名; 外字 and 旧姓 as they are */
	char	address[PERSON_ADDRESS_MAX + 1];	/* empty where there is none */
	int	birthdate;	/* day number, DATE_NONE where it is no day of the calendar */
	char	sex;		/* '1' 男, '2' 女; '\0': anything else */
};

/*
 * The n bytes begin with the object; filler may follow.  Lengths need not be
 * minimal, unknown tags are passed over, and the offsets of DF21, where they
 * stand, must be right.  0, or -1 with ERR_CARD_UNREADABLE, out wiped.
 */
int	person_parse(const uint8_t *p, size_t n, struct person *out, struct err *e);

#endif
