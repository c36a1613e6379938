#!/usr/bin/python3
"""Part A with SciPy and a compiled right-hand side. Prints one JSON object.

    bench/peer_scipy.py FOLDER METHOD [--tolerance X] [--seconds X]

FOLDER holds the module part_a. METHOD is odeint, or BDF, Radau or LSODA of solve_ivp: by itself with the Jacobian by
differences, or with a suffix: -exact with the exact dense Jacobian, -sparse (BDF, Radau) with the exact sparse one,
-pattern (BDF, Radau) with differences of grouped columns. From dose to dose; outputs are the solver's own
interpolation.
"""
import argparse
import importlib
import json
import sys
import time

import numpy
import scipy
import scipy.integrate
import scipy.sparse


def intervals(part_a):
    """(days of output, from one dose to the next or the end)."""
    for day in range(0, part_a.LAST_DAY, part_a.DOSE_INTERVAL_DAYS):
        yield numpy.arange(day, min(day + part_a.DOSE_INTERVAL_DAYS, part_a.LAST_DAY) + 1, dtype=float)


def with_odeint(part_a, jacobian, tolerance, absolute):
    settings = {"Dfun": part_a.jacobian_transposed, "col_deriv": True} if jacobian == "exact" else {}

    def advance(state, days, work):
        states, info = scipy.integrate.odeint(part_a.rates, state, days, rtol=tolerance, atol=absolute, mxstep=100000,
                                              full_output=True, **settings)
        if info["message"] != "Integration successful.":
            sys.exit(info["message"])
        work += (info["nst"][-1], info["nfe"][-1], info["nje"][-1])
        return states

    return advance


def with_solve_ivp(part_a, method, jacobian, tolerance, absolute):
    settings = {}
    rows, columns = numpy.array(part_a.pattern()).T
    if jacobian == "exact":
        settings["jac"] = part_a.jacobian
    elif jacobian == "pattern":
        settings["jac_sparsity"] = scipy.sparse.csc_matrix((numpy.ones(len(rows)), (rows, columns)))
    elif jacobian == "sparse":
        starts = numpy.concatenate(([0], numpy.cumsum(numpy.bincount(columns))))

        def sparse(day, state):
            values = part_a.jacobian(day, state)[rows, columns]
            return scipy.sparse.csc_matrix((values, rows, starts), shape=(len(state), len(state)))

        settings["jac"] = sparse

    def advance(state, days, work):
        course = scipy.integrate.solve_ivp(part_a.rates, (days[0], days[-1]), state, method=method, t_eval=days,
                                           rtol=tolerance, atol=absolute, **settings)
        if not course.success:
            sys.exit(course.message)
        work += (numpy.nan, course.nfev, course.njev)  # solve_ivp does not count its steps
        return numpy.ascontiguousarray(course.y.T)

    return advance


def run_patient(part_a, advance):
    state, states, work = part_a.start(), [], numpy.zeros(3)
    for days in intervals(part_a):
        state[part_a.DRUG_BLOOD] += part_a.DOSE_NANOMOLAR
        states.append(advance(state, days, work))
        state = states[-1][-1].copy()
    course = numpy.concatenate([part[:-1] for part in states] + [states[-1][-1:]])
    return part_a.tumour_volumes(course), work


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("folder")
    parser.add_argument("method")
    parser.add_argument("--tolerance", type=float, default=1e-6)
    parser.add_argument("--absolute", type=float, default=1)
    parser.add_argument("--seconds", type=float, default=0.5)
    options = parser.parse_args()
    sys.path.insert(0, options.folder)
    part_a = importlib.import_module("part_a")
    method, _, jacobian = options.method.partition("-")
    absolute = options.absolute * part_a.absolute_tolerances()
    advance = (with_odeint(part_a, jacobian, options.tolerance, absolute) if method == "odeint" else
               with_solve_ivp(part_a, method, jacobian, options.tolerance, absolute))

    def now():
        return numpy.array((time.perf_counter(), time.process_time()))

    begun = now()
    volumes, work = run_patient(part_a, advance)
    patients, elapsed = 1, now() - begun
    if elapsed[0] < options.seconds:  # the first one only warmed up
        patients, begun = 0, now()
        while patients == 0 or elapsed[0] < options.seconds:
            volumes, work = run_patient(part_a, advance)
            patients, elapsed = patients + 1, now() - begun
    counts = [None if numpy.isnan(count) else float(count) for count in work]
    wall, processor = 1e3 * elapsed / patients
    print(json.dumps({"patients": patients, "ms_per_patient": wall, "processor_ms_per_patient": processor,
                      "steps": counts[0], "right_hand_sides": counts[1], "jacobians": counts[2],
                      "detail": f"SciPy {scipy.__version__}", "volume_l": volumes.tolist()}))


if __name__ == "__main__":
    main()
