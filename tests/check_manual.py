"""docs/commands.md says what the command does: the same options and exit codes, and its examples run."""

import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

COMMAND = os.environ["ABSCOPAL_COMMAND"]
ROOT = pathlib.Path(os.environ["ABSCOPAL_SOURCE_DIR"]).resolve()
MANUAL = (ROOT / "docs/commands.md").read_text()


def sections():
    """Manual sections by their heading, such as 'abscopal run'."""
    parts = re.split(r"^## (.+)$", MANUAL, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2]))


def help_text(words):
    return subprocess.run([COMMAND, *words, "--help"], check=True, capture_output=True, text=True).stdout


def options_in_help(text):
    """(letter, name, value) of every option row."""
    rows = re.findall(r"^  (?:-(\w), |    )--([\w-]+)(?: (\S+))?  ", text, flags=re.MULTILINE)
    return {(letter or None, name, value or None) for letter, name, value in rows}


def options_in_manual(text):
    rows = re.findall(r"^\| (?:`-(\w)`, )?`--([\w-]+)(?: ([^`]+))?` \|", text, flags=re.MULTILINE)
    return {(letter or None, name, value or None) for letter, name, value in rows}


def exit_codes_in_help(text):
    return dict(re.findall(r"^ +(\d+)  (.+)$", text.split("Exit codes:")[1], flags=re.MULTILINE))


def exit_codes_in_manual(text):
    return dict(re.findall(r"^\| (\d+) \| (.+) \|$", text, flags=re.MULTILINE))


def run_examples(text, folder):
    """Runs the lines of the sh blocks; returns how many there were and those that failed."""
    # Ours stands first, under the name that the manual uses.
    path = f"{pathlib.Path(COMMAND).parent}:{os.environ['PATH']}"
    count, problems = 0, []
    for block in re.findall(r"```sh\n(.*?)```", text, flags=re.DOTALL):
        for line in block.splitlines():
            count += 1
            # Examples stand by themselves: a file of the same name from another one is in nobody's way.
            for output in re.findall(r"abscopal (?:run|sweep|optimize) .*?-o (\S+\.h5)", line):
                (pathlib.Path(folder) / output).unlink(missing_ok=True)
            done = subprocess.run(line, shell=True, cwd=folder, env={**os.environ, "PATH": path},
                                  capture_output=True, text=True)
            if done.returncode != 0:
                problems.append(f"example ends with {done.returncode}: {line}\n{done.stderr}")
    return count, problems


problems = []
manual = sections()
listed = re.findall(r"^  (\w+) {2,}", help_text([]).split("Commands:")[1].split("Options:")[0], flags=re.MULTILINE)
for command in [None, *listed]:
    heading = f"abscopal {command}" if command else "abscopal"
    if heading not in manual:
        problems.append(f"no section '{heading}' in the manual")
        continue
    shown = help_text([command] if command else [])
    in_help, in_manual = options_in_help(shown), options_in_manual(manual[heading])
    problems += [f"{heading}: only in --help: {option}" for option in sorted(in_help - in_manual, key=str)]
    problems += [f"{heading}: only in the manual: {option}" for option in sorted(in_manual - in_help, key=str)]
    if not in_help:
        problems.append(f"{heading}: no options found in --help")
    if exit_codes_in_help(shown) != exit_codes_in_manual(manual["Exit codes"]):
        problems.append(f"{heading}: exit codes differ between --help and the manual")
    for example in re.findall(r"^  (abscopal .+)$", shown.split("Examples:")[1], flags=re.MULTILINE):
        if shlex.split(example)[1] not in listed:
            problems.append(f"{heading}: example of another command: {example}")

with tempfile.TemporaryDirectory() as folder:
    for name in ("protocols", "cohorts", "drugs"):
        os.symlink(ROOT / name, pathlib.Path(folder) / name)
    count, failed = run_examples(MANUAL, folder)
    problems += failed
for problem in problems:
    print(problem)
print(f"{len(listed)} commands and {count} examples checked, {len(problems)} problems")
sys.exit(1 if problems or not listed or count == 0 else 0)
