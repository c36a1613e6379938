"""The results of a run: tables for pandas, arrays for NumPy, files."""

from __future__ import annotations

import ctypes
import os
from typing import Any, Iterable

import numpy as np
import pandas as pd

from . import _structures as c
from ._errors import BadInput, check, error_of
from ._library import hdf5_lock, library, text_of
from ._trial import Handle, Path, Trial, encoded_path

_TYPES = {c.VALUE_REAL: np.float64, c.VALUE_REAL32: np.float32, c.VALUE_INTEGER: np.int64, c.VALUE_FLAG: np.int8,
          c.VALUE_TEXT: np.uintp}

# Columns of summary(), by the names that `abscopal run --json` has: members of struct abscopal_arm_summary.
_SHARES = {"orr_horizon": "response_at_horizon", "orr_best": "best_response", "complete_response": "complete_response",
           "disease_control": "disease_control", "progressive_disease": "progressive_disease",
           "orr_out_of_field": "out_of_field_response"}
_ESTIMATES = {"median_pfs": "median_progression_free_days", "mean_pfs": "mean_progression_free_days",
              "median_duration_of_response": "median_duration_of_response_days",
              "median_time_to_response": "median_time_to_response_days", "median_best_change": "median_best_change"}
_STATUSES = ("completed", "not_plausible", "not_integrated", "not_run", "not_eligible", "not_allocated", "not_selected")


class Array(np.ndarray):
    """A NumPy array that knows what it is of: its name, the names of its dimensions, its unit and meaning. What is cut
    or computed from it is an ordinary array."""

    name: str
    dimensions: tuple[str, ...]
    units: str
    meaning: str

    def __new__(cls, values: np.ndarray, name: str, dimensions: tuple[str, ...], units: str, meaning: str) -> "Array":
        array = np.asarray(values).view(cls)
        array.name, array.dimensions, array.units, array.meaning = name, dimensions, units, meaning
        return array

    def __array_finalize__(self, source: Any) -> None:
        self.name, self.dimensions, self.units, self.meaning = "", (), "", ""

    def __array_wrap__(self, array: np.ndarray, context: Any = None, return_scalar: bool = False) -> Any:
        return np.asarray(array)[()]

    def __getitem__(self, key: Any) -> Any:
        return np.asarray(self)[key]


def _estimate(row: dict[str, Any], name: str, estimate: c.Estimate | c.Share) -> None:
    row[name] = estimate.fraction if isinstance(estimate, c.Share) else estimate.value
    row[name + "_lower"], row[name + "_upper"] = estimate.lower, estimate.upper


