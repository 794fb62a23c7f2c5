#ifndef ENGINE_AGE_H
#define ENGINE_AGE_H

/*
 * The age borders of health insurance.  A person reaches an age at the end of
 * the day before the birthday (年齢計算ニ関スル法律); born on 29 February, on
 * 28 February of a common year.  All of them are day numbers.
 */
struct age_borders {
	int	preschool_last;		/* RAT-1: last day of the preschool ratio */
	int	minor_last;		/* RAT-23: 31 March after turning 18 */
	int	elderly_first;		/* RAT-3: first day of the 70-74 band */
	int	kouki_earliest;		/* RAT-6: the 65th birthday */
	int	kouki_first;		/* RAT-5: the 75th birthday itself */
};

struct age_borders age_borders(int birth);

#endif
