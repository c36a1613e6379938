"""A reading of SBML that knows nothing of the program: python3-sbml5 parses a document, this makes functions of it.

For models of rate rules, assignment rules, initial assignments and events without delay, which is all that the
documents of 'abscopal export --sbml' have. Numbers may be floats or anything with arithmetic."""

import math

import libsbml

OPERATORS = {libsbml.AST_PLUS: "+", libsbml.AST_TIMES: "*", libsbml.AST_DIVIDE: "/",
             libsbml.AST_RELATIONAL_LT: "<", libsbml.AST_RELATIONAL_GT: ">", libsbml.AST_RELATIONAL_LEQ: "<=",
             libsbml.AST_RELATIONAL_GEQ: ">=", libsbml.AST_RELATIONAL_EQ: "=="}


class Python:
    """How formulas are written in a language: what differs between them."""

    pi, nan = "pi", "nan"
    functions = {libsbml.AST_FUNCTION_EXP: "exp", libsbml.AST_FUNCTION_LN: "ln"}

    def number(self, value):
        return repr(value)

    def name(self, name):
        return name

    def called(self, name):
        return name

    def power(self, base, exponent):
        return f"({base} ** {exponent})"

    def choice(self, condition, value):
        return f"{value} if {condition} else "


def expression(node, language=Python()):
    """A formula in that language."""
    kind = node.getType()
    parts = [expression(node.getChild(i), language) for i in range(node.getNumChildren())]
    if node.isNumber():
        return language.number(node.getValue())
    if kind == libsbml.AST_NAME_TIME:
        return "time"
    if kind == libsbml.AST_CONSTANT_PI:
        return language.pi
    if kind == libsbml.AST_NAME:
        return language.name(node.getName())
    if kind == libsbml.AST_MINUS:
        return f"(-{parts[0]})" if len(parts) == 1 else f"({parts[0]} - {parts[1]})"
    if kind in (libsbml.AST_POWER, libsbml.AST_FUNCTION_POWER):
        return language.power(*parts)
    if kind == libsbml.AST_FUNCTION_ROOT:
        return language.power(parts[-1], f"(1.0 / {parts[0] if len(parts) > 1 else 2})")
    if kind == libsbml.AST_FUNCTION_PIECEWISE:
        pairs = "".join(language.choice(condition, value) for value, condition in zip(parts[::2], parts[1::2]))
        return f"({pairs}{parts[-1] if len(parts) % 2 else language.nan})"
    if kind in OPERATORS:
        return "(" + f" {OPERATORS[kind]} ".join(parts) + ")"
    if kind == libsbml.AST_FUNCTION:
        return f"{language.called(node.getName())}({', '.join(parts)})"
    if kind == libsbml.AST_LAMBDA:
        return f"lambda {', '.join(parts[:-1])}: {parts[-1]}"
    if kind in language.functions:
        return f"{language.functions[kind]}({', '.join(parts)})"
    raise ValueError(f"cannot read {libsbml.formulaToL3String(node)}")


def names_in(node):
    found = {node.getName()} if node.getType() == libsbml.AST_NAME else set()
    return found.union(*(names_in(node.getChild(i)) for i in range(node.getNumChildren())))


def in_order(formulas):
    """Names so that each comes after those that its formula names."""
    order, begun = [], set()

    def visit(name):
        if name not in formulas or name in order:
            return
        if name in begun:
            raise ValueError(f"{name} is defined by itself")
        begun.add(name)
        for other in sorted(names_in(formulas[name])):
            visit(other)
        order.append(name)

    for name in formulas:
        visit(name)
    return order


def define(functions, names):
    """Makes functions that see these names."""
    for name, body in functions.items():
        names[name] = eval(body, names)


class Reading:
    """A document: `values` of day 0 by name, `states` in the order of `rates`, and `events`."""

    def __init__(self, document, settle=None):
        """`settle`: names whose values are made plain numbers again by the function that rates() is given."""
        model = document.getModel()
        self.errors = [document.getError(i) for i in range(document.getNumErrors())]
        rules = [model.getRule(i) for i in range(model.getNumRules())]
        self.functions = {model.getFunctionDefinition(i).getId(): expression(model.getFunctionDefinition(i).getMath())
                          for i in range(model.getNumFunctionDefinitions())}
        self.rules = {rule.getVariable(): rule.getMath() for rule in rules if rule.isAssignment()}
        self.rate_rules = {rule.getVariable(): rule.getMath() for rule in rules if rule.isRate()}
        self.states = list(self.rate_rules)
        self.rule_order = in_order(self.rules)
        self.values = self.read_values(model)
        self.events = [self.read_event(model.getEvent(i)) for i in range(model.getNumEvents())]
        self.rate_code = self.compile_rates(settle or (lambda name: False))

    def read_values(self, model):
        values = {"pi": math.pi, "nan": math.nan, "exp": math.exp, "ln": math.log, "time": 0.0}
        define(self.functions, values)
        for i in range(model.getNumSpecies()):
            species = model.getSpecies(i)
            if not species.getHasOnlySubstanceUnits():
                raise ValueError(f"{species.getId()} is no amount")
            values[species.getId()] = species.getInitialAmount()
        for i in range(model.getNumParameters()):
            parameter = model.getParameter(i)
            if parameter.isSetValue():
                values[parameter.getId()] = parameter.getValue()
        initial = {model.getInitialAssignment(i).getSymbol(): model.getInitialAssignment(i).getMath()
                   for i in range(model.getNumInitialAssignments())}
        for name in in_order({**initial, **self.rules}):
            values[name] = eval(expression({**initial, **self.rules}[name]), values)
        self.constant_names = set(values) - set(self.rules) - set(self.rate_rules)
        return values

    def read_event(self, event):
        assignments = [event.getEventAssignment(i) for i in range(event.getNumEventAssignments())]
        trigger = event.getTrigger()
        if trigger.getInitialValue() or not event.getUseValuesFromTriggerTime() or event.isSetDelay():
            raise ValueError(f"{event.getId()} is of a kind that is not read here")
        condition = expression(trigger.getMath())
        return {"id": event.getId(), "condition": condition, "trigger": compile(condition, event.getId(), "eval"),
                "assignments": {one.getVariable(): compile(expression(one.getMath()), event.getId(), "eval")
                                for one in assignments}}

    def compile_rates(self, settle):
        lines = ["def rates(state, settled=float):", f"    ({', '.join(self.states)},) = state"]
        for name in self.rule_order:
            value = expression(self.rules[name])
            lines.append(f"    {name} = " + (f"settled({value})" if settle(name) else value))
        lines.append("    quantities.update({" + ", ".join(f"'{name}': {name}" for name in self.rule_order) + "})")
        lines.append("    return [" + ", ".join(expression(self.rate_rules[name]) for name in self.states) + "]")
        return compile("\n".join(lines), "rates", "exec")

    def rates(self, values=None, **functions):
        """A function of the states, in their order, and where it leaves the quantities that follow from them. Values
        of constants and of what events set are those given, or of day 0."""
        quantities = {}
        names = {**(values or self.values), **functions, "quantities": quantities}
        for name in self.states + self.rule_order:
            names.pop(name, None)
        define(self.functions, names)
        exec(self.rate_code, names)
        return names["rates"], quantities
