#!/bin/sh
# Reports function bodies longer than LIMIT lines (default 60) and fails if there are any.
limit=${1:-60}
cd "$(dirname "$0")/.." || exit 1
find src include tests -name '*.[ch]' -exec awk -v limit="$limit" '
FNR == 1 { start = 0 }
/^\{/ { start = FNR }
/^\}/ { if (start && FNR - start - 1 > limit) print FILENAME ":" start ": " FNR - start - 1 " lines"; start = 0 }' {} + |
	awk '{ print; bad = 1 } END { exit bad }'
