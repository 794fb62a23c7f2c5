/*
 * Sets of derived facts as the ladder sees them: { fact: value }.  They come from whole visits (facts.mjs); where
 * those never meet a rule, or hardly, some are changed by as much as that rule asks for.
 */
import { first_match } from './table.mjs';
import { random } from './random.mjs';

const TRIES = 20000;

/* One visit with the facts that a rule tests set to what it accepts; null when an earlier rule always holds. */
function made_for(table, index, visits, r) {
	for (let i = 0; i < TRIES; i++) {
		const made = { ...r.one(visits) };

		for (const [fact, list] of Object.entries(table[index].when))
			made[fact] = r.one(list);
		if (first_match(table, made) === index)
			return made;
	}
	return null;
}

/* Sees to it that every rule of a table is met by at least a few cases.  Returns the rules that can not be met. */
export function cover(table, cases, least) {
	const r = random(table.length);
	const visits = [...cases];
	const hits = table.map(() => 0);
	const unmet = [];

	for (const c of cases)
		hits[first_match(table, c)]++;
	table.forEach((rule, i) => {
		while (hits[i] < least) {
			const made = made_for(table, i, visits, r);
			const at = Math.floor(r.next() * cases.length), was = first_match(table, cases[at]);

			if (made === null)
				return unmet.push(rule.id);
			if (hits[was] <= 2 * least)
				continue;
			cases[at] = made;
			hits[was]--;
			hits[i]++;
		}
	});
	return unmet;
}
