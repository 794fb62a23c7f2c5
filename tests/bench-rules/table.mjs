/*
 * The ladder of the rule file as a plain table: rows { id, when: { fact: [values] } }, first match.  Read from
 * the JSON itself, not from our loader, so that agreeing with our engine says something about both.
 */
import { readFileSync } from 'node:fs';

/* vocabulary: { fact: [its values] }. */
function values(file, vocabulary, fact, condition) {
	const list = Array.isArray(condition) ? condition : condition.not;
	const named = list.flatMap((v) => v.startsWith('@') ? file.groups[v.slice(1)].in : [v]);

	return vocabulary[fact].filter((v) => named.includes(v) === (list === condition));
}

function row(file, vocabulary, rule) {
	const when = Object.entries(rule.when).map(([fact, c]) => [fact, values(file, vocabulary, fact, c)]);

	return { id: rule.id, when: Object.fromEntries(when) };
}

/* The rules in force on a day (YYYY-MM-DD); null: all there are. */
export function ladder(path, vocabulary, day) {
	const file = JSON.parse(readFileSync(path, 'utf8'));
	const rules = file.ladder.flatMap((stage) => stage.rules);
	const live = (r) => day === null || ((r.from ?? '') <= day && day <= (r.until ?? '9999'));

	return rules.filter(live).map((r) => row(file, vocabulary, r));
}

export const facts_of = (table) => [...new Set(table.flatMap((r) => Object.keys(r.when)))];

/* The longest list of values in the table: [rule, fact, length]. */
function longest(table) {
	let best = [-1, null, 1];

	table.forEach((r, i) => {
		for (const [fact, list] of Object.entries(r.when))
			if (list.length > best[2])
				best = [i, fact, list.length];
	});
	return best;
}

/* One rule as two that mean the same, each with half of the values of a fact. */
function halves(rule, fact) {
	const list = rule.when[fact], middle = list.length >> 1;

	return [['a', list.slice(0, middle)], ['b', list.slice(middle)]]
		.map(([part, some]) => ({ id: rule.id + part, when: { ...rule.when, [fact]: some } }));
}

/*
 * A table of a given size: the facts that most rules test, the rules that test nothing else, and then the
 * rules with the longest lists of values cut in two until there are enough.
 */
export function cut(table, facts, rules) {
	const used = (fact) => table.filter((r) => fact in r.when).length;
	const kept = facts_of(table).sort((a, b) => used(b) - used(a)).slice(0, facts);
	let rows = table.filter((r) => Object.keys(r.when).every((f) => kept.includes(f))).slice(-rules);

	while (rows.length < rules) {
		const [i, fact] = longest(rows);
		if (i < 0)
			break;
		rows = [...rows.slice(0, i), ...halves(rows[i], fact), ...rows.slice(i + 1)];
	}
	return rows;
}

/* The place of the first rule that holds, looked for in the plainest way. */
export function first_match(table, facts) {
	return table.findIndex((r) => Object.entries(r.when).every(([fact, list]) => list.includes(facts[fact])));
}
