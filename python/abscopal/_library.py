"""Finding libabscopal, and what its functions take and return."""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import pathlib
import subprocess
import threading
from ctypes import POINTER, c_char, c_char_p, c_double, c_int, c_size_t, c_void_p

from . import _structures as c
from ._version import VERSION

PACKAGE = pathlib.Path(__file__).resolve().parent


def _checkouts() -> list[pathlib.Path]:
    """The source tree that the package stands in, and the one that it was installed from, as far as they are there."""
    found = [PACKAGE.parents[1]]
    note = PACKAGE / "checkout.txt"
    if note.is_file():
        found.append(pathlib.Path(note.read_text(encoding="utf-8").strip()))
    return [folder for folder in found if (folder / "include/abscopal.h").is_file()]


def _from_pkg_config() -> str | None:
    try:
        asked = subprocess.run(["pkg-config", "--variable=libdir", "abscopal"], capture_output=True, text=True,
                               check=False)
    except OSError:
        return None
    folder = pathlib.Path(asked.stdout.strip())
    for name in ("libabscopal.so", "libabscopal.so.0", "libabscopal.dylib"):
        if asked.returncode == 0 and asked.stdout.strip() and (folder / name).exists():
            return str(folder / name)
    return None


def _candidates() -> list[str]:
    """Libraries in the order of preference; the environment's alone if that names one."""
    if os.environ.get("ABSCOPAL_LIBRARY"):
        return [os.environ["ABSCOPAL_LIBRARY"]]
    installed = _from_pkg_config() or ctypes.util.find_library("abscopal")
    built = [folder / "build/release" / name for folder in _checkouts()
             for name in ("libabscopal.so", "libabscopal.dylib")]
    return ([installed] if installed else []) + [str(path) for path in built if path.exists()]


def _load() -> ctypes.CDLL:
    candidates = _candidates()
    if not candidates:
        raise ImportError(
            "cannot find libabscopal: build it in the checkout (cmake --preset release && cmake --build --preset "
            "release --target abscopal), install it (cmake --install), or set ABSCOPAL_LIBRARY to the path of "
            "libabscopal.so")
    try:
        found = ctypes.CDLL(candidates[0])
        found.abscopal_version.restype = c_char_p
        found.abscopal_version.argtypes = []
        version = found.abscopal_version().decode()
    except (OSError, AttributeError) as error:
        raise ImportError(f"cannot load {candidates[0]} as libabscopal: {error}; set ABSCOPAL_LIBRARY to the path of "
                          "libabscopal.so") from error
    # Before 1.0 the second number may stand for another interface.
    if version.split(".")[:2] != VERSION.split(".")[:2]:
        raise ImportError(f"{candidates[0]} is abscopal {version}, but this package is for {VERSION}: install the "
                          "package from the checkout that the library was built from, or set ABSCOPAL_LIBRARY")
    return found


