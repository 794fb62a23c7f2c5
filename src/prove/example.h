#ifndef PROVE_EXAMPLE_H
#define PROVE_EXAMPLE_H

#include "json/json.h"
#include "prove/space.h"

/*
 * An invented patient whose facts come out as an assignment of the set, on
 * that day: the raw facts are built from a wish, derived by the engine, and
 * kept only if the set then holds, whatever is open.  What is not possible
 * may be left out of account (MDD_ALL: it may not); then an open fact may make
 * the engine ask.  false: none was
 * found, which hints at a combination that nobody can bring about.
 *
 * accept, if not NULL, may refuse one, and another is tried.
 */
struct example_test {
	bool		(*accept)(const void *arg, const struct facts *f);
	const void	*arg;
};
bool	example_find(struct space *s, uint32_t set, uint32_t possible,
	    const struct parameters *p, int day, const struct example_test *test,
	    struct facts *out);

/* What the engine derives, as a box; of the paths' facts those of these (bits of F_PATH). */
void	example_derive(const struct facts *f, const struct parameters *p, unsigned paths,
	    struct cube *out);

/* The paths on whose facts a set depends. */
unsigned example_paths(struct space *s, uint32_t set);

/* The members of a facts object of the decision's contract, as facts_read() reads them. */
void	example_write(struct jw *w, const struct facts *f);

#endif
