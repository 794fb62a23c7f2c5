#!/usr/bin/env bats
# Memory runs out: a sample of tests/alloc, which `make soak` runs whole.

bats_require_minimum_version 1.5.0
load helper

@test "alloc: a sample of the allocations of each scene fails, and nothing untrue is said" {
	cd "$ROOT"
	run -0 tests/alloc/run --sample 6 "$BUILD"
	echo "$output"
	[[ ${lines[-1]} =~ ^'# '[0-9]+' scenes, '[0-9]+' runs, '([0-9]+)' allocations failed' ]]
	[ "${BASH_REMATCH[1]}" -ge 100 ]
}

@test "alloc: the rig notices a program that does not look whether it has memory" {
	cd "$BATS_TEST_TMPDIR"
	cat >careless.c <<-'C'
	#include <stdio.h>
	#include <stdlib.h>
	#include <string.h>

	int
	main(void)
	{
		char *p = malloc(8);

		strcpy(p, "done");
		puts(p);
		free(p);
		return 0;
	}
	C
	cc -O0 -fno-builtin -o careless careless.c
	cc -std=c11 -D_GNU_SOURCE -shared -fPIC -o alloc.so "$ROOT/tests/rig/alloc.c"
	truncate -s 4096 state
	export ALLOC_PROGRAM=careless ALLOC_STATE=state ALLOC_OWN=1
	LD_PRELOAD=$PWD/alloc.so run -0 ./careless
	[ "$output" = done ]
	[ "$(od -An -td8 -N16 state | tr -s ' ')" = " 1 0" ]
	truncate -s 0 state
	truncate -s 4096 state
	ALLOC_FAIL=1 LD_PRELOAD=$PWD/alloc.so run -139 ./careless
}
