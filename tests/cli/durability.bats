# What was acknowledged is there: a sample of tests/durability/run, as much as needs no root; make soak has the rest.

bats_require_minimum_version 1.5.0
load helper

@test "durability: killed at a writing call, or the call failing: nothing acknowledged is lost, nothing needs a hand" {
	run -0 "$ROOT/tests/durability/run" "$BUILD" kills=26 errors=26
	echo "$output"
	[[ ${lines[-1]} == "durability: nothing lost"* ]]
}

@test "durability: without root it says what it can not do, and fails" {
	local as=()
	[ "$(id -u)" != 0 ] || as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
	run -1 "${as[@]}" "$ROOT/tests/durability/run" "$BUILD" cuts=1
	[[ $output == *"power cuts need root"* ]]
}
