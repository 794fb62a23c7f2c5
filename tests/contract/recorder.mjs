#!/usr/bin/env node
/*
 * Stands where shikaku-mock stood and starts it behind itself, at the same port of 127.0.0.2, so that what a card has signed for the
 * client's origin is good.  All bytes are passed on as they come, over TLS 1.3 on both sides, with the certificate that the client
 * showed, and kept for tests/contract/judge.py:
 *
 *	$RECORDINGS/RUN/run.json	what was started, for which test, with which planted faults
 *	$RECORDINGS/RUN/N.in, N.out	what the N-th connection sent, and what came back
 *
 * TRUE_MOCK is the true program.  With PRISM (its command) the requests go through a Prism proxy, which speaks no TLS: client, TLS,
 * recorder, Prism, recorder, TLS (as clinic.pem), mock.  What is kept is then what the client sees.
 */
import { spawn } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createWriteStream, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import net from 'node:net';
import { dirname, join } from 'node:path';
import tls from 'node:tls';

const BEHIND = '127.0.0.2';
const args = process.argv.slice(2);
const option = (name) => args.includes(name) ? args[args.indexOf(name) + 1] : undefined;

/* Of that certificate, if its key lies there too: a throw-away PKI holds both sides. */
function identity_of(fingerprint, folders) {
	const files = folders.flatMap((folder) => readdirSync(folder).map((f) => join(folder, f)));
	const cert = files.filter((f) => f.endsWith('.pem')).map((f) => readFileSync(f)).find((c) => fingerprint_of(c) === fingerprint);
	const key = cert && files.filter((f) => f.endsWith('.key')).map((f) => readFileSync(f)).find((k) => fits(cert, k));

	return key && { cert, key };
}

/* What is no PEM of that kind is none of theirs. */
function fingerprint_of(pem) {
	try {
		return new X509Certificate(pem).fingerprint256;
	} catch {
		return undefined;
	}
}

function fits(cert, pem) {
	try {
		return new X509Certificate(cert).checkPrivateKey(createPrivateKey(pem));
	} catch {
		return false;
	}
}

/* Both ways, until one side ends: then the other is ended too, as far as it got. */
function join_ends(a, b, keep) {
	b.setNoDelay(true);
	const pass = (from, to, file) => {
		from.on('data', (bytes) => {
			file?.write(bytes);
			if (!to.write(bytes))
				from.pause();
		});
		to.on('drain', () => from.resume());
		from.on('end', () => to.end());
		from.on('error', () => to.destroy());
		from.on('close', () => {
			to.end();
			file?.end();
		});
	};

	pass(a, b, keep?.[0]);
	pass(b, a, keep?.[1]);
}

const listen = (server, host, port) => new Promise((resolve, reject) => {
	server.on('error', reject);
	server.listen(port, host, () => resolve(server.address().port));
});

/* It ends with this program, however that ends, and this program with it. */
function start_mock(its_args, stdio) {
	const mock = spawn('setpriv', ['--pdeathsig', 'KILL', process.env.TRUE_MOCK, ...its_args], { stdio });

	for (const signal of ['SIGTERM', 'SIGINT', 'SIGUSR1'])
		process.on(signal, () => mock.kill(signal));
	mock.on('exit', (code) => process.exit(code ?? 1));
	return mock;
}

/* What it says when it is ready, on a descriptor of ours. */
function start_behind(port) {
	const other = args.map((a, i) => args[i - 1] === '--listen' ? `${BEHIND}:${port}` : args[i - 1] === '--ready-fd' ? '3' : a);
	const mock = start_mock(args.includes('--ready-fd') ? other : [...other, '--ready-fd', '3'], ['ignore', 'inherit', 'inherit', 'pipe']);

	return new Promise((resolve) => mock.stdio[3].once('data', (said) => resolve(String(said))));
}

/* Where its requests for the plain port go on from. */
async function start_prism(upstream) {
	const probe = net.createServer();
	const port = await listen(probe, '127.0.0.1', 0);

	await new Promise((resolve) => probe.close(resolve));
	const prism = spawn('setpriv', ['--pdeathsig', 'KILL', process.env.PRISM, 'proxy', process.env.OPENAPI, `http://127.0.0.1:${upstream}`, '--errors',
		'--host', '127.0.0.1', '--port', String(port)], { stdio: ['ignore', 'pipe', 'inherit'] });
	const log = createWriteStream(join(process.env.RECORDINGS, 'prism.log'), { flags: 'a' });
	prism.stdout.pipe(log);
	await new Promise((resolve) => prism.stdout.on('data', (text) => String(text).includes('Prism is listening') && resolve()));
	return port;
}

function note_run() {
	const faults = option('--faults');
	const folder = mkdtempSync(join(process.env.RECORDINGS, 'run-'));

	writeFileSync(join(folder, 'run.json'), JSON.stringify({
		test: `${process.env.BATS_TEST_FILENAME?.replace(/.*\//, '') ?? '-'}: ${process.env.BATS_TEST_NAME ?? '-'}`,
		faults: faults !== undefined && existsSync(faults) ? readFileSync(faults, 'utf8') : '[]' }));
	return folder;
}

/* The client's side, as the mock's own would be; null where the mock will say what is wrong with its options. */
function make_front() {
	try {
		return tls.createServer({ cert: readFileSync(option('--tls-cert')), key: readFileSync(option('--tls-key')),
			ca: readFileSync(option('--client-ca')), minVersion: 'TLSv1.3', requestCert: true, rejectUnauthorized: false, noDelay: true });
	} catch {
		return null;
	}
}

async function record(front) {
	const folder = note_run();
	const folders = [dirname(option('--tls-cert')), process.env.BATS_TEST_TMPDIR, process.env.BATS_FILE_TMPDIR].filter((f) => f !== undefined && existsSync(f));
	const known = new Map();
	const to_mock = (identity) => tls.connect({ host: BEHIND, port, minVersion: 'TLSv1.3', rejectUnauthorized: false, ...identity });
	let count = 0, port, through;

	front.on('tlsClientError', () => {});
	front.on('secureConnection', (client) => {
		const peer = client.getPeerX509Certificate();
		const keep = ['in', 'out'].map((way) => createWriteStream(join(folder, `${count}.${way}`)));

		count++;
		if (peer !== undefined && !known.has(peer.fingerprint256))
			known.set(peer.fingerprint256, identity_of(peer.fingerprint256, folders));
		const identity = peer === undefined ? {} : known.get(peer.fingerprint256);
		if (identity === undefined)
			client.destroy();
		else
			join_ends(client, through === undefined ? to_mock(identity) : net.connect(through, '127.0.0.1'), keep);
	});
	port = await listen(front, '127.0.0.1', Number(option('--listen').replace(/.*:/, '')));
	const said = (await start_behind(port)).replace(BEHIND, '127.0.0.1');
	if (process.env.PRISM) {
		const clinic = ['pem', 'key'].map((kind) => readFileSync(join(folders[0], `clinic.${kind}`)));
		const back = net.createServer((c) => join_ends(c, to_mock({ cert: clinic[0], key: clinic[1] })));

		through = await start_prism(await listen(back, '127.0.0.1', 0));
	}
	writeSync(Number(option('--ready-fd') ?? 1), said);
}

/* Help, plain HTTP and what cannot be read or used: nothing to be recorded. */
const front = option('--listen') !== undefined ? make_front() : null;
if (front !== null) {
	await record(front);
} else {
	const fd = Number(option('--ready-fd') ?? 0);
	start_mock(args, Array.from({ length: Math.max(3, fd + 1) }, (_, i) => i < 3 || i === fd ? i : 'ignore'));
}
