#ifndef DECIDE_SAME_PERSON_H
#define DECIDE_SAME_PERSON_H

#include "json/json.h"

/*
 * Whether an answer is about the person of the card (紐付け誤り): its
 * 基本4情報 beside one ResultOfQualificationConfirmation.  Name, birth date and
 * sex decide; an address is what the insurer was told (service A.8-10) and is
 * compared for information only.
 */
enum person_part { PERSON_NAME, PERSON_BIRTHDATE, PERSON_SEX, PERSON_ADDRESS, PERSON_PARTS };

const char	*person_part_name(enum person_part p);

/* Borrowed from whoever read the card. */
struct holder {
	const char	*name;		/* a 旧姓 or 通称 in brackets may stand in it */
	const char	*address;	/* empty: none */
	int		 birthdate;	/* DATE_NONE: not known */
	char		 sex;		/* '1', '2'; anything else is not compared */
};

/* A bit for each part. */
struct person_parts {
	unsigned int	compared;	/* both sides have it */
	unsigned int	differs;
};

enum same_person { OTHER_PERSON, SAME_PERSON, PERSON_NOT_TOLD };

/*
 * Names as base/same.h takes them: the card's is one of the answer's names or,
 * written in kana, one of its readings; what stands in brackets on either side
 * may be left out.  PERSON_NOT_TOLD when the answer has no name to go by, or one
 * that is all stand-ins, and nothing else differs.  -1 when there is no memory.
 */
int		 same_person(const struct holder *h, const struct json *result,
		    struct person_parts *out);

#endif
