"""The structures of include/abscopal*.h as ctypes sees them. python/tests/test_headers.py compares every member with
what a C compiler makes of the headers."""

from __future__ import annotations

import ctypes
from ctypes import c_char, c_char_p, c_double, c_int, c_int64, c_size_t, c_uint64, c_void_p

# enum abscopal_status
OK, BAD_INPUT, NO_MEMORY, NOT_INTEGRATED, OUTPUT_FAILED, INTERRUPTED = range(6)
# enum abscopal_engine
ENGINE_DEFAULT, ENGINE_CVODE, ENGINE_BATCH = range(3)
# enum abscopal_list_kind
LIST_STATES, LIST_PARAMETERS, LIST_DRUGS, LIST_PRESETS, LIST_OPTIONS, LIST_FLUXES = range(6)
# enum abscopal_list_format
LIST_TEXT, LIST_CSV, LIST_JSON = range(3)
# enum abscopal_value_type
VALUE_REAL, VALUE_REAL32, VALUE_INTEGER, VALUE_FLAG, VALUE_TEXT = range(5)
MESSAGE_SIZE = 1024
MOST_DIMENSIONS = 4

# int progress(size_t finished, size_t total, double seconds, void *context)
Progress = ctypes.CFUNCTYPE(c_int, c_size_t, c_size_t, c_double, c_void_p)


class Error(ctypes.Structure):
    c_name = "abscopal_error"
    _fields_ = [("status", c_int), ("file", c_char * 512), ("line", c_int), ("column", c_int),
                ("message", c_char * MESSAGE_SIZE)]


class RunOptions(ctypes.Structure):
    c_name = "abscopal_run_options"
    _fields_ = [("patients", c_size_t), ("seed", c_int64), ("threads", c_int), ("only_patient", c_int64),
                ("relative_tolerance", c_double), ("engine", c_int), ("course_every_days", c_double),
                ("max_steps", c_int64), ("max_seconds", c_double), ("progress", Progress),
                ("progress_context", c_void_p)]


class SimulateOptions(ctypes.Structure):
    c_name = "abscopal_simulate_options"
    _fields_ = [("arm", c_char_p), ("patient", c_size_t), ("seed", c_int64), ("every_days", c_double),
                ("relative_tolerance", c_double), ("engine", c_int), ("fluxes", c_int), ("patients", c_size_t),
                ("max_steps", c_int64), ("max_seconds", c_double)]


class Share(ctypes.Structure):
    c_name = "abscopal_share"
    _fields_ = [("count", c_size_t), ("fraction", c_double), ("lower", c_double), ("upper", c_double)]


class Estimate(ctypes.Structure):
    c_name = "abscopal_estimate"
    _fields_ = [("value", c_double), ("lower", c_double), ("upper", c_double)]


class ArmSummary(ctypes.Structure):
    c_name = "abscopal_arm_summary"
    _fields_ = [("name", c_char_p), ("patients", c_size_t), ("effective_patients", c_double),
                ("response_at_horizon", Share), ("best_response", Share), ("complete_response", Share),
                ("disease_control", Share), ("progressive_disease", Share), ("out_of_field_patients", c_size_t),
                ("out_of_field_response", Share), ("median_progression_free_days", Estimate),
                ("mean_progression_free_days", Estimate), ("median_duration_of_response_days", Estimate),
                ("median_time_to_response_days", Estimate), ("median_best_change", Estimate)]


class ArmComparison(ctypes.Structure):
    c_name = "abscopal_arm_comparison"
    _fields_ = [("name", c_char_p), ("reference", c_char_p), ("paired", c_int), ("pairs", c_size_t),
                ("best_response_difference", Estimate), ("hazard_ratio", Estimate), ("log_rank_p", c_double)]


class Observed(ctypes.Structure):
    c_name = "abscopal_observed"
    _fields_ = [("arm", c_char_p), ("endpoint", c_char_p), ("source", c_char_p), ("at_days", c_double),
                ("patients", c_size_t), ("level", c_double), ("observed", Estimate), ("interval_added", c_int),
                ("predicted", Estimate), ("within", c_int)]


class ResultsDescription(ctypes.Structure):
    c_name = "abscopal_results_description"
    _fields_ = [("model", c_char_p), ("engine", c_char_p), ("instructions", c_char_p), ("seed", c_uint64),
                ("lanes", c_size_t), ("sampled_patients", c_size_t), ("relative_tolerance", c_double),
                ("weighted", c_int), ("version", c_char * 64)]


class Variable(ctypes.Structure):
    c_name = "abscopal_variable"
    _fields_ = [("name", c_char_p), ("units", c_char_p), ("meaning", c_char_p), ("type", c_int), ("bytes", c_size_t),
                ("rank", c_size_t), ("dimensions", c_char_p * MOST_DIMENSIONS), ("shape", c_size_t * MOST_DIMENSIONS),
                ("flag_count", c_size_t)]


STRUCTURES = (Error, RunOptions, SimulateOptions, Share, Estimate, ArmSummary, ArmComparison, Observed,
              ResultsDescription, Variable)
