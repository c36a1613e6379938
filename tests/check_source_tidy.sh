#!/bin/bash
# clang-tidy finds nothing; .clang-tidy says what is looked for and why the rest is not.
set -euo pipefail

if ! command -v run-clang-tidy-14 > /dev/null; then
    echo "skipped: run-clang-tidy-14 is not installed"
    exit 77
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# The compile commands are gcc's; clang does not know every option of it.
sed 's/ -fcx-limited-range//' "$ABSCOPAL_BUILD_DIR/compile_commands.json" > "$folder/compile_commands.json"
if run-clang-tidy-14 -quiet -p "$folder" -j "$(nproc)" \
    -extra-arg=-Wno-unknown-warning-option -extra-arg=-Wno-ignored-optimization-argument > "$folder/output" \
    2> "$folder/errors"; then
    echo "$(grep -c '"file":' "$folder/compile_commands.json") files checked"
else
    # Without an error in the code it is the tool that failed.
    sed -i 's/\x1b\[[0-9;]*m//g' "$folder/output"
    grep -A 2 ': error: ' "$folder/output" || tail -n 40 "$folder/output" "$folder/errors"
    exit 1
fi