class Results:
    """What came of a run, in memory. Made by run and read_results; printing it shows the table of `abscopal run`.

    results["diameter"] is the array of any variable by its name (docs/results.md; variables() lists them). Research use
    only. Not for treating patients."""

    def __init__(self, pointer: int, trial: Trial | None = None) -> None:
        self._pointer = pointer
        # The results point to their trial; those of a file have one of their own.
        self._handle = Handle(pointer, library.abscopal_results_free, trial and trial._handle)
        self.trial = trial or Trial(library.abscopal_results_trial(pointer), "", self._handle)
        """The Trial that was run."""
        self._variables: dict[str, c.Variable] = {}
        for index in range(library.abscopal_results_variable_count(pointer)):
            variable = c.Variable()
            library.abscopal_results_variable(pointer, index, ctypes.byref(variable))
            self._variables[variable.name.decode()] = variable

    # ---- What was run -------------------------------------------------------------------------------------------

    @property
    def description(self) -> dict[str, Any]:
        """What made the results: version, model, seed, sampled_patients, relative_tolerance, engine, instructions,
        lanes, and whether patients have weights."""
        found = c.ResultsDescription()
        library.abscopal_results_describe(self._pointer, ctypes.byref(found))
        values = {name: getattr(found, name) for name, *_ in found._fields_}
        values["weighted"] = bool(values["weighted"])
        return {name: value.decode() if isinstance(value, bytes) else value for name, value in values.items()}

    @property
    def arms(self) -> list[str]:
        """Names of the arms, in the order of the arrays' first dimension."""
        return self.trial.arms

    @property
    def visits(self) -> np.ndarray:
        """Days of the imaging visits from treatment start; the first, 0, is baseline. Shape: visit."""
        return np.asarray(self["visit"])

    @property
    def course_days(self) -> np.ndarray:
        """Days of the courses; of length 0 when the results keep none. Shape: course_day."""
        return np.asarray(self["course_day"]) if "course_day" in self._variables else np.empty(0)

    def patient_counts(self) -> pd.Series:
        """How many patients have which status."""
        return pd.Series({name: library.abscopal_results_patient_count(self._pointer, status)
                          for status, name in enumerate(_STATUSES)}, name="patients")

    # ---- Arrays -------------------------------------------------------------------------------------------------

    def variables(self) -> pd.DataFrame:
        """One row for each variable: dimensions, shape, units and meaning. Those of a dimension's own name are the
        names or numbers along it."""
        return pd.DataFrame([(name, self._dimensions(found), tuple(found.shape[:found.rank]), found.units.decode(),
                              found.meaning.decode()) for name, found in self._variables.items()],
                            columns=["name", "dimensions", "shape", "units", "meaning"]).set_index("name")

    @staticmethod
    def _dimensions(variable: c.Variable) -> tuple[str, ...]:
        return tuple(name.decode() for name in variable.dimensions[:variable.rank])

    def __getitem__(self, name: str) -> Array:
        """All values of a variable, with its shape in C order, copied. Reals are float64 or float32 with NaN for none,
        flags int8 (flags() tells their meanings), texts Python's. Raises BadInput when there is none of that name."""
        error, found = c.Error(), self._variables.get(name)
        if found is None:
            check(library.abscopal_results_array(self._pointer, name.encode(), None, 0, ctypes.byref(error)), error)
        values = np.empty(tuple(found.shape[:found.rank]), dtype=_TYPES[found.type])
        check(library.abscopal_results_array(self._pointer, name.encode(), values.ctypes.data, values.nbytes,
                                             ctypes.byref(error)), error)
        if found.type == c.VALUE_TEXT:
            texts = [ctypes.string_at(int(address)).decode() for address in values.flat]
            values = np.array(texts + [None], dtype=object)[:-1].reshape(values.shape)
        return Array(values, name, self._dimensions(found), found.units.decode(), found.meaning.decode())

    def _ipython_key_completions_(self) -> list[str]:
        return list(self._variables)

    def flags(self, name: str) -> dict[int, str]:
        """What the values of a flag stand for, such as {-1: "absent", 0: "complete", ...}; empty for other
        variables."""
        meanings, value = {}, ctypes.c_char()
        text = ctypes.create_string_buffer(c.MESSAGE_SIZE)
        for index in range(self._variables[name].flag_count if name in self._variables else 0):
            if library.abscopal_results_flag(self._pointer, name.encode(), index, ctypes.byref(value), text,
                                             len(text)) != c.OK:
                raise MemoryError(f"no room for the flags of {name}")
            meanings[int.from_bytes(value.value, "little", signed=True)] = text.value.decode()
        return meanings

    @property
    def diameters(self) -> Array:
        """Diameters of the lesions as measured, mm. Shape: arm, patient, visit, lesion; NaN where there is none."""
        return self["diameter"]

    @property
    def sums_of_diameters(self) -> Array:
        """Sums over all lesions the patient has, mm. Shape: arm, patient, visit."""
        return self["sum_of_diameters"]

    @property
    def courses(self) -> dict[str, Array]:
        """Every quantity of the courses by its name without "course_": sum_of_diameters (mm), lymphocytes (1/uL), drug
        (ug/mL), pd1_occupancy and cd8_density (1/uL). Shape of each: arm, patient, course_day, the days of
        course_days. Empty when the trial was run without course_every_days."""
        return {name[len("course_"):]: self[name] for name in self._variables
                if name.startswith("course_") and name != "course_day"}

    def to_xarray(self) -> Any:
        """All variables as an xarray.Dataset with coordinates, units and meanings (needs xarray)."""
        import xarray
        attributes = {**self.description, "weighted": int(self.description["weighted"]), "title": self.trial.name}
        dataset = xarray.Dataset(attrs={**attributes, "research_use": "Research use only. Not for treating patients."})
        for name in self._variables:
            array = self[name]
            attributes = {"units": array.units, "long_name": array.meaning}
            flags = self.flags(name)
            if flags:
                attributes |= {"flag_values": np.array(list(flags), dtype=np.int8),
                               "flag_meanings": " ".join(flags.values())}
            dataset[name] = (array.dimensions, np.asarray(array), attributes)
        return dataset.set_coords([name for name in dataset.dims if name in dataset])

    # ---- Tables -------------------------------------------------------------------------------------------------

    def _each_arm(self, structure: Any, function: Any, *arguments: Any) -> Iterable[tuple[str, Any]]:
        for index, arm in enumerate(self.arms):
            found = structure()
            status = function(self._pointer, index, *arguments, ctypes.byref(found))
            if status != c.OK:
                raise MemoryError("no room for the outcomes of an arm")
            yield arm, found

    def summary(self) -> pd.DataFrame:
        """One row for each arm, with 95 % intervals in columns that end in _lower and _upper.

        n, effective_n (Kish), then as fractions, with _count: orr_horizon and orr_best (complete or partial response
        at the last visit, and as best response, confirmed where the trial asks for it), complete_response,
        disease_control, progressive_disease, orr_out_of_field (of out_of_field_n patients, by lesions that were not
        irradiated); in days: median_pfs (Kaplan-Meier; infinite: not reached), mean_pfs (restricted to the last
        visit), median_duration_of_response, median_time_to_response; and median_best_change, of the sum of diameters,
        as a fraction. NaN where there is nobody to tell of."""
        rows = []
        for arm, found in self._each_arm(c.ArmSummary, library.abscopal_results_summary):
            row = {"arm": arm, "n": found.patients, "effective_n": found.effective_patients}
            for name, member in _SHARES.items():
                if name == "orr_out_of_field":
                    row["out_of_field_n"] = found.out_of_field_patients
                _estimate(row, name, getattr(found, member))
                row[name + "_count"] = getattr(found, member).count
            for name, member in _ESTIMATES.items():
                _estimate(row, name, getattr(found, member))
            rows.append(row)
        return pd.DataFrame(rows).set_index("arm")

    def comparison(self) -> pd.DataFrame:
        """Each arm but the first against the first: orr_best_difference (its share less that of the first),
        hazard_ratio of progression, each with _lower and _upper, and log_rank_p. `paired` says whether patients are
        the same in both, `pairs` how many were analysed in both."""
        rows = []
        for index, arm in enumerate(self.arms[1:], 1):
            found = c.ArmComparison()
            if library.abscopal_results_comparison(self._pointer, index, ctypes.byref(found)) != c.OK:
                raise MemoryError("no room for the comparison of an arm")
            row = {"arm": arm, "reference": found.reference.decode(), "paired": bool(found.paired),
                   "pairs": found.pairs}
            _estimate(row, "orr_best_difference", found.best_response_difference)
            _estimate(row, "hazard_ratio", found.hazard_ratio)
            row["log_rank_p"] = found.log_rank_p
            rows.append(row)
        columns = ["arm", "reference", "paired", "pairs", "orr_best_difference", "orr_best_difference_lower",
                   "orr_best_difference_upper", "hazard_ratio", "hazard_ratio_lower", "hazard_ratio_upper",
                   "log_rank_p"]
        return pd.DataFrame(rows, columns=columns).set_index("arm")

    def _on_days(self, structure: Any, function: Any, days: Any) -> pd.DataFrame:
        rows = []
        for day in np.atleast_1d(self.visits if days is None else np.asarray(days, dtype=float)):
            for arm, found in self._each_arm(structure, function, float(day)):
                row = {"arm": arm, "day": float(day)}
                _estimate(row, "share", found)
                rows.append(row)
        table = pd.DataFrame(rows, columns=["arm", "day", "share", "share_lower", "share_upper"])
        return table.assign(arm=pd.Categorical(table["arm"], self.arms)).sort_values(
            ["arm", "day"], kind="stable", ignore_index=True)

    def progression_free(self, days: Any = None) -> pd.DataFrame:
        """Share of each arm that is progression-free after so many days (None: at the visits), by Kaplan-Meier with a
        log-log interval: columns arm, day, share, share_lower, share_upper."""
        return self._on_days(c.Estimate, library.abscopal_results_progression_free, days)

    def response_on(self, days: Any = None) -> pd.DataFrame:
        """Share of each arm with a complete or partial response at the last visit not later than a day (None: at the
        visits); columns as progression_free."""
        return self._on_days(c.Share, library.abscopal_results_response_on, days)

    def observed(self) -> pd.DataFrame:
        """What was published of a real trial beside what is predicted of it; empty for a trial file without
        `observed`."""
        rows = []
        for index in range(library.abscopal_trial_observed_count(self.trial._pointer)):
            found = c.Observed()
            if library.abscopal_results_observed(self._pointer, index, ctypes.byref(found)) != c.OK:
                raise MemoryError("no room for a published outcome")
            row = {"arm": found.arm.decode(), "endpoint": found.endpoint.decode(), "at_days": found.at_days,
                   "n": found.patients or None}
            _estimate(row, "observed", found.observed)
            _estimate(row, "predicted", found.predicted)
            row["within"] = None if found.within < 0 else bool(found.within)
            row["source"] = found.source.decode()
            rows.append(row)
        columns = ["arm", "endpoint", "at_days", "n", "observed", "observed_lower", "observed_upper", "predicted",
                   "predicted_lower", "predicted_upper", "within", "source"]
        return pd.DataFrame(rows, columns=columns)

    def _column(self, name: str) -> Any:
        """A variable for a table: flags by name, with what is absent missing, and so whole numbers that -1 stands
        for."""
        array, flags = self[name], self.flags(name)
        values = np.asarray(array).ravel()
        if flags:
            meanings = [meaning for value, meaning in flags.items() if value >= 0]
            return pd.Categorical.from_codes(np.where(values < 0, -1, values), meanings)
        if values.dtype == np.int64 and "-1" in array.meaning:
            return pd.array(values, dtype="Int64").copy() if (values >= 0).all() else pd.arrays.IntegerArray(
                np.where(values < 0, 1, values), values < 0)
        return values

    def patients(self, parameters: bool = False) -> pd.DataFrame:
        """One row for each patient in each arm: every variable that has a value for it, by its name in docs/results.md
        and in its unit. Flags are categories, such as status "completed", best_response "partial", progressed
        "progressed" or "censored"; what is absent is missing. Patients of every status are there: analyse those whose
        status is "completed", each counted with its weight.

        parameters -- add the patient's model parameters, as parameters() has them"""
        arms, ids = self.arms, np.asarray(self["patient"])
        columns: dict[str, Any] = {"arm": pd.Categorical.from_codes(np.repeat(np.arange(len(arms)), len(ids)), arms),
                                   "patient": np.tile(ids, len(arms))}
        of_patients: dict[str, Any] = {}
        for name, variable in self._variables.items():
            if self._dimensions(variable) == ("arm", "patient"):
                columns[name] = self._column(name)
            elif self._dimensions(variable) == ("patient",) and name != "patient":
                of_patients[name] = self._column(name)
        table = pd.DataFrame(of_patients)
        if parameters:
            table = pd.concat([table, self.parameters().reset_index(drop=True)], axis=1)
        repeated = pd.concat([table] * len(arms), ignore_index=True)
        return pd.concat([pd.DataFrame(columns), repeated], axis=1)

    def parameters(self) -> pd.DataFrame:
        """One row for each patient, one column for each model parameter; attrs["units"] has their units."""
        table = pd.DataFrame(np.asarray(self["parameter_value"]), columns=list(self["parameter"]),
                             index=pd.Index(np.asarray(self["patient"]), name="patient"))
        table.attrs["units"] = dict(zip(self["parameter"], self["parameter_unit"]))
        return table

    def baseline(self) -> pd.DataFrame:
        """One row for each patient, one column for each output of the model at baseline; attrs["units"] has their
        units. NaN of those who never reached baseline."""
        table = pd.DataFrame(np.asarray(self["baseline_output"]), columns=list(self["output"]),
                             index=pd.Index(np.asarray(self["patient"]), name="patient"))
        table.attrs["units"] = dict(zip(self["output"], self["output_unit"]))
        return table

    # ---- Texts and files ----------------------------------------------------------------------------------------

    def _text(self, function: Any) -> str:
        error = c.Error()
        return text_of(lambda stream: check(function(self._pointer, stream, ctypes.byref(error)), error))

    def failures(self) -> str:
        """For each patient not integrated a line: patient, arm, day, reason, worst state; then how to repeat the
        first."""
        return self._text(library.abscopal_results_write_failures)

    def __str__(self) -> str:
        return self._text(library.abscopal_results_write_table)

    def __repr__(self) -> str:
        counts = self.patient_counts()
        return (f"<abscopal.Results of {self.trial.name!r}: {len(self.arms)} arms, {counts.sum()} patients, "
                f"{counts['completed']} completed. Research use only, not for treating patients.>")

    def _write(self, function: Any, path: Path, replace: bool) -> None:
        error = c.Error()
        if not replace and os.path.lexists(os.path.expanduser(os.fspath(path))):
            raise BadInput("exists; give another name, or replace=True", os.fspath(path))
        with hdf5_lock:
            check(function(self._pointer, encoded_path(path), ctypes.byref(error)), error)

    def write(self, path: Path, replace: bool = False) -> None:
        """Writes everything as one HDF5 file, which netCDF-4 readers open, too: the same, bit for bit, that `abscopal
        run` writes. A file that is there is not replaced without `replace`. Raises OutputFailed, and then leaves
        nothing."""
        self._write(library.abscopal_results_write_hdf5, path, replace)

    def write_json(self, path: Path, replace: bool = False) -> None:
        """Writes the summary as `abscopal run --json` does."""
        self._write(library.abscopal_results_write_json, path, replace)


def read_results(path: Path) -> Results:
    """The results of an HDF5 file that Results.write or `abscopal run` has written: the same as those of the run.

    Everything in it is checked and outcomes are derived anew. Raises BadInput when the file is none of abscopal's, was
    changed, or is of another version. A file so damaged that HDF5 itself crashes would end Python: look at files that
    you do not trust with `abscopal inspect` first, which reads them in a process of its own."""
    error = c.Error()
    with hdf5_lock:
        pointer = library.abscopal_results_read_hdf5(encoded_path(path), ctypes.byref(error))
    if not pointer:
        raise error_of(error)
    return Results(pointer)


__all__ = ["Array", "Results", "read_results"]
