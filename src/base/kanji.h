#ifndef BASE_KANJI_H
#define BASE_KANJI_H

#include <stdbool.h>
#include <stdint.h>
#include <uchar.h>

bool	kanji_is(uint32_t c);

/*
 * Whether two characters are shapes of one kanji: old and new (旧字体, 新字体),
 * or one that residents' cards have and the insurers' systems write otherwise
 * (𠮷 and 吉).  What has grown into two names stays two: 斎 and 斉.  As NFKC
 * leaves them, which takes most of the compatibility ideographs with it.
 */
bool	kanji_alike(uint32_t a, uint32_t b);

/*
 * The shapes, in pairs: each old one before the one it counts as.  All but 17
 * of them stand in Unihan or in other dictionaries of variants, too:
 * tests/kanji-pairs.
 */
extern const char32_t kanji_shapes[];

#endif
