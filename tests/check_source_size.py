"""Functions of at most 60 lines, tables apart, and files of at most 500, so that each can be read whole."""

import source_tree

FUNCTION_LINES = 60
FILE_LINES = 500
LINE_COLUMNS = 120


def script_function_lengths(lines):
    """(line number, length) of each function of a script, which in our layout begins and ends in the first column."""
    start = None
    for number, line in enumerate(lines, 1):
        if line.startswith(("function ", "async function ")):
            start = number
        elif line == "}" and start is not None:
            yield start, number - start - 1
            start = None


def function_lengths(lines):
    """(line number, length) of each function body. In our layout its braces stand alone in the first column."""
    start, table, length = None, False, 0
    for number, line in enumerate(lines, 1):
        if line == "{":
            start, table, length = number, False, 0
        if start is None:
            continue
        # Tables in a function are read by the row.
        table = table or line.endswith("= {")
        length += not table
        table = table and line.strip() != "};"
        if line == "}":
            yield start, length
            start = None


problems = []
paths = source_tree.files(".c", ".h", ".py", ".sh", ".R", ".js", ".css", folders=source_tree.CODE_FOLDERS + ("scripts", "python"))
functions = 0
for path in paths:
    lines = (source_tree.ROOT / path).read_text().splitlines()
    if len(lines) > FILE_LINES:
        problems.append(f"{path}: {len(lines)} lines, more than {FILE_LINES}: split it by what it does")
    if path.suffix not in (".c", ".h", ".js"):
        continue
    if path.suffix == ".js":
        problems += [f"{path}:{number}: more than {LINE_COLUMNS} columns" for number, line in enumerate(lines, 1)
                     if len(line) > LINE_COLUMNS]
    for start, length in (script_function_lengths if path.suffix == ".js" else function_lengths)(lines):
        functions += 1
        if length > FUNCTION_LINES:
            problems.append(f"{path}:{start}: a function of {length} lines, more than {FUNCTION_LINES}")
if functions == 0:
    problems.append("no function found: has the layout changed?")
source_tree.finish(problems, len(paths))
