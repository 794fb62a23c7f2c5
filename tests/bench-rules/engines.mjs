/*
 * The peers.  Each turns a table of table.mjs into its own form once, and then takes sets of facts to the id
 * of the first rule that holds: async (list) => ids.  A list is handed over at once, so that an engine that
 * can work on several sets at a time may.
 */
import { createRequire } from 'node:module';

const require = createRequire(`${process.cwd()}/`);

/* GoRules zen: a JDM decision table, hit policy "first". */
function zen(table, facts, trace) {
	const { ZenEngine } = require('@gorules/zen-engine');
	const input = (fact, i) => ({ id: `i${i}`, name: fact, field: fact });
	const cells = (r) => Object.fromEntries(facts.map((fact, i) =>
		[`i${i}`, (r.when[fact] ?? []).map((v) => `'${v}'`).join(', ')]));
	const content = {
		hitPolicy: 'first',
		inputs: facts.map(input),
		outputs: [{ id: 'o', name: 'rule', field: 'rule' }],
		rules: table.map((r) => ({ _id: r.id, ...cells(r), o: `'${r.id}'` })),
	};
	const jdm = {
		nodes: [
			{ id: 'in', name: 'facts', type: 'inputNode' },
			{ id: 'table', name: 'ladder', type: 'decisionTableNode', content },
			{ id: 'out', name: 'verdict', type: 'outputNode' },
		],
		edges: [
			{ id: 'e1', type: 'edge', sourceId: 'in', targetId: 'table' },
			{ id: 'e2', type: 'edge', sourceId: 'table', targetId: 'out' },
		],
	};
	const decision = new ZenEngine().createDecision(jdm);

	return async (list) => {
		const answers = await Promise.all(list.map((f) => decision.evaluate(f, { trace })));
		return answers.map((a) => a.result.rule);
	};
}

/* json-logic-engine: nested "if", compiled to JavaScript. */
function json_logic(table) {
	const { LogicEngine } = require('json-logic-engine');
	const condition = (r) => ({ and: Object.entries(r.when).map(([fact, list]) => ({ in: [{ var: fact }, list] })) });
	const branches = table.flatMap((r) => Object.keys(r.when).length > 0 ? [condition(r), r.id] : [true, r.id]);
	const decide = new LogicEngine().build({ if: [...branches, null] });

	return async (list) => list.map((f) => decide(f));
}

/* json-rules-engine: one rule each, by priority; the first that holds stops the run. */
function json_rules(table) {
	const { Engine } = require('json-rules-engine');
	const engine = new Engine();

	table.forEach((r, i) => engine.addRule({
		conditions: { all: Object.entries(r.when).map(([fact, value]) => ({ fact, operator: 'in', value })) },
		event: { type: r.id },
		priority: table.length - i,
		onSuccess: () => { engine.stop(); },
	}));
	return async (list) => {
		const ids = [];
		for (const f of list)
			ids.push((await engine.run(f)).events[0].type);
		return ids;
	};
}

/* Name, and what makes it for a table. */
export const peers = (facts) => [
	['zen-engine with trace', (t) => zen(t, facts, true)],
	['zen-engine', (t) => zen(t, facts, false)],
	['json-logic-engine compiled', json_logic],
	['json-rules-engine', json_rules],
];
