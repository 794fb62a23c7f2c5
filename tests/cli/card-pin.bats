#!/usr/bin/env bats
# Where a PIN is looked for once it was used: nowhere is it left.
#
# PIN_SCANS (10): so many random PINs.

bats_require_minimum_version 1.5.0
load helper

setup_file() { fixtures; }

teardown() { mock_stop; }

# Only root may look into these processes: an ordinary user is one in a namespace of its own.
as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	else
		unshare --user --map-root-user "$@"
	fi
}

@test "PIN: nowhere after the closing SELECT, and no core" {
	faulty '[{"match": {"path": "/v1/qualification/card"}, "fault": "latency", "latency_ms": 300}]'
	config
	export CONF PYTHON ROOT BUILD PIN_SCANS=${PIN_SCANS:-8}
	run as_root bash -c '. "$ROOT/tests/rig/pcscd.sh" && rig_start &&
	    "$PYTHON" "$ROOT/tests/rig/pin-scan.py" "$BUILD" "$PIN_SCANS" && rig_stop' 3>&-
	sed 's/^# */# /; t; s/^/# /' <<<"$output" >&3
	[ "$status" = 0 ]
}
