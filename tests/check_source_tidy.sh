#!/bin/bash
# clang-tidy finds nothing; .clang-tidy says what is looked for and why the rest is not.
set -euo pipefail

if ! command -v run-clang-tidy-14 > /dev/null; then
    echo "skipped: run-clang-tidy-14 is not installed"
    exit 77
fi
output=$(mktemp)
trap 'rm -f "$output"' EXIT
# The compile commands are gcc's; clang need not know every option of it.
if run-clang-tidy-14 -quiet -p "$ABSCOPAL_BUILD_DIR" -j "$(nproc)" \
    -extra-arg=-Wno-unknown-warning-option -extra-arg=-Wno-ignored-optimization-argument > "$output" 2> /dev/null; then
    echo "$(grep -c '"file":' "$ABSCOPAL_BUILD_DIR/compile_commands.json") files checked"
else
    sed 's/\x1b\[[0-9;]*m//g' "$output" | grep -A 2 ': error: '
    exit 1
fi
