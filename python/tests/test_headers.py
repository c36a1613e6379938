"""The ctypes structures, constants and prototypes are those of the C headers, as a C compiler sees them."""

import ctypes
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from abscopal import _library, _structures as c
from common import ROOT

# By what a C compiler can tell of a type: its class, here by _Generic, and its size.
C_CLASSES = """#define CLASS(x) _Generic((x), \\
    _Bool: "bool", char: "char", signed char: "signed", unsigned char: "unsigned", short: "signed", \\
    unsigned short: "unsigned", int: "signed", unsigned: "unsigned", long: "signed", unsigned long: "unsigned", \\
    long long: "signed", unsigned long long: "unsigned", float: "real", double: "real", \\
    char *: "text", const char *: "text", abscopal_progress *: "function", void *: "pointer", default: "other")
"""
ENUMS = {"ABSCOPAL_OK": c.OK, "ABSCOPAL_BAD_INPUT": c.BAD_INPUT, "ABSCOPAL_NO_MEMORY": c.NO_MEMORY,
         "ABSCOPAL_NOT_INTEGRATED": c.NOT_INTEGRATED, "ABSCOPAL_OUTPUT_FAILED": c.OUTPUT_FAILED,
         "ABSCOPAL_INTERRUPTED": c.INTERRUPTED, "ABSCOPAL_ENGINE_DEFAULT": c.ENGINE_DEFAULT,
         "ABSCOPAL_ENGINE_CVODE": c.ENGINE_CVODE, "ABSCOPAL_ENGINE_BATCH": c.ENGINE_BATCH,
         "ABSCOPAL_LIST_STATES": c.LIST_STATES, "ABSCOPAL_LIST_PARAMETERS": c.LIST_PARAMETERS,
         "ABSCOPAL_LIST_DRUGS": c.LIST_DRUGS, "ABSCOPAL_LIST_PRESETS": c.LIST_PRESETS,
         "ABSCOPAL_LIST_OPTIONS": c.LIST_OPTIONS, "ABSCOPAL_LIST_FLUXES": c.LIST_FLUXES,
         "ABSCOPAL_LIST_JSON": c.LIST_JSON, "ABSCOPAL_VALUE_REAL": c.VALUE_REAL,
         "ABSCOPAL_VALUE_REAL32": c.VALUE_REAL32, "ABSCOPAL_VALUE_INTEGER": c.VALUE_INTEGER,
         "ABSCOPAL_VALUE_FLAG": c.VALUE_FLAG,
         "ABSCOPAL_VALUE_TEXT": c.VALUE_TEXT, "ABSCOPAL_MESSAGE_SIZE": c.MESSAGE_SIZE,
         "ABSCOPAL_MOST_DIMENSIONS": c.MOST_DIMENSIONS}
STATUSES = ("COMPLETED", "NOT_PLAUSIBLE", "NOT_INTEGRATED", "NOT_RUN", "NOT_ELIGIBLE", "NOT_ALLOCATED", "NOT_SELECTED")


def class_of(kind):
    """The class of a ctypes type, in the words of C_CLASSES; of an array that of its items."""
    while hasattr(kind, "_length_"):
        kind = kind._type_
    names = {ctypes.c_char: "char", ctypes.c_char_p: "text", ctypes.c_void_p: "pointer", c.Progress: "function",
             ctypes.c_double: "real", ctypes.c_int: "signed", ctypes.c_int64: "signed", ctypes.c_size_t: "unsigned",
             ctypes.c_uint64: "unsigned"}
    return "other" if issubclass(kind, ctypes.Structure) else names[kind]


def members_in_headers():
    """Names of the members of every structure, in the order of the headers, and whether they are of an enum."""
    text = "".join(path.read_text() for path in sorted((ROOT / "include").glob("*.h")))
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    found = {}
    for name, body in re.findall(r"^struct (\w+) \{(.*?)^\};", text, flags=re.DOTALL | re.MULTILINE):
        lines = [line.strip() for line in body.split(";") if line.strip()]
        found[name] = {re.sub(r"\[.*", "", member): line.startswith("enum ")
                       for line in lines for member in re.findall(r"[\w\[\]]+(?=\s*(?:,|$))", line)}
    return found


