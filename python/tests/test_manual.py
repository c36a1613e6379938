"""docs/python.md: its code runs in the order of the page and prints what stands below each piece. With --write as
argument the page gets what is printed."""

import contextlib
import io
import re
import sys
import unittest

import abscopal
from common import ROOT

MANUAL = ROOT / "docs/python.md"
BLOCK = re.compile(r"^```python\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", flags=re.DOTALL | re.MULTILINE)


def run_blocks(text):
    """Code, what is said to be printed (or None), and what is, of every piece."""
    names = {}
    for match in BLOCK.finditer(text):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(match[1], str(MANUAL), "exec"), names)
        yield match, re.sub(r" +$", "", printed.getvalue(), flags=re.MULTILINE)


class Manual(unittest.TestCase):
    def test_code(self):
        count = 0
        for match, printed in run_blocks(MANUAL.read_text()):
            count += 1
            if match[2] is None:
                self.assertEqual(printed, "")
            # Other processors round otherwise, and who is at the edge of a response may then be on its other side.
            elif self.instructions() == "AVX-512":
                self.assertEqual(printed, match[2])
            else:
                self.assertEqual(printed.count("\n"), match[2].count("\n"))
        self.assertGreater(count, 4)

    @staticmethod
    def instructions():
        return abscopal.run(ROOT / "tests/data/cli-trial.yaml", patients=1).description["instructions"]


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        page = MANUAL.read_text()
        for found, output in list(run_blocks(page)):
            if found[2] is not None:
                page = page.replace(found[0], f"```python\n{found[1]}```\n\n```text\n{output}```\n")
        MANUAL.write_text(page)
    else:
        unittest.main()
