#!/bin/bash
# The shared library exports exactly what the public header declares.
set -euo pipefail

header=$ABSCOPAL_SOURCE_DIR/include/abscopal.h
library=$ABSCOPAL_BUILD_DIR/libabscopal.so
if diff --label "declared in abscopal.h" --label "exported by libabscopal.so" -u \
    <(tr '\n' ' ' < "$header" | grep -oE 'ABSCOPAL_API [^;(]*\(' | grep -oE 'abscopal_[a-z0-9_]+\($' | tr -d '(' | sort) \
    <(nm -D --defined-only "$library" | awk '{ print $3 }' | sort); then
    echo "$(nm -D --defined-only "$library" | grep -c ' T abscopal_') functions exported, all declared"
else
    exit 1
fi