# Return type and types of the arguments; what is opaque is c_void_p.
_ERROR = POINTER(c.Error)
PROTOTYPES = {
    "abscopal_version": (c_char_p, []),
    "abscopal_trial_read": (c_void_p, [c_char_p, _ERROR]),
    "abscopal_trial_read_text": (c_void_p, [c_char_p, c_char_p, _ERROR]),
    "abscopal_trial_free": (None, [c_void_p]),
    "abscopal_trial_name": (c_char_p, [c_void_p]),
    "abscopal_trial_text": (c_char_p, [c_void_p]),
    "abscopal_trial_arm_count": (c_size_t, [c_void_p]),
    "abscopal_trial_arm_name": (c_char_p, [c_void_p, c_size_t]),
    "abscopal_trial_until_days": (c_double, [c_void_p]),
    "abscopal_trial_patient_count": (c_size_t, [c_void_p]),
    "abscopal_trial_observed_count": (c_size_t, [c_void_p]),
    "abscopal_run": (c_void_p, [c_void_p, POINTER(c.RunOptions), _ERROR]),
    "abscopal_simulate": (c_int, [c_void_p, POINTER(c.SimulateOptions), c_char_p, _ERROR]),
    "abscopal_list": (c_int, [c_int, c_int, c_char_p, c_void_p, _ERROR]),
    "abscopal_results_free": (None, [c_void_p]),
    "abscopal_results_trial": (c_void_p, [c_void_p]),
    "abscopal_results_describe": (None, [c_void_p, POINTER(c.ResultsDescription)]),
    "abscopal_results_patient_count": (c_size_t, [c_void_p, c_int]),
    "abscopal_results_effective_patients": (c_double, [c_void_p]),
    "abscopal_results_summary": (c_int, [c_void_p, c_size_t, POINTER(c.ArmSummary)]),
    "abscopal_results_response_on": (c_int, [c_void_p, c_size_t, c_double, POINTER(c.Share)]),
    "abscopal_results_progression_free": (c_int, [c_void_p, c_size_t, c_double, POINTER(c.Estimate)]),
    "abscopal_results_comparison": (c_int, [c_void_p, c_size_t, POINTER(c.ArmComparison)]),
    "abscopal_results_observed": (c_int, [c_void_p, c_size_t, POINTER(c.Observed)]),
    "abscopal_results_write_table": (c_int, [c_void_p, c_void_p, _ERROR]),
    "abscopal_results_write_failures": (c_int, [c_void_p, c_void_p, _ERROR]),
    "abscopal_results_write_json": (c_int, [c_void_p, c_char_p, _ERROR]),
    "abscopal_results_write_hdf5": (c_int, [c_void_p, c_char_p, _ERROR]),
    "abscopal_results_read_hdf5": (c_void_p, [c_char_p, _ERROR]),
    "abscopal_results_variable_count": (c_size_t, [c_void_p]),
    "abscopal_results_variable": (c_int, [c_void_p, c_size_t, POINTER(c.Variable)]),
    "abscopal_results_flag": (c_int, [c_void_p, c_char_p, c_size_t, POINTER(c_char), POINTER(c_char), c_size_t]),
    "abscopal_results_array": (c_int, [c_void_p, c_char_p, c_void_p, c_size_t, _ERROR]),
}


def _prepare(loaded: ctypes.CDLL) -> ctypes.CDLL:
    for name, (result, arguments) in PROTOTYPES.items():
        try:
            function = getattr(loaded, name)
        except AttributeError as error:
            raise ImportError(f"{loaded._name} has no {name}: it is older than this package; build it again") from error
        function.restype, function.argtypes = result, arguments
    return loaded


library = _prepare(_load())

# HDF5 may not be called from two threads at once.
hdf5_lock = threading.Lock()


def data_folders() -> list[pathlib.Path]:
    """Where the shipped trials, cohorts and drugs may be: share/abscopal beside the library, or the checkout."""
    path = pathlib.Path(library._name)
    folders = []
    if path.is_absolute() or path.exists():
        # Installed: PREFIX/lib/libabscopal.so or PREFIX/lib/x86_64-linux-gnu/libabscopal.so; else build/release.
        above = list(path.resolve().parents)[1:3]
        folders += [parent / "share/abscopal" for parent in above] + above[1:]
    else:
        folders += [pathlib.Path(prefix) / "share/abscopal" for prefix in ("/usr/local", "/usr")]
    folders += _checkouts()
    return [folder for folder in folders if (folder / "protocols").is_dir()]


# ---- Texts that the library writes to a C stream ----------------------------------------------------------------

_libc = ctypes.CDLL(None)
_libc.open_memstream.restype = c_void_p
_libc.open_memstream.argtypes = [POINTER(c_void_p), POINTER(c_size_t)]
_libc.fclose.restype = c_int
_libc.fclose.argtypes = [c_void_p]
_libc.free.restype = None
_libc.free.argtypes = [c_void_p]


def text_of(write) -> str:
    """What `write(stream)` writes to a stream in memory."""
    buffer, size = c_void_p(), c_size_t()
    stream = _libc.open_memstream(ctypes.byref(buffer), ctypes.byref(size))
    if not stream:
        raise MemoryError("no stream in memory")
    try:
        write(stream)
    finally:
        _libc.fclose(stream)
        text = ctypes.string_at(buffer, size.value) if buffer else b""
        _libc.free(buffer)
    return text.decode("utf-8")
