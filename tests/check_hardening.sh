#!/bin/bash
# The command and the library as built have the protections that docs/security.md names.
set -euo pipefail
# shellcheck source=tests/expect.sh
source "$ABSCOPAL_SOURCE_DIR/tests/expect.sh"

if ! command -v readelf > /dev/null; then
    echo "skipped: readelf is not installed"
    exit 77
fi

# has FILE WHAT PATTERN OPTION: what readelf prints with the option has a line that matches.
has() {
    checks=$((checks + 1))
    readelf "$4" --wide "$1" > "$folder/elf"
    grep -qE -- "$3" "$folder/elf" || fail "$1: $2"
}

# lacks FILE WHAT PATTERN OPTION: it has none.
lacks() {
    checks=$((checks + 1))
    readelf "$4" --wide "$1" > "$folder/elf"
    ! grep -qE -- "$3" "$folder/elf" || fail "$1: $2"
}

for file in "$ABSCOPAL_COMMAND" "$ABSCOPAL_BUILD_DIR/libabscopal.so"; do
    has "$file" "is not position-independent" 'Type: +DYN' --file-header
    has "$file" "has no read-only relocations" 'GNU_RELRO' --program-headers
    has "$file" "binds its functions while it runs" 'BIND_NOW|FLAGS_1.* NOW' --dynamic
    lacks "$file" "has relocations in its code" 'TEXTREL' --dynamic
    has "$file" "does not say how its stack is" 'GNU_STACK.* RW +0x' --program-headers
    lacks "$file" "has memory that is written and run" ' RWE +0x' --program-headers
    has "$file" "has no guarded stack" '__stack_chk_fail' --dyn-syms
    has "$file" "has no checked buffers" '__[a-z]+_chk' --dyn-syms
done
finish
