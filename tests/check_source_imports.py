"""Folders include only what stands before them in the flow of data, and the model knows neither files nor threads."""

import re
import source_tree

# CONTRIBUTING.md holds the same table.
ALLOWED = {
    "include": set(),
    "model": set(),
    "solver": {"model"},
    "protocols": {"model", "include"},
    "cohorts": {"protocols", "model", "solver", "include"},
    "trial": {"cohorts", "protocols", "model", "solver", "include"},
    "results": {"trial", "cohorts", "protocols", "model", "solver", "include"},
    "cli": {"include"},
}
FORBIDDEN_SYSTEM_HEADERS = {
    "model": re.compile(r"stdio\.h|omp\.h|pthread\.h|threads\.h|hdf5|unistd\.h|fcntl\.h"),
    "solver": re.compile(r"omp\.h|pthread\.h|threads\.h|hdf5"),
}
INCLUDE = re.compile(r'\s*#\s*include\s+(["<])([^">]+)[">]')

problems = []
paths = source_tree.files(".c", ".h", folders=ALLOWED)
for path in paths:
    folder = path.parts[0]
    for number, line in enumerate((source_tree.ROOT / path).read_text().splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        quote, name = match.groups()
        if quote == "<":
            forbidden = FORBIDDEN_SYSTEM_HEADERS.get(folder)
            if forbidden and forbidden.match(name):
                problems.append(f"{path}:{number}: {folder}/ may not include <{name}>")
            continue
        target = name.split("/")[0] if "/" in name else "include"
        if not (source_tree.ROOT / (f"include/{name}" if target == "include" else name)).is_file():
            problems.append(f"{path}:{number}: no such file from the root: {name}")
        elif target != folder and target not in ALLOWED[folder]:
            problems.append(f"{path}:{number}: {folder}/ may not include {target}/")
source_tree.finish(problems, len(paths))
