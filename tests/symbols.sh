#!/bin/sh
# libshikaku.a shows nothing but shikaku_*: symbols.sh LIBRARY
names=$(nm -g --defined-only "$1" | awk 'NF == 3 { print $3 }')
[ -n "$names" ] || { echo "$1 defines nothing"; exit 1; }
! echo "$names" | grep -v '^shikaku_'
