#!/bin/bash
# What is installed works from where it is installed: the command, the shipped trials, and the C program of the README.
set -euo pipefail
# shellcheck source=tests/expect.sh
source "$ABSCOPAL_SOURCE_DIR/tests/expect.sh"

prefix=$folder/prefix
readme=$ABSCOPAL_SOURCE_DIR/README.md
cmake --install "$ABSCOPAL_BUILD_DIR" --prefix "$prefix" > "$folder/log"
pc=$(find "$prefix" -name abscopal.pc)
export PKG_CONFIG_PATH=${pc%/*}

expect 0 "^abscopal $(pkg-config --modversion abscopal)$" "$prefix/bin/abscopal" --version
for input in "$prefix"/share/abscopal/{protocols,protocols/designs,protocols/sweeps,protocols/trials,cohorts,drugs}/*.yaml; do
    expect 0 'correct$' "$prefix/bin/abscopal" check "$input"
done
for path in share/doc/abscopal/LICENSE share/doc/abscopal/docs/commands.md include/abscopal.h \
    share/abscopal/protocols/sweeps/lag-trial.yaml share/abscopal/protocols/trials/README.md \
    share/abscopal/protocols/trials/data/outcomes.csv; do
    [[ -s $prefix/$path ]] || fail "$path is not installed"
done

# block LANGUAGE: the README's block of that language.
block() {
    sed -n "/^\`\`\`$1\$/,/^\`\`\`\$/p" "$readme" | sed '/^```/d'
}

# The C program of the README, against the installed library, in the folder where its trial file is found.
block c > "$folder/example.c"
read -ra flags <<< "$(pkg-config --cflags --libs abscopal)"
expect 0 '' cc -std=c17 -Wall -Wextra -Werror "$folder/example.c" -o "$folder/example" "${flags[@]}"
cd "$prefix/share/abscopal"
export LD_LIBRARY_PATH=${pc%/pkgconfig/*}
expect 0 'nivolumab' "$folder/example"

# The header stands alone, in C++ too.
expect 0 '' cc -std=c17 -Wall -Wextra -Wpedantic -Werror -x c -fsyntax-only "$prefix/include/abscopal.h"
if command -v c++ > /dev/null; then
    expect 0 '' c++ -Wall -Wextra -Werror -x c++ -fsyntax-only "$prefix/include/abscopal.h"
fi

# The trial of the README.
block yaml > "$prefix/share/abscopal/protocols/readme.yaml"
expect 0 'correct$' "$prefix/bin/abscopal" check "$prefix/share/abscopal/protocols/readme.yaml"

finish
