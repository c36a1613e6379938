"""`abscopal inspect` says of files of trials and of sweeps what h5py finds in them, and one thing of other files.

Exit 77 without h5py."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

try:
    import h5py
    import numpy as np
except ImportError as error:
    print(f"skipped: {error.name} is not installed (python3-h5py)")
    sys.exit(77)

COMMAND = os.environ["ABSCOPAL_COMMAND"]
ROOT = pathlib.Path(os.environ["ABSCOPAL_SOURCE_DIR"]).resolve()
SWEEP = f"""name: two doses
trial: {ROOT}/protocols/sweeps/lag-trial.yaml
patients: 6
seed: 2
arm: nivolumab and radiotherapy
vary: [{{name: lag, lag: {{of: drug, after: rt}}, from: 0 d, to: 30 d, step: 30 d}}]
endpoints: [best_response_rate]
"""
TYPES = {"<f8": "double", "<f4": "float", "<i8": "int64", "<i4": "int32", "|i1": "int8"}
LINE = "Research use only. Not for treating patients."

problems = []


def expect(condition, text):
    if not condition:
        problems.append(text)


def call(*words):
    return subprocess.run([COMMAND, *words], capture_output=True, text=True)


def text_of(value):
    return value.decode() if isinstance(value, bytes) else value


def type_of(dataset):
    if h5py.check_string_dtype(dataset.dtype):
        return "text"
    return "flag" if "flag_values" in dataset.attrs else TYPES[dataset.dtype.str]


def bytes_of(dataset):
    """Of the values, and of them in the file, where texts stand beside references to them."""
    if not h5py.check_string_dtype(dataset.dtype):
        return dataset.size * dataset.dtype.itemsize, dataset.id.get_storage_size()
    texts = [dataset[()]] if dataset.shape == () else dataset[()].ravel()
    characters = sum(len(text) + 1 for text in texts)
    return characters, characters + dataset.id.get_storage_size()


def compression_of(dataset):
    parts = ["shuffle"] if dataset.shuffle else []
    if dataset.compression == "gzip":
        parts.append(f"deflate {dataset.compression_opts}")
    return ", ".join(parts) or None


def dimensions_of(dataset):
    if h5py.h5ds.is_scale(dataset.id):
        return [dataset.name.strip("/")]
    return [axis[0].name.strip("/") if len(axis) > 0 else None for axis in dataset.dims]


def check_variable(said, dataset):
    name = dataset.name.strip("/")
    expect(said["name"] == name, f"{said['name']} rather than {name}")
    expect(said["dimensions"] == dimensions_of(dataset) and said["sizes"] == list(dataset.shape),
           f"{name}: {said['dimensions']} {said['sizes']}")
    expect(said["type"] == type_of(dataset), f"{name}: type {said['type']}")
    expect(said["units"] == text_of(dataset.attrs["units"]) and said["meaning"] == text_of(dataset.attrs["long_name"]),
           f"{name}: unit or meaning")
    expect((said["bytes"], said["stored_bytes"]) == bytes_of(dataset), f"{name}: bytes")
    expect(said.get("compression") == compression_of(dataset), f"{name}: compression {said.get('compression')}")


def check_attributes(said, file):
    expect(list(said) == list(file.attrs), f"attributes {list(said)}")
    for name, value in file.attrs.items():
        expect(said[name] == (text_of(value) if isinstance(value, (bytes, str)) else value.item()),
               f"attribute {name}: {said[name]}")


def counts(dataset, values):
    meanings = text_of(dataset.attrs["flag_meanings"]).split()
    return {meaning: int((values == flag).sum()) for meaning, flag in zip(meanings, dataset.attrs["flag_values"])}


def check_file(path, kind):
    done = call("inspect", path, "--json")
    expect(done.returncode == 0 and done.stderr == "", f"{kind}: {done.returncode} {done.stderr}")
    said = json.loads(done.stdout)
    with h5py.File(path) as file:
        expect(said["kind"] == kind and said["file"] == path and said["bytes"] == os.path.getsize(path), f"{kind}: head")
        check_attributes(said["attributes"], file)
        expect(said["dimensions"] == {name: len(file[name]) for name in file if h5py.h5ds.is_scale(file[name].id)},
               f"{kind}: dimensions {said['dimensions']}")
        expect(sorted(variable["name"] for variable in said["variables"]) == sorted(file), f"{kind}: variables")
        for variable in said["variables"]:
            check_variable(variable, file[variable["name"]])
        status = file["patient_status"]
        expect(said["patients"] == counts(status, status[:]), f"{kind}: patients {said['patients']}")
        arms = []
        if kind == "trial":
            arms = [{"name": name, "patients": counts(file["status"], row)}
                    for name, row in zip(file["arm"].asstr()[:], file["status"][:])]
        expect(said["arms"] == arms, f"{kind}: arms {said['arms']}")
    return said


def check_text(path, said):
    """For people: a line for each variable, and what has a number above."""
    done = call("inspect", path)
    expect(done.returncode == 0 and done.stderr == "" and done.stdout.endswith(f"\n{LINE}\n"), "text")
    lines = done.stdout.splitlines()
    table = lines[lines.index("") + 1:]
    table = table[table.index("") + 2:]
    for line, variable in zip(table, said["variables"]):
        expect(line.split()[0] == variable["name"] and line.endswith(variable["meaning"]), f"line '{line}'")
    for wanted in (f"seed {said['attributes']['seed']}", f"engine {said['attributes']['engine']}",
                   f"title {said['attributes']['title']}", "source abscopal "):
        expect(any(" ".join(line.split()).startswith(wanted) for line in lines), f"no line '{wanted}'")
    expect(any(line.startswith("dimensions: ") and f"patient {said['dimensions']['patient']}" in line for line in lines),
           "no line of dimensions")
    expect(any(line.startswith(f"patients: {said['patients']['completed']} completed") for line in lines),
           "no line of patients")


def check_refused(path, words):
    done = call("inspect", str(path))
    expect(done.returncode == 2 and done.stdout == "" and done.stderr.count("\n") == 1 and words in done.stderr,
           f"{path}: {done.returncode} {done.stdout}{done.stderr}")


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        trial, sweep, other = str(folder / "trial.h5"), str(folder / "sweep.h5"), folder / "other.h5"
        made = call("run", "protocols/nivolumab-rt-six-arms.yaml", "-n", "40", "-q", "-o", trial)
        expect(made.returncode == 0, f"run: {made.stderr}")
        check_text(trial, check_file(trial, "trial"))
        (folder / "sweep.yaml").write_text(SWEEP)
        made = call("sweep", str(folder / "sweep.yaml"), "-q", "-o", sweep)
        expect(made.returncode == 0, f"sweep: {made.stderr}")
        check_text(sweep, check_file(sweep, "sweep"))
        with h5py.File(other, "w") as file:
            file["arm"] = [1, 2]
        check_refused(other, "not a result file of abscopal")
        other.write_text("name: no HDF5\n")
        check_refused(other, "not an HDF5 file, or a damaged one")
        other.write_bytes(pathlib.Path(trial).read_bytes()[:-100])
        check_refused(other, "not an HDF5 file, or a damaged one")
        check_refused(folder / "missing.h5", "cannot read: No such file or directory")
        check_refused(folder, "is a folder")
    print(f"{len(problems)} problems")
    for problem in problems[:20]:
        print(problem)
    sys.exit(1 if problems else 0)


main()
