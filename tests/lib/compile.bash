# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# compile.bash - how the sources are compiled, for what does it without make:
# analysers and fuzzers. To be loaded at the top of the tree; leaves the flags
# in the array "flags", and what libraries need in "libraries".

# shellcheck disable=SC2034 # For whoever loads this.
flags=(-std=gnu11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 '-DPACKAGE_STRING="nsx"' -Icommon -Itools)
read -ra found < <(pkg-config --cflags smartcols)
flags+=("${found[@]}")
if pkg-config --atleast-version=2.40 smartcols; then
	flags+=(-DHAVE_SCOLS_FILTER)
fi
read -ra libraries < <(pkg-config --libs smartcols)
unset found
