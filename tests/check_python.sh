#!/bin/bash
# The Python package installs with pip from the checkout into a new environment, without a network, passes its tests there,
# and its notebook runs from beginning to end. What Debian packages are needed: scripts/setup.
set -euo pipefail

interpreter=/usr/bin/python3
for module in venv ensurepip setuptools wheel numpy pandas h5py yaml matplotlib nbconvert ipykernel; do
    if ! "$interpreter" -c "import $module" 2> /dev/null; then
        echo "skipped: $interpreter has no $module (scripts/setup test installs it)"
        exit 77
    fi
done

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python=$folder/venv/bin/python
notebook=$ABSCOPAL_SOURCE_DIR/python/examples/six-arms.ipynb
export ABSCOPAL_LIBRARY=$ABSCOPAL_BUILD_DIR/libabscopal.so
# Nothing of the user's, and no notes of Python's in the checkout.
export HOME=$folder PYTHONNOUSERSITE=1 PYTHONDONTWRITEBYTECODE=1 PYDEVD_DISABLE_FILE_VALIDATION=1
unset PYTHONPATH PYTHONHOME

# The command of the manual for machines without a network.
"$interpreter" -m venv --system-site-packages "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-index --no-build-isolation --no-deps \
    "$ABSCOPAL_SOURCE_DIR/python"
left=$(git -C "$ABSCOPAL_SOURCE_DIR" status --short --ignored python 2> /dev/null | grep -v __pycache__ || true)
if grep -qE 'build|egg-info' <<< "$left"; then
    echo "installing left something in the checkout: $left"
    exit 1
fi

# In a folder from which the package in the checkout is not found.
cd "$folder"
"$python" -c "import abscopal; assert abscopal.__file__.startswith('$folder/venv/'), abscopal.__file__"
env -u ABSCOPAL_LIBRARY "$python" - << 'END'
import os
import pathlib

from abscopal import _library

assert pathlib.Path(os.environ["ABSCOPAL_SOURCE_DIR"]).resolve() in _library._checkouts(), "the checkout is not remembered"
END
(cd "$ABSCOPAL_SOURCE_DIR/python/tests" && "$python" -m unittest -q)

# The notebook as it is in the checkout has what it printed, and no errors.
"$python" - "$notebook" << 'END'
import json
import sys

cells = [cell for cell in json.load(open(sys.argv[1], encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
outputs = [output for cell in cells for output in cell["outputs"]]
assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1)), "not run from beginning to end"
assert not [output for output in outputs if output["output_type"] == "error" or output.get("name") == "stderr"], "errors"
assert sum("image/png" in output.get("data", {}) for output in outputs) >= 4, "figures are missing"
END

# A fresh kernel of the new environment runs it with few patients.
"$python" -m ipykernel install --sys-prefix > /dev/null 2>&1
ABSCOPAL_NOTEBOOK_PATIENTS=40 "$python" -m nbconvert --log-level=ERROR --to notebook --execute --stdout \
    --ExecutePreprocessor.kernel_name=python3 --ExecutePreprocessor.timeout=300 "$notebook" > "$folder/run.ipynb"
"$python" - "$folder/run.ipynb" << 'END'
import json
import sys

cells = [cell for cell in json.load(open(sys.argv[1], encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
text = "".join("".join(output.get("text", "")) for cell in cells for output in cell["outputs"])
figures = sum("image/png" in output.get("data", {}) for cell in cells for output in cell["outputs"])
assert "of 40 patients with such lesions" in text, text
assert "did you mean 'mg'?" in text and "the same summary: True" in text and figures >= 4, text
print(f"the notebook has run: {len(cells)} cells, {figures} figures")
END
