# Sourced by checks of the Python package: a new environment into which it was installed from the checkout, without a network.
# Sets folder (removed at the end) and python, the environment's interpreter.
# shellcheck shell=bash

# python_environment MODULE...: ends with 77 and a reason when Debian's interpreter lacks one of these or what an
# installation needs.
python_environment() {
    local interpreter=/usr/bin/python3 module left
    for module in venv ensurepip setuptools wheel numpy pandas "$@"; do
        if ! "$interpreter" -c "import $module" 2> /dev/null; then
            echo "skipped: $interpreter has no $module (scripts/setup test installs it)"
            exit 77
        fi
    done
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    python=$folder/venv/bin/python
    export ABSCOPAL_LIBRARY=$ABSCOPAL_BUILD_DIR/libabscopal.so
    # Nothing of the user's, and no notes of Python's in the checkout.
    export HOME=$folder PYTHONNOUSERSITE=1 PYTHONDONTWRITEBYTECODE=1
    unset PYTHONPATH PYTHONHOME
    # As docs/python.md says for machines without a network.
    "$interpreter" -m venv --system-site-packages "$folder/venv"
    "$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-index --no-build-isolation --no-deps \
        "$ABSCOPAL_SOURCE_DIR/python"
    left=$(find "$ABSCOPAL_SOURCE_DIR/python" -name build -o -name '*.egg-info')
    if [[ -n $left ]]; then
        echo "installing left something in the checkout: $left"
        exit 1
    fi
}
