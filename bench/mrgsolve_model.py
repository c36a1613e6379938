#!/usr/bin/python3
"""Writes part A as a model file of mrgsolve, from the text of bench/part_a_rates.c and its constants.

    bench/mrgsolve_model.py FOLDER > part_a.cpp

FOLDER holds the module part_a (bench/README.md). A dose goes into compartment A_C, in nM.
"""
import importlib
import os
import re
import sys


def statements(source):
    """The assignments of the functions named rates_..., one to a line."""
    source = re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)
    for body in re.findall(r"^static inline void rates_\w+\([^)]*\)\n\{\n(.*?)^\}", source, re.DOTALL | re.MULTILINE):
        for statement in body.split(";")[:-1]:
            yield " ".join(statement.split())


def translate(statement):
    statement = re.sub(r"dydt\[(\w+)\]", r"dxdt_\1", statement)
    statement = re.sub(r"\by\[(\w+)\]", r"\1", statement)
    statement = re.sub(r"^const double", "double", statement)
    return re.sub(r"\b[km]->(\w+)", r"\1", statement)


def model(source, states, constants):
    lines = [translate(statement) + ";" for statement in statements(source)]
    flows = sorted(set(re.findall(r"\bm->(\w+)", source)))
    missing = [state for state in states if not any(line.startswith(f"dxdt_{state} =") for line in lines)]
    if missing:
        sys.exit(f"no rate found for {', '.join(missing)}")
    return "\n".join(
        ["$PROB Part A of the model of abscopal (Sove 2020, doi:10.1002/psp4.12546); days, cells, litres, nM", "",
         "$PARAM"] + [f"{name} = {value!r}" for name, value in constants.items()] + ["", "$INIT"] +
        [f"{name} = {value!r}" for name, value in states.items()] +
        ["", "$GLOBAL", f"static double {', '.join(flows)};", "", "$ODE"] + lines +
        ["", "$TABLE",
         "capture tumour_volume_l = V_Tmin + vol_cell * (C1 + C_x) + vol_Tcell * (T_exh + T1_T + T0_T);", ""])


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.path.insert(0, sys.argv[1])
    states, constants = importlib.import_module("part_a").symbols()
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "part_a_rates.c")
    with open(path, encoding="utf-8") as file:
        sys.stdout.write(model(file.read(), states, constants))


if __name__ == "__main__":
    main()
