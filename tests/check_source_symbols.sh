#!/bin/bash
# The shared library exports exactly what the public headers declare.
set -euo pipefail

headers=("$ABSCOPAL_SOURCE_DIR"/include/*.h)
library=$ABSCOPAL_BUILD_DIR/libabscopal.so
if diff --label "declared in the public headers" --label "exported by libabscopal.so" -u \
    <(cat "${headers[@]}" | tr '\n' ' ' | grep -oE 'ABSCOPAL_API [^;(]*\(' | grep -oE 'abscopal_[a-z0-9_]+\($' | tr -d '(' | sort) \
    <(nm -D --defined-only "$library" | awk '{ print $3 }' | sort); then
    echo "$(nm -D --defined-only "$library" | grep -c ' T abscopal_') functions exported, all declared"
else
    exit 1
fi
