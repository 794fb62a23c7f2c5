/*
 * The questions of QUESTIONS (one body a line) over an undici Pool, answers read as JSON:
 *	client.mjs ORIGIN PATH QUESTIONS CONNECTIONS CERT KEY CA
 * Run in a folder with undici in node_modules; prints how many are valid.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [origin, path, questions, connections, cert, key, ca] = process.argv.slice(2);
const { Pool } = createRequire(`${process.cwd()}/`)('undici');
const pool = new Pool(origin, {
	connections: Number(connections), pipelining: 1,
	connect: { cert: readFileSync(cert), key: readFileSync(key), ca: readFileSync(ca), minVersion: 'TLSv1.3' },
});
const bodies = readFileSync(questions, 'utf8').trimEnd().split('\n');
const headers = { 'content-type': 'application/json' };
let next = 0, valid = 0;

async function ask() {
	while (next < bodies.length) {
		const { statusCode, body } = await pool.request({ path, method: 'POST', headers, body: bodies[next++] });
		const answer = await body.json();

		if (statusCode === 200 && answer.XmlMsg.MessageBody.QualificationValidity === '1')
			valid++;
	}
}

await Promise.all(Array.from({ length: Number(connections) }, ask));
await pool.close();
console.log(valid);
