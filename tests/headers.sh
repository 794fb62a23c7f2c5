#!/bin/sh
# Every header compiles alone: headers.sh CC FLAGS...
cd "$(dirname "$0")/.." || exit 1
bad=0
for h in $(find src include -name '*.h'); do
	echo "#include \"$h\"" | "$@" -I. -x c -fsyntax-only - || { echo "$h does not compile alone"; bad=1; }
done
exit $bad
