"""Relative links in the manuals lead to files and headings that exist."""

import re
import source_tree

paths = [path.relative_to(source_tree.ROOT) for path in source_tree.ROOT.glob("*.md")]
paths += source_tree.files(".md", folders=("docs", "protocols"))


def anchors(text):
    """The names that headings get on the usual hosting sites."""
    headings = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


problems, count = [], 0
for path in sorted(paths):
    text = (source_tree.ROOT / path).read_text()
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        count += 1
        name, _, anchor = target.partition("#")
        file = (source_tree.ROOT / path).parent / name if name else source_tree.ROOT / path
        if not file.exists():
            problems.append(f"{path}: no such file: {target}")
        elif anchor and anchor not in anchors(file.read_text()):
            problems.append(f"{path}: no such heading: {target}")
if count == 0:
    problems.append("no links found")
source_tree.finish(problems, count)
