"""Trials, and running them."""

from __future__ import annotations

import ctypes
import json
import math
import numbers
import os
import pathlib
import signal
import sys
import tempfile
import threading
import weakref
from typing import TYPE_CHECKING, Any, Callable, Mapping, Optional, Union

import pandas as pd

from . import _structures as c
from ._errors import BadInput, Interrupted, check, error_of
from ._library import data_folders, library, text_of

if TYPE_CHECKING:
    from ._results import Results

Path = Union[str, "os.PathLike[str]"]
ProgressFunction = Callable[[int, int, float], Any]

ENGINES = {None: c.ENGINE_DEFAULT, "cvode": c.ENGINE_CVODE, "batch": c.ENGINE_BATCH}


def _release(free: Callable[[int], None], pointer: int, _kept: Any) -> None:
    """Until it is called, the finalizer keeps what else the object needs."""
    free(pointer)


class Handle:
    """A C object, which is freed when nothing holds the handle any more. Until then `kept` lives, too."""

    def __init__(self, pointer: int, free: Callable[[int], None], kept: Any = None) -> None:
        self.pointer = pointer
        weakref.finalize(self, _release, free, pointer, kept)


class Trial:
    """A trial as read from its file, with its cohort. Make one with read_trial or trial_from_text."""

    def __init__(self, pointer: int, path: str, owner: Optional[Handle] = None) -> None:
        """`owner` is what the C object belongs to; None: nothing else, and it is freed with the Trial."""
        self._pointer = pointer
        self._handle = owner or Handle(pointer, library.abscopal_trial_free)
        self.path = path
        """Of the file that it was read from, or is said to be in."""

    @property
    def name(self) -> str:
        """The trial's name."""
        return library.abscopal_trial_name(self._pointer).decode()

    @property
    def arms(self) -> list[str]:
        """Names of the arms, in their order."""
        return [library.abscopal_trial_arm_name(self._pointer, arm).decode()
                for arm in range(library.abscopal_trial_arm_count(self._pointer))]

    @property
    def until_days(self) -> float:
        """The trial's last day, its horizon."""
        return library.abscopal_trial_until_days(self._pointer)

    @property
    def patients(self) -> int:
        """Patients that the cohort file asks for; 1 without a cohort."""
        return library.abscopal_trial_patient_count(self._pointer)

    @property
    def text(self) -> str:
        """The trial file as given, YAML."""
        return library.abscopal_trial_text(self._pointer).decode()

    def replace(self, old: str, new: str) -> "Trial":
        """The trial with every `old` in its text replaced by `new`, such as "dose: 240 mg" by "dose: 480 mg". Files
        that it names are found as before. Raises BadInput when `old` is not there, or what comes of it is no trial."""
        if old not in self.text:
            raise BadInput(f"there is no '{old}' to replace in the text of the trial", self.path)
        return trial_from_text(self.text.replace(old, new), self.path)

    def __repr__(self) -> str:
        return f"<abscopal.Trial {self.name!r}: {len(self.arms)} arms, {self.until_days:g} days>"


def _encoded(text: str, what: str) -> bytes:
    if "\0" in text:
        raise BadInput(f"{what} has a zero byte in it")
    return os.fsencode(text) if what == "the path" else text.encode()


def encoded_path(path: Path) -> bytes:
    """The path for the library; ~ is the user's home."""
    return _encoded(os.path.expanduser(os.fspath(path)), "the path")


def shipped(name: Path) -> pathlib.Path:
    """The path of a file that comes with abscopal, such as "protocols/nivolumab-rt-six-arms.yaml" or
    "cohorts/advanced-nsclc.yaml". Raises BadInput when there is none of that name."""
    folders = data_folders()
    for folder in folders:
        if (folder / name).is_file():
            return folder / name
    where = ", ".join(str(folder) for folder in folders) or "no folder: none was found beside the library"
    raise BadInput(f"no such file comes with abscopal; looked in {where}", os.fspath(name))


def read_trial(path: Path) -> Trial:
    """Reads a trial file and the cohort that it names, and checks both completely.

    A relative path that leads nowhere from the working directory is looked for among the files that come with abscopal.
    Raises BadInput with file, line, column and what to write instead."""
    if not os.path.isabs(os.path.expanduser(os.fspath(path))) and not os.path.exists(path):
        for folder in data_folders():
            if (folder / path).is_file():
                path = folder / path
                break
    error = c.Error()
    pointer = library.abscopal_trial_read(encoded_path(path), ctypes.byref(error))
    if not pointer:
        raise error_of(error)
    return Trial(pointer, os.fspath(path))


