"""Virtual clinical trials of radiotherapy and immune checkpoint inhibitors in non-small-cell lung cancer.

    import abscopal

    trial = abscopal.read_trial("protocols/nivolumab-rt-six-arms.yaml")
    results = abscopal.run(trial, patients=200, seed=1)
    results.summary()        # a DataFrame with one row for each arm
    results.patients()       # one row for each patient in each arm
    results.diameters        # a NumPy array: arm, patient, visit, lesion
    results.write("out.h5")

Times are days and diameters millimetres; patients are numbered from 1. docs/python.md in the checkout is the manual.

Research use only. Not for treating patients."""

from ._errors import BadInput, Error, Interrupted, NoMemory, NotIntegrated, OutputFailed
from ._library import library as _loaded
from ._results import Array, Results, read_results
from ._trial import (Trial, list_drugs, list_fluxes, list_options, list_parameters, list_presets, list_states,
                     read_trial, run, shipped, simulate, trial_from_text)
from ._version import VERSION as __version__

library_path: str = _loaded._name
"""The library that is used."""
library_version: str = _loaded.abscopal_version().decode()
"""And its version."""

__all__ = ["Array", "BadInput", "Error", "Interrupted", "NoMemory", "NotIntegrated", "OutputFailed", "Results", "Trial",
           "library_path", "library_version", "list_drugs", "list_fluxes", "list_options", "list_parameters",
           "list_presets", "list_states", "read_results", "read_trial", "run", "shipped", "simulate", "trial_from_text"]
