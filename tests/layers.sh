#!/bin/sh
# Fails when a file includes what docs/layers.txt does not allow its directory.
cd "$(dirname "$0")/.." || exit 1
awk '
FILENAME == "docs/layers.txt" {
	if (/^#/ || !NF) next
	if ($1 ~ /^</) { for (i = 2; i <= NF; i++) { only[$1] = 1; may[$1, $i] = 1 }; next }
	known[$1] = 1; ok[$1, $1] = 1
	for (i = 2; i <= NF; i++) ok[$1, $i] = 1
	next
}
FNR == 1 {
	dir = FILENAME; sub(/^src\//, "", dir); sub(/\/.*/, "", dir)
	if (FILENAME ~ /^include\//) dir = "public"
	if (dir != "public" && !(dir in known)) { print FILENAME ": directory not in docs/layers.txt"; bad = 1 }
}
/^#[ \t]*include "/ {
	split($0, q, "\""); target = q[2]; sub(/\/.*/, "", target)
	if (target == "shikaku") target = "public"
	if (target != dir && !((dir, target) in ok)) { print FILENAME ":" FNR ": " dir " may not include " q[2]; bad = 1 }
}
/^#[ \t]*include </ {
	h = $0; sub(/^[^<]*/, "", h); sub(/>.*/, ">", h)
	if ((h in only) && !((h, FILENAME) in may)) { print FILENAME ":" FNR ": " h " belongs elsewhere"; bad = 1 }
	if (h ~ /^<openssl\// && !(("<openssl/*>", FILENAME) in may)) { print FILENAME ":" FNR ": " h " belongs elsewhere"; bad = 1 }
}
END { exit bad }' docs/layers.txt $(find src include -name '*.[ch]')
