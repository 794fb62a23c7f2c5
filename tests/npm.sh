# shellcheck shell=bash
# To be sourced.  npm_install FOLDER WORK: what the lock file in FOLDER names, into WORK/node_modules, once.
npm_install() {
	mkdir -p "$2"
	cmp -s "$1/package-lock.json" "$2/package-lock.json" && return
	cp "$1/package.json" "$1/package-lock.json" "$2/"
	# it may not run scripts of its own
	timeout 180 npm --prefix "$2" ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null && return
	rm -f "$2/package-lock.json"
	echo "the tools of $1 could not be installed" >&2
	return 1
}
