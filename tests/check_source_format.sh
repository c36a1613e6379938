#!/bin/bash
# The C code and the scripts of the report's page are as clang-format 14 lays it out; other versions differ in details.
set -euo pipefail
cd "$ABSCOPAL_SOURCE_DIR"

formatter=$(command -v clang-format-14 || true)
if [[ -z $formatter ]]; then
    echo "skipped: clang-format-14 is not installed"
    exit 77
fi
find . \( -path ./.git -o -path ./build -o -name vendor \) -prune -o \( -name '*.[ch]' -o -name '*.js' \) -print0 |
    xargs -0 "$formatter" --dry-run -Werror
