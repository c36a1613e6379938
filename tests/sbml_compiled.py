"""Rates of an SBML document as a compiled function: hundreds of times faster than evaluated in Python, which courses of
400 days need. Formulas are written in C from libSBML's parse of the document; nothing of the program goes into it."""

import ctypes
import pathlib
import subprocess
import tempfile

import libsbml
import numpy as np

from sbml_reading import FUNCTIONS, OPERATORS, Reading

C_FUNCTIONS = {"exp": "exp", "ln": "log"}
NUMBERS = ctypes.POINTER(ctypes.c_double)


def c_expression(node, names):
    """C of a formula; `names` says how a name is written."""
    kind = node.getType()
    parts = [c_expression(node.getChild(i), names) for i in range(node.getNumChildren())]
    if node.isNumber():
        return f"({float(node.getValue())!r})"
    if kind in (libsbml.AST_NAME_TIME, libsbml.AST_CONSTANT_PI):
        return {libsbml.AST_NAME_TIME: "time", libsbml.AST_CONSTANT_PI: "M_PI"}[kind]
    if kind == libsbml.AST_NAME:
        return names(node.getName())
    if kind == libsbml.AST_MINUS:
        return f"(-{parts[0]})" if len(parts) == 1 else f"({parts[0]} - {parts[1]})"
    if kind in (libsbml.AST_POWER, libsbml.AST_FUNCTION_POWER):
        return f"pow({parts[0]}, {parts[1]})"
    if kind == libsbml.AST_FUNCTION_ROOT:
        return f"pow({parts[-1]}, 1.0 / {parts[0] if len(parts) > 1 else 2})"
    if kind == libsbml.AST_FUNCTION_PIECEWISE:
        pairs = "".join(f"{condition} ? {value} : " for value, condition in zip(parts[::2], parts[1::2]))
        return f"({pairs}{parts[-1] if len(parts) % 2 else 'NAN'})"
    if kind in OPERATORS:
        return "(" + f" {OPERATORS[kind]} ".join(parts) + ")"
    if kind == libsbml.AST_FUNCTION:
        return f"f_{node.getName()}({', '.join(parts)})"
    if kind in FUNCTIONS:
        return f"{C_FUNCTIONS[FUNCTIONS[kind]]}({', '.join(parts)})"
    raise ValueError(f"cannot write {libsbml.formulaToL3String(node)}")


def function_definitions(model):
    """C functions of the document's, in its order, in which each names only earlier ones."""
    lines = []
    for i in range(model.getNumFunctionDefinitions()):
        definition = model.getFunctionDefinition(i)
        math = definition.getMath()
        count = math.getNumChildren() - 1
        arguments = [math.getChild(k).getName() for k in range(count)]
        body = c_expression(math.getChild(count), lambda name: f"v_{name}")
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
        lines = ["#define _GNU_SOURCE", "#include <math.h>"] + function_definitions(model)
        lines.append("void rates(double time, const double *constant, const double *state, double *quantity, "
                     "double *rate)\n{")
        lines += [f"    {places[name]} = {c_expression(self.rules[name], places.__getitem__)};"
                  for name in self.rule_order]
        lines += [f"    rate[{i}] = {c_expression(self.rate_rules[name], places.__getitem__)};"
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
