#!/usr/bin/env bats
# Where a PIN is looked for once it was used: nowhere is it left.
#
# PIN_SCANS (10): so many random PINs.

bats_require_minimum_version 1.5.0
load helper

setup_file() { fixtures; }

setup() {
	. "$ROOT/tests/rig/pcscd.sh"
}

teardown() {
	rig_stop
	mock_stop
}

@test "PIN: nowhere after the closing SELECT, and no core" {
	faulty '[{"match": {"path": "/v1/qualification/card"}, "fault": "latency", "latency_ms": 300}]'
	config
	rig_start
	export CONF
	run "$PYTHON" "$ROOT/tests/rig/pin-scan.py" "$BUILD" "${PIN_SCANS:-8}" 3>&-
	sed 's/^# */# /; t; s/^/# /' <<<"$output" >&3
	[ "$status" = 0 ]
}
