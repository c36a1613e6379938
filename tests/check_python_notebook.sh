#!/bin/bash
# The example notebook of the Python package has what it printed, and runs from beginning to end in a new environment.
set -euo pipefail
# shellcheck source=tests/python_environment.sh
source "$ABSCOPAL_SOURCE_DIR/tests/python_environment.sh"
python_environment yaml matplotlib nbconvert ipykernel
notebook=$ABSCOPAL_SOURCE_DIR/python/examples/six-arms.ipynb
export PYDEVD_DISABLE_FILE_VALIDATION=1

# A fresh kernel of the new environment runs it with few patients, far from the checkout.
"$python" -m ipykernel install --sys-prefix > /dev/null 2>&1
cp "$notebook" "$folder/six-arms.ipynb"
cd "$folder"
ABSCOPAL_NOTEBOOK_PATIENTS=40 "$python" -m nbconvert --log-level=ERROR --to notebook --execute --output run.ipynb \
    --ExecutePreprocessor.kernel_name=python3 --ExecutePreprocessor.timeout=300 six-arms.ipynb

"$python" - "$notebook" run.ipynb << 'END'
import json
import sys

for path, patients in zip(sys.argv[1:], (500, 40)):
    with open(path, encoding="utf-8") as file:
        cells = [cell for cell in json.load(file)["cells"] if cell["cell_type"] == "code"]
    outputs = [output for cell in cells for output in cell["outputs"]]
    text = "".join("".join(output.get("text", "")) + "".join(output.get("data", {}).get("text/plain", ""))
                   for output in outputs)
    figures = sum("image/png" in output.get("data", {}) for output in outputs)
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1)), "not run from end to end"
    assert not [one for one in outputs if one["output_type"] == "error" or one.get("name") == "stderr"], text
    assert f"6 arms, {patients} patients" in text and "the same summary: True" in text and figures == 5, text
    print(f"{path}: {len(cells)} cells, {figures} figures")
END
