"""docs/model.md as a program: the equations of its blocks, evaluated for one patient."""

import ast
import math
import re


def statements(document):
    """(where it holds, name, arguments or None, right-hand side) of every equation, in order. A rate is called d_x."""
    found = []
    for where, body in re.findall(r"^```text\n# ([a-z, ]+)\n(.*?)^```", document, flags=re.DOTALL | re.MULTILINE):
        joined = re.sub(r"\n[ ]+", " ", body)
        for line in filter(None, joined.splitlines()):
            name, arguments, rate, right = re.fullmatch(r"(\w+)(?:\(([\w, ]+)\))?('?) = (.+)", line).groups()
            right = re.sub(r"\b(\w+)'", r"d_\1", right)
            tree = ast.parse(f"({right})", mode="eval").body
            found.append((where, ("d_" if rate else "") + name, arguments and arguments.split(", "), tree))
    return found


def names(tree):
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def bisect(function, upper):
    """The root of an increasing function between 0 and upper, to the last bit."""
    lower = 0.0
    while lower < (middle := (lower + upper) / 2) < upper:
        if function(middle) > 0:
            upper = middle
        else:
            lower = middle
    return middle


def costimulation_signal(value, ligand, free):
    """The four balances of the document; value(name) gives its constants."""
    cd28, ctla4 = value("cd28_per_um2"), value("ctla4_per_um2") * free
    cd80, cd86 = ligand * value("cd80_per_um2"), ligand * value("cd86_per_um2")
    a, b = value("cd28_cd80_um2"), value("ctla4_cd80_um2")
    c, e = value("cd28_cd86_um2"), value("ctla4_cd86_um2")

    def ligands(f28, f4):
        return cd80 / (1 + f28 / a + f4 / b), cd86 / (1 + f28 / c + f4 / e)

    def error4(f28, f4):
        f80, f86 = ligands(f28, f4)
        return f4 * (1 + f80 / b + f86 / e) - ctla4

    def error28(f28):
        f80, f86 = ligands(f28, bisect(lambda f4: error4(f28, f4), ctla4))
        return f28 * (1 + f80 / a + f86 / c) - cd28

    y = (cd28 - bisect(error28, cd28)) / value("costimulation_half")
    return y**2 / (1 + y**2)


class Patient:
    """Values by (name, lesion or None, drug or None), and the largest term that went into each."""

    def __init__(self, lesions, drugs):
        self.lesions, self.drugs = range(lesions), range(drugs)
        self.values, self.functions = {}, {}

    def set(self, name, value, lesion=None, drug=None, size=None):
        self.values[name, lesion, drug] = (value, abs(value) if size is None else size)

    def look_up(self, name, lesion, drug):
        for place in ((lesion, drug), (lesion, None), (None, drug), (None, None)):
            if (name, *place) in self.values:
                return self.values[(name, *place)]
        raise NameError(f"'{name}' is neither a state, a parameter nor defined before it is used")

    def number(self, tree, lesion=None, drug=None):
        return self.evaluate(tree, lesion, drug)[0]

    def evaluate(self, tree, lesion, drug):
        """(value, size): the size is what rounding of the value is relative to, its largest terms."""
        match tree:
            case ast.Constant(value=value):
                return value, abs(value)
            case ast.Name(id=name):
                return self.look_up(name, lesion, drug)
            case ast.IfExp(test=test, body=body, orelse=other):
                return self.evaluate(body if self.number(test, lesion, drug) else other, lesion, drug)
            case ast.BoolOp(op=operator, values=values):
                truths = [bool(self.number(value, lesion, drug)) for value in values]
                return (all(truths) if isinstance(operator, ast.And) else any(truths)), 1
            case ast.Compare(left=left, ops=[ast.Gt()], comparators=[right]):
                return self.number(left, lesion, drug) > self.number(right, lesion, drug), 1
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                value, size = self.evaluate(operand, lesion, drug)
                return -value, size
            case ast.BinOp(left=left, op=operator, right=right):
                return self.combine(operator, self.evaluate(left, lesion, drug), self.evaluate(right, lesion, drug))
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return self.call(name, arguments, lesion, drug)
        raise SyntaxError(f"not understood: {ast.unparse(tree)}")

    @staticmethod
    def combine(operator, left, right):
        (x, x_size), (y, y_size) = left, right
        match operator:
            case ast.Add():
                return x + y, x_size + y_size
            case ast.Sub():
                return x - y, x_size + y_size
            case ast.Mult():
                return x * y, x_size * y_size
            case ast.Div():
                return x / y, x_size / abs(y)
            case ast.Pow():
                power = max(x, 0) ** y if y != int(y) else x**y
                return power, abs(power) * max(1, x_size / abs(x) if x else 1)
        raise SyntaxError(f"no operator {operator} in the document")

    def call(self, name, arguments, lesion, drug):
        if name == "sum_lesions":
            terms = [self.evaluate(arguments[0], i, drug) for i in self.lesions]
            return math.fsum(value for value, _ in terms), math.fsum(size for _, size in terms)
        if name.startswith("sum_"):
            target = "target_" + name.split("_")[1]
            held = [i for i in self.drugs if self.values[target, None, i][0]]
            terms = [self.evaluate(arguments[0], lesion, i) for i in held]
            return math.fsum(value for value, _ in terms), math.fsum(size for _, size in terms)
        values = [self.evaluate(argument, lesion, drug) for argument in arguments]
        numbers = [value for value, _ in values]
        if name == "saturation":
            x, half = values
            return self.combine(ast.Div(), x, (x[0] + half[0], x[1] + half[1]))
        if name == "sqrt":
            root = math.sqrt(numbers[0])
            return root, root
        if name == "costimulation_signal":
            signal = costimulation_signal(lambda constant: self.look_up(constant, None, None)[0], *numbers)
            return signal, signal
        parameters, body = self.functions[name]
        inner = Patient(0, 0)
        for parameter, value in zip(parameters, values):
            inner.values[parameter, None, None] = value
        return inner.evaluate(body, None, None)

    def run(self, equations):
        """Evaluates the equations in the document's order."""
        for where, name, arguments, tree in equations:
            if arguments:
                self.functions[name] = (arguments, tree)
                continue
            lesions = self.lesions if "each lesion" in where else [None]
            drugs = self.drugs if "each drug" in where else [None]
            for lesion in lesions:
                for drug in drugs:
                    value, size = self.evaluate(tree, lesion, drug)
                    if (name, lesion, drug) in self.values:
                        raise NameError(f"'{name}' is defined twice")
                    self.set(name, value, lesion, drug, size)
