#ifndef ENGINE_AGE_H
#define ENGINE_AGE_H

/*
 * The age borders of health insurance.  A person reaches an age at the end of
 * the day before the birthday (年齢計算ニ関スル法律); born on 29 February, on
 * 28 February of a common year.  Arguments and results are day numbers.
 */
int	age_preschool_last(int birth);	/* RAT-1: last day of the preschool ratio */
int	age_minor_last(int birth);	/* RAT-23: 31 March after turning 18 */
int	age_elderly_first(int birth);	/* RAT-3: first day of the 70-74 band */
int	age_kouki_first(int birth);	/* RAT-5: the 75th birthday itself */
int	age_kouki_earliest(int birth);	/* RAT-6: the 65th birthday */

#endif
