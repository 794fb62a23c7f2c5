#ifndef BASE_VERSION_H
#define BASE_VERSION_H

/* What --version prints, of every program. */
#define SHIKAKU_VERSION	"0.1.0"

#endif
