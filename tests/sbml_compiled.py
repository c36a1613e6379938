"""Rates of an SBML document as a compiled function: hundreds of times faster than evaluated in Python, which courses of
400 days need. Formulas are written in C from libSBML's parse of the document; nothing of the program goes into it."""

import ctypes
import pathlib
import subprocess
import tempfile

import libsbml
import numpy as np

from sbml_reading import Reading, expression

NUMBERS = ctypes.POINTER(ctypes.c_double)


class C:
    """Formulas in C, as sbml_reading.Python has them in Python; `name` says how a name is written."""

    pi, nan = "M_PI", "NAN"
    functions = {libsbml.AST_FUNCTION_EXP: "exp", libsbml.AST_FUNCTION_LN: "log"}

    def __init__(self, name):
        self.name = name

    def number(self, value):
        return f"({float(value)!r})"

    def called(self, name):
        return f"f_{name}"

    def power(self, base, exponent):
        return f"pow({base}, {exponent})"

    def choice(self, condition, value):
        return f"{condition} ? {value} : "


def function_definitions(model):
    """C functions of the document's, in its order, in which each names only earlier ones."""
    lines = []
    for i in range(model.getNumFunctionDefinitions()):
        definition = model.getFunctionDefinition(i)
        math = definition.getMath()
        count = math.getNumChildren() - 1
        arguments = [math.getChild(k).getName() for k in range(count)]
        body = expression(math.getChild(count), C(lambda name: f"v_{name}"))
        lines.append(f"static double f_{definition.getId()}({', '.join(f'double v_{one}' for one in arguments)})\n"
                     f"{{\n    return {body};\n}}")
    return lines


class CompiledReading(Reading):
    """A Reading whose rates() are compiled once; constants and what events set are its arguments."""

    def __init__(self, document):
        super().__init__(document)
        # Numbers only: the values of day 0 hold Python's functions, too.
        self.constants = sorted(name for name in self.constant_names if isinstance(self.values[name], (int, float)))
        text = self.source(document.getModel())
        with tempfile.TemporaryDirectory() as folder:
            source, library = pathlib.Path(folder) / "rates.c", pathlib.Path(folder) / "rates.so"
            source.write_text(text)
            subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", library, source, "-lm"], check=True)
            self.compiled = ctypes.CDLL(str(library)).rates
        self.compiled.argtypes, self.compiled.restype = [ctypes.c_double] + [NUMBERS] * 4, None

    def source(self, model):
        places = {name: f"constant[{i}]" for i, name in enumerate(self.constants)}
        places |= {name: f"state[{i}]" for i, name in enumerate(self.states)}
        places |= {name: f"quantity[{i}]" for i, name in enumerate(self.rule_order)}
        c = C(places.__getitem__)
        lines = ["#define _GNU_SOURCE", "#include <math.h>"] + function_definitions(model)
        lines.append("void rates(double time, const double *constant, const double *state, double *quantity, "
                     "double *rate)\n{")
        lines += [f"    {places[name]} = {expression(self.rules[name], c)};"
                  for name in self.rule_order]
        lines += [f"    rate[{i}] = {expression(self.rate_rules[name], c)};"
                  for i, name in enumerate(self.states)]
        return "\n".join(lines + ["}", ""])

    def rates(self, values=None):
        values = values or self.values
        constant = np.array([values[name] for name in self.constants], dtype=float)
        quantity, rate = np.zeros(max(1, len(self.rule_order))), np.zeros(len(self.states))
        time, quantities = float(values["time"]), {}

        def pointer(array):
            return array.ctypes.data_as(NUMBERS)

        fixed = pointer(constant), pointer(quantity), pointer(rate)

        def function(state, settled=None):
            state = np.ascontiguousarray(state, dtype=float)
            self.compiled(time, fixed[0], pointer(state), fixed[1], fixed[2])
            if settled:  # what follows from the states is asked for, too
                quantities.update(zip(self.rule_order, quantity.tolist()))
            return rate.copy()

        return function, quantities