def trial_from_text(text: str | Mapping[str, Any], path: Path = "trial.yaml") -> Trial:
    """A trial of a YAML text, or of a dict with the same keys, such as yaml.safe_load makes of a trial file.

    The text stands for that of the file `path`, which need not be there: files that it names are found from there, and
    messages name it. Raises as read_trial."""
    error = c.Error()
    if not isinstance(text, str):
        text = json.dumps(text, indent=1, ensure_ascii=False)  # JSON is YAML
    pointer = library.abscopal_trial_read_text(encoded_path(path), _encoded(text, "the text"), ctypes.byref(error))
    if not pointer:
        raise error_of(error)
    return Trial(pointer, os.fspath(path))


def trial_of(trial: Trial | Path) -> Trial:
    """A trial, or that of a path."""
    return trial if isinstance(trial, Trial) else read_trial(trial)


# ---- Options ----------------------------------------------------------------------------------------------------


def whole(name: str, value: int | None, least: int, otherwise: int) -> int:
    """A whole number that C can take: ctypes would let 2^64 - 1 be made of -1."""
    if value is None:
        return otherwise
    most = 2**63 - 1 if name == "seed" else 2**31 - 1
    if isinstance(value, bool) or not isinstance(value, numbers.Integral) or not least <= value <= most:
        raise BadInput(f"{name} is {value!r}; give a whole number from {least} to {most}")
    return int(value)


def number(name: str, value: float | None) -> float:
    """A number above 0, or 0 for None."""
    if value is None:
        return 0.0
    if not (value > 0 and math.isfinite(value)):
        raise BadInput(f"{name} is {value!r}; give a number above 0")
    return float(value)


def engine_of(name: str | None) -> int:
    """enum abscopal_engine."""
    if name not in ENGINES:
        raise BadInput(f"there is no engine {name!r}; the engines are 'batch' and 'cvode'")
    return ENGINES[name]


# ---- Progress and interruption ----------------------------------------------------------------------------------


def _show(finished: int, total: int, seconds: float) -> None:
    end = "\n" if finished >= total else ""
    print(f"\r{finished} of {total} courses, {seconds:.0f} s", end=end, file=sys.stderr, flush=True)


class _Watch:
    """Called by the library now and then: shows progress, and asks to stop after Ctrl-C or when told to.

    Ctrl-C is noted by a handler of our own, since an exception in a ctypes callback would be lost."""

    def __init__(self, progress: bool | ProgressFunction | None) -> None:
        if progress is None:
            progress = sys.stderr is not None and sys.stderr.isatty()
        self._told: Optional[ProgressFunction] = _show if progress is True else progress or None
        self._stop = self._interrupted = False
        self._error: Optional[BaseException] = None
        self.callback = c.Progress(self._call)

    def _call(self, finished: int, total: int, seconds: float, _context: Any) -> int:
        try:
            if self._told is not None and not self._stop and self._told(finished, total, seconds) is True:
                self._stop = True
        except BaseException as error:  # handed to whoever called run
            self._error, self._stop = error, True
        return int(self._stop)

    def _interrupt(self, _signal: int, _frame: Any) -> None:
        self._stop = self._interrupted = True

    def call(self, function: Callable[[], Any]) -> Any:
        """What the function returns, with Ctrl-C noted meanwhile. Raises what a progress function raised."""
        ours = (threading.current_thread() is threading.main_thread()
                and signal.getsignal(signal.SIGINT) is signal.default_int_handler)
        if ours:
            signal.signal(signal.SIGINT, self._interrupt)
        try:
            result = function()
        finally:
            if ours:
                signal.signal(signal.SIGINT, signal.default_int_handler)
        if self._error is not None:
            raise self._error
        if self._interrupted and result is not None:  # in its last moment
            raise Interrupted("interrupted")
        return result


_process_with_threads: Optional[int] = None


def _note_threads(threads: int) -> None:
    """OpenMP's threads are not there after a fork, and waiting for them would never end."""
    global _process_with_threads
    if threads == 1:
        return
    if _process_with_threads not in (None, os.getpid()):
        raise BadInput("this process was forked from one that had run a trial, and has none of its threads: start it "
                       "with multiprocessing.get_context('spawn'), or run with threads=1")
    _process_with_threads = os.getpid()


# ---- Running ----------------------------------------------------------------------------------------------------


