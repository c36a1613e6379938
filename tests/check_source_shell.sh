#!/bin/bash
# The scripts are clean by shellcheck.
set -euo pipefail
cd "$ABSCOPAL_SOURCE_DIR"

if ! command -v shellcheck > /dev/null; then
    echo "skipped: shellcheck is not installed"
    exit 77
fi
mapfile -t scripts < <(grep --directories=skip -lE '^#!/bin/(ba)?sh' scripts/* scripts/slurm/* .ci/run tests/*.sh)
shellcheck --external-sources --source-path=SCRIPTDIR "${scripts[@]}"
