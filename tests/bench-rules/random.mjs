/* A seeded random source (mulberry32): the same cases in every run. */
export function random(seed) {
	let a = seed >>> 0;
	const next = () => {
		a = (a + 0x6d2b79f5) >>> 0;
		let t = Math.imul(a ^ (a >>> 15), a | 1);
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	};
	return {
		next,
		chance: (p) => next() < p,
		between: (from, to) => from + Math.floor(next() * (to - from + 1)),
		one: (list) => list[Math.floor(next() * list.length)],
	};
}