def run_c(lines):
    """What a C program with the headers and these lines prints."""
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, "layout.c")
        with open(source, "w", encoding="utf-8") as file:
            file.write('#include <abscopal.h>\n#include <stddef.h>\n#include <stdio.h>\n' + C_CLASSES
                       + "int main(void)\n{\n" + "\n".join(lines) + "\nreturn 0;\n}\n")
        program = os.path.join(folder, "layout")
        subprocess.run(["cc", "-std=c17", "-Wall", "-Werror", "-I", str(ROOT / "include"), source, "-o", program],
                       check=True)
        return subprocess.run([program], check=True, capture_output=True, text=True).stdout.splitlines()


@unittest.skipIf(shutil.which("cc") is None, "there is no C compiler")
class Headers(unittest.TestCase):
    def test_structures(self):
        lines, ours, in_headers = [], [], members_in_headers()
        for structure in c.STRUCTURES:
            name = structure.c_name
            self.assertEqual([member for member, *_ in structure._fields_], list(in_headers[name]), name)
            lines.append(f'printf("{name} %zu\\n", sizeof(struct {name}));')
            ours.append(f"{name} {ctypes.sizeof(structure)}")
            for member, kind in structure._fields_:
                of = f"((struct {name} *)0)->{member}"
                item = f"{of}[0]" if hasattr(kind, "_length_") else of
                lines.append(f'printf("{name}.{member} %zu %zu %s\\n", offsetof(struct {name}, {member}), '
                             f"sizeof({of}), CLASS({item}));")
                place = getattr(structure, member)
                of_enum = in_headers[name][member]  # of which C makes an unsigned int, for none is negative
                self.assertTrue(kind is ctypes.c_int or not of_enum, member)
                ours.append(f"{name}.{member} {place.offset} {place.size} "
                            f"{'unsigned' if of_enum else class_of(kind)}")
        self.assertEqual(ours, run_c(lines))

    def test_constants(self):
        run_c(["int (*progress)(size_t, size_t, double, void *) = NULL;", "abscopal_progress *same = progress;",
               "(void)same;"])  # as c.Progress is
        wanted = ENUMS | {f"ABSCOPAL_PATIENT_{name}": value for value, name in enumerate(STATUSES)}
        found = run_c([f'printf("{name} %d\\n", (int){name});' for name in wanted])
        self.assertEqual([f"{name} {value}" for name, value in wanted.items()], found)

    def test_prototypes(self):
        """Every function takes and returns what the header declares, as far as registers tell it apart."""
        text = "".join(path.read_text() for path in (ROOT / "include").glob("*.h"))
        text = re.sub(r"\s+", " ", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL))

        def kind(declared):
            declared = declared.strip()
            if "*" in declared or "abscopal_progress" in declared:
                return "pointer"
            words = declared.replace("const ", "").split()
            return {"enum": "int", "int": "int", "size_t": "size_t", "double": "double", "void": "void"}[words[0]]

        def kind_in_python(what):
            names = {None: "void", ctypes.c_int: "int", ctypes.c_size_t: "size_t", ctypes.c_double: "double"}
            return names.get(what, "pointer")

        for name, (result, arguments) in _library.PROTOTYPES.items():
            match = re.search(rf"ABSCOPAL_API ([^;()]*?\*?) ?\b{name}\(([^;()]*)\);", text)
            self.assertIsNotNone(match, f"{name} is not declared")
            declared = [] if match[2].strip() == "void" else match[2].split(",")
            self.assertEqual([kind_in_python(what) for what in arguments], [kind(one) for one in declared], name)
            self.assertEqual(kind_in_python(result), kind(match[1]), name)

    def test_versions(self):
        project = re.search(r"project\(abscopal VERSION ([0-9.]+)", (ROOT / "CMakeLists.txt").read_text())
        self.assertEqual(_library.VERSION, project[1])


if __name__ == "__main__":
    unittest.main()
