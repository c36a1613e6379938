#!/bin/bash
# clang-tidy finds nothing; .clang-tidy says what is looked for and why the rest is not.
set -euo pipefail

if ! command -v run-clang-tidy-14 > /dev/null; then
    echo "skipped: run-clang-tidy-14 is not installed"
    exit 77
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# Files that go into several programs are compiled for each, and looked at once.
/usr/bin/python3 - "$ABSCOPAL_BUILD_DIR/compile_commands.json" > "$folder/compile_commands.json" << 'END'
import json
import sys
print(json.dumps(list({entry["file"]: entry for entry in json.load(open(sys.argv[1]))}.values()), indent=1))
END
# Code that is written at build time is not looked at, and the batch engine, which is the same for all vectors, once.
echo 'static const struct lu_code lu_codes[1];' > "$folder/lu_code_generated.h"
# The analyser gives up a function after a third of the states that it looks at otherwise, as its own shallow mode does:
# all of them take three times as long, which ABSCOPAL_FULL_TIDY=1 asks for.
if [[ ${ABSCOPAL_FULL_TIDY:-} ]]; then states=225000; else states=75000; fi
if run-clang-tidy-14 -quiet -p "$folder" -j "$(nproc)" \
    -extra-arg=-Wno-unknown-warning-option -extra-arg=-Wno-ignored-optimization-argument \
    -extra-arg=-Xclang -extra-arg=-analyzer-config -extra-arg=-Xclang -extra-arg="max-nodes=$states" \
    -extra-arg-before="-I$folder" '^(?!.*(/generated/|/lanes_avx)).*$' > "$folder/output" \
    2> "$folder/errors"; then
    echo "$(grep -c '"file":' "$folder/compile_commands.json") files checked"
else
    # Without an error in the code it is the tool that failed.
    sed -i 's/\x1b\[[0-9;]*m//g' "$folder/output"
    grep -A 2 ': error: ' "$folder/output" || tail -n 40 "$folder/output" "$folder/errors"
    exit 1
fi
