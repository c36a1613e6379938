#!/bin/bash
# The Python package installs with pip from the checkout into a new environment, and passes its tests there.
set -euo pipefail
# shellcheck source=tests/python_environment.sh
source "$ABSCOPAL_SOURCE_DIR/tests/python_environment.sh"
python_environment h5py

# In a folder from which the package in the checkout is not found.
cd "$folder"
"$python" -c "import abscopal; assert abscopal.__file__.startswith('$folder/venv/'), abscopal.__file__"
"$python" - << 'END'
import os
import pathlib

from abscopal import _library

source = pathlib.Path(os.environ["ABSCOPAL_SOURCE_DIR"]).resolve()
assert source in _library._checkouts(), "the checkout is not remembered"
END
# An installed library is preferred to that of the checkout, and has its trials beside it.
cmake --install "$ABSCOPAL_BUILD_DIR" --prefix "$folder/prefix" > /dev/null
pc=$(find "$folder/prefix" -name abscopal.pc)
env -u ABSCOPAL_LIBRARY PKG_CONFIG_PATH="${pc%/*}" "$python" - << 'END'
import os

import abscopal

prefix = os.path.join(os.getcwd(), "prefix/")
found = (abscopal.library_path, abscopal.read_trial("protocols/nivolumab-rt-six-arms.yaml").path)
assert all(str(path).startswith(prefix) for path in found), found
END

cd "$ABSCOPAL_SOURCE_DIR/python/tests"
"$python" -m unittest -q