def run(trial: Trial | Path, patients: int | None = None, seed: int | None = None, threads: int | None = None,
        progress: bool | ProgressFunction | None = None, course_every_days: float | None = None,
        only_patient: int | None = None, relative_tolerance: float | None = None, engine: str | None = None,
        max_steps: int | None = None, max_seconds: float | None = None) -> "Results":
    """Runs every arm of a trial with every patient of its cohort.

    The results depend neither on the number of threads nor, bit for bit, on who else is run.

    trial -- a Trial, or the path of a trial file
    patients, seed -- None: those of the cohort file
    threads -- None: one for each processor
    progress -- True: a line on standard error; None: that on a terminal only; False: none; or a function of the courses
        finished, courses to do and seconds so far, which stops the run by returning True
    course_every_days -- days between those of the courses that the results keep; None: they keep none
    only_patient -- the one patient to run, from 1, as it is in the whole cohort
    relative_tolerance -- of the integration, 1e-12 to 1e-2; None: 1e-6
    engine -- "batch" (None, too) or "cvode", the reference
    max_steps, max_seconds -- of a patient's growth and of each arm; None: a million, and any

    Raises BadInput, NoMemory or, after Ctrl-C, Interrupted. A patient who cannot be integrated is no error but has the
    status "not_integrated"."""
    from ._results import Results  # which needs this module
    trial, watch = trial_of(trial), _Watch(progress)
    options = c.RunOptions(
        patients=whole("patients", patients, 1, 0), seed=whole("seed", seed, 0, -1),
        threads=whole("threads", threads, 1, 0), only_patient=whole("only_patient", only_patient, 1, 0),
        relative_tolerance=number("relative_tolerance", relative_tolerance), engine=engine_of(engine),
        course_every_days=number("course_every_days", course_every_days),
        max_steps=whole("max_steps", max_steps, 1, 0), max_seconds=number("max_seconds", max_seconds),
        progress=watch.callback)
    _note_threads(options.threads)
    error = c.Error()

    def run_it() -> Optional[Results]:
        pointer = library.abscopal_run(trial._pointer, ctypes.byref(options), ctypes.byref(error))
        return Results(pointer, trial) if pointer else None

    results = watch.call(run_it)
    if results is None:
        raise error_of(error)
    return results


def simulate(trial: Trial | Path, patient: int = 1, arm: str | None = None, every_days: float = 1.0,
             fluxes: bool = False, seed: int | None = None, patients: int | None = None,
             relative_tolerance: float | None = None, engine: str | None = None, max_steps: int | None = None,
             max_seconds: float | None = None) -> pd.DataFrame:
    """One patient's course under one arm: a row every `every_days` from day 0 to the horizon. A row on the day of a
    dose shows the state just after it. Numbers have 15 digits.

    patient -- from 1
    arm -- by name; None: the first
    fluxes -- the flux of every reaction too, in columns of their own
    patients -- of the run that the patient is one of, for a Latin hypercube; None: as many as the cohort file says

    The columns are those of `abscopal simulate` (docs/results.md), with their units in their names. Raises BadInput or
    NotIntegrated."""
    trial = trial_of(trial)
    options = c.SimulateOptions(
        arm=None if arm is None else _encoded(arm, "the arm's name"), patient=whole("patient", patient, 1, 0),
        seed=whole("seed", seed, 0, -1), every_days=number("every_days", every_days),
        relative_tolerance=number("relative_tolerance", relative_tolerance), engine=engine_of(engine),
        fluxes=int(fluxes), patients=whole("patients", patients, 1, 0), max_steps=whole("max_steps", max_steps, 1, 0),
        max_seconds=number("max_seconds", max_seconds))
    error = c.Error()
    with tempfile.TemporaryDirectory(prefix="abscopal-") as folder:
        path = os.path.join(folder, "course.csv")
        check(library.abscopal_simulate(trial._pointer, ctypes.byref(options), os.fsencode(path), ctypes.byref(error)),
              error)
        return pd.read_csv(path, float_precision="round_trip")


# ---- The model --------------------------------------------------------------------------------------------------


def _list(kind: int, preset: str | None) -> pd.DataFrame:
    error = c.Error()
    name = None if preset is None else _encoded(preset, "the preset")

    def write(stream: int) -> None:
        check(library.abscopal_list(kind, c.LIST_JSON, name, stream, ctypes.byref(error)), error)

    return pd.DataFrame(json.loads(text_of(write)))


def list_parameters(preset: str | None = None) -> pd.DataFrame:
    """The parameters that cohort files vary: name, unit, default, range, meaning and source. `preset` is a model
    preset; None: nsclc. The columns of this and the lists below are those of `abscopal list` (docs/commands.md)."""
    return _list(c.LIST_PARAMETERS, preset)


def list_states(preset: str | None = None) -> pd.DataFrame:
    """The states of one lesion and one drug; others have the same."""
    return _list(c.LIST_STATES, preset)


def list_drugs(preset: str | None = None) -> pd.DataFrame:
    """Every constant of every drug of the preset's library."""
    return _list(c.LIST_DRUGS, preset)


def list_presets() -> pd.DataFrame:
    """What `model` in a trial file may be."""
    return _list(c.LIST_PRESETS, None)


def list_options(preset: str | None = None) -> pd.DataFrame:
    """What `model_options` in a trial file may switch."""
    return _list(c.LIST_OPTIONS, preset)


def list_fluxes(preset: str | None = None) -> pd.DataFrame:
    """The reactions of one lesion and one drug."""
    return _list(c.LIST_FLUXES, preset)
