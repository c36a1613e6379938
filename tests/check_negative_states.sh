#!/bin/bash
# Amounts do not go negative: of every state of some patients in all arms, each day, none is below minus a hundred of its
# absolute tolerance, and every patient-arm is integrated. The same program counts larger trials.
set -euo pipefail
report=$("$ABSCOPAL_BUILD_DIR/tests/count_negative_states" protocols/nivolumab-rt-six-arms.yaml 5)
echo "$report"
grep -qE '^[1-9][0-9]* patient-arms, 0 not integrated, .*; 0 of [1-9][0-9]* values below' <<< "$report"
