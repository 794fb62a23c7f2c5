#!/bin/bash
# Installs what is missing of Debian's packages: setup.sh build|demo|check|bench|contract|soak
# Without the right to install, says what is missing and fails.
set -eu
build="gcc libc6-dev make pkg-config openssl libpcsclite-dev libcurl4-openssl-dev libjson-c-dev libsodium-dev libssl-dev
       libmicrohttpd-dev libgnutls28-dev libinih-dev libutf8proc-dev libsqlite3-dev libseccomp-dev libpango1.0-dev libcairo2-dev libfontconfig-dev"
demo="$build pcscd vsmartcard-vpcd opensc fonts-ipaexfont-gothic fonts-ipaexfont-mincho"
check="$demo clang libclang-rt-14-dev libcmocka-dev bats curl python3 python3-jsonschema python3-yaml util-linux procps strace binutils git mandoc systemd tzdata
       fonts-ipamj-mincho poppler-utils bsdutils zsh fish"
case ${1:-check} in
build) want=$build ;;
demo) want=$demo ;;
bench)
	want="$check nghttp2-client strace valgrind"
	command -v npm >/dev/null || want="$want nodejs npm"
	;;
contract)
	want="$check chromium fonts-noto-cjk poppler-utils"
	command -v npm >/dev/null || want="$want nodejs npm"
	;;
soak) want="$check e2fsprogs mount clang-19 llvm-19 libclang-rt-19-dev frama-c-base unicode-data kakasi-dic skkdic-extra" ;;
*) want=$check ;;
esac
missing=
for p in $want; do
	[ "$(dpkg-query -W -f '${Status}' "$p" 2>/dev/null)" = "install ok installed" ] || missing="$missing $p"
done
if [ -n "$missing" ]; then
	if [ "$(id -u)" -ne 0 ]; then
		echo "These Debian packages are missing; as root: apt-get install --no-install-recommends$missing" >&2
		exit 1
	fi
	echo "installing:$missing"
	export DEBIAN_FRONTEND=noninteractive
	apt-get update -q
	# shellcheck disable=SC2086
	apt-get install -y -q --no-install-recommends $missing
fi
# A private pcscd needs this directory to exist; it may stay root's.
if [ "${1:-check}" != build ] && [ ! -d /run/pcscd ]; then
	if [ "$(id -u)" -eq 0 ]; then
		mkdir -m 755 /run/pcscd
	else
		echo "/run/pcscd is missing; as root: mkdir -m 755 /run/pcscd" >&2
		exit 1
	fi
fi
