"""docs/response.md names every case of the response criteria, and none that there is not."""

import collections
import re

import source_tree

FILES = ("test_recist_time_points.c", "test_recist_best.c", "test_irecist.c", "test_irecist_best.c")
AT_LEAST = 60

cases = []
for name in FILES:
    found = re.findall(r'\.name = "(\w+)"', (source_tree.ROOT / "tests" / name).read_text())
    if not found:
        raise SystemExit(f"no cases in {name}: nothing was checked")
    cases += found

rows = [line for line in (source_tree.ROOT / "docs/response.md").read_text().splitlines() if line.startswith("| ")]
named = []
problems = []
for row in rows:
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    if "Cases" in cells or set(cells) == {"---"} or "`" not in cells[-1]:
        continue
    named += re.findall(r"`(\w+)`", cells[-1])

problems += [f"two cases are called {name}" for name, count in collections.Counter(cases).items() if count > 1]
problems += [f"docs/response.md does not name the case {name}" for name in cases if name not in named]
problems += [f"docs/response.md names {name}, which is no case" for name in sorted(set(named) - set(cases))]
if len(cases) < AT_LEAST:
    problems.append(f"{len(cases)} cases, fewer than {AT_LEAST}")
source_tree.finish(problems, len(cases))
