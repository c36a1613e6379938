"""Result files from elsewhere: whatever HDF5 can put in a file that abscopal does not, and whatever claims more than the
file holds, is one message and exit code 2 in every command that reads such files, in less than a gigabyte.

Exit 77 without h5py."""

import os
import pathlib
import resource
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib

try:
    import h5py
    import numpy as np
except ImportError as error:
    print(f"skipped: {error.name} is not installed (python3-h5py)")
    sys.exit(77)

COMMAND = os.environ["ABSCOPAL_COMMAND"]
ROOT = pathlib.Path(os.environ["ABSCOPAL_SOURCE_DIR"]).resolve()
MEMORY = 1 << 30
TEXT = h5py.string_dtype()

problems = []


def limit():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if memory_can_be_bounded:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


# Not where a sanitizer reserves address space.
memory_can_be_bounded = True
memory_can_be_bounded = subprocess.run([COMMAND, "--version"], preexec_fn=limit, check=False,
                                       capture_output=True).returncode == 0


def expect_refused(path, words, label):
    """One line on standard error that names the file and says what; nothing written."""
    page = path.with_name("page.html")
    folder = path.with_name("adam")
    calls = [["inspect", path], ["inspect", path, "--json"], ["report", path, "-o", page], ["verify", path, "-q"],
             ["plot", path, "--patient", "1", "-o", page], ["export", path, "--adam", folder]]
    for call in calls:
        done = subprocess.run([COMMAND, *map(str, call)], capture_output=True, text=True, check=False, timeout=60,
                              preexec_fn=limit)
        lines = done.stderr.splitlines()
        if done.returncode != 2 or len(lines) != 1 or words not in done.stderr or not lines[0].startswith(str(path)):
            problems.append(f"{label}: {call[0]} ended with {done.returncode}, without '{words}': {done.stderr}")
        if done.stdout or page.exists() or folder.exists():
            problems.append(f"{label}: {call[0]} has written something")


def replaced(file, name, **arguments):
    """The variable anew, with its attributes, and created otherwise."""
    old = file[name]
    attributes = {key: old.attrs[key] for key in old.attrs if key not in ("DIMENSION_LIST", "REFERENCE_LIST")}
    arguments = {"shape": old.shape, "dtype": old.dtype} | arguments
    del file[name]
    new = file.create_dataset(name, **arguments)
    for key, value in attributes.items():
        new.attrs[key] = value
    return new


def soft_link(file):
    file.move("weight", "other_weight")
    file["weight"] = h5py.SoftLink("/other_weight")


def external_link(file):
    del file["weight"]
    file["weight"] = h5py.ExternalLink("/etc/passwd", "/weight")


def external_storage(file):
    replaced(file, "weight", external=[("/etc/passwd", 0, h5py.h5f.UNLIMITED)])


def virtual(file):
    layout = h5py.VirtualLayout(shape=file["weight"].shape, dtype="<f8")
    layout[:] = h5py.VirtualSource("elsewhere.h5", "weight", shape=file["weight"].shape)
    del file["weight"]
    file.create_virtual_dataset("weight", layout)


def group(file):
    file.create_group("more")


def cycle(file):
    file["more"] = file["/"]


def named_type(file):
    file["more"] = np.dtype("<f8")


def big_endian(file):
    values = file["weight"][...]
    replaced(file, "weight", dtype=">f8")[...] = values


def fixed_text(file):
    replaced(file, "arm", dtype="S9")[...] = b"two"


def compound(file):
    replaced(file, "weight", dtype=[("a", "<f8"), ("b", "<i4")])


def odd_float(file):
    dtype = h5py.h5t.IEEE_F64LE.copy()
    dtype.set_fields(63, 40, 23, 0, 40)
    del file["weight"]
    space = h5py.h5s.create_simple((3,))
    h5py.h5d.create(file.id, b"weight", dtype, space)


def lzf(file):
    values = file["weight"][...]
    replaced(file, "weight", compression="lzf", chunks=(3,))[...] = values


def deflated_twice(file):
    properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    properties.set_chunk((3,))
    properties.set_deflate(9)
    properties.set_filter(h5py.h5z.FILTER_DEFLATE, 0, (9,))
    del file["weight"]
    h5py.h5d.create(file.id, b"weight", h5py.h5t.IEEE_F64LE, h5py.h5s.create_simple((3,)), properties)


def other_filter(file):
    replaced(file, "weight", scaleoffset=3, chunks=(3,), compression="gzip")[...] = 1


def claims_patients(file):
    for name, dtype in (("patient", "<i8"), ("weight", "<f8")):
        replaced(file, name, dtype=dtype, shape=(10**12,), chunks=(1024,), compression="gzip")


def claims_one_piece(file):
    replaced(file, "patient", shape=(10**12,))


def claims_a_chunk(file):
    replaced(file, "patient", shape=(500_000_000,), chunks=(500_000_000,), compression="gzip")


def claims_more_than_a_byte_can(file):
    """A chunk of 100 MB whose stored bytes are those of an empty deflate stream."""
    new = replaced(file, "weight", shape=(12_500_000,), chunks=(12_500_000,), compression="gzip")
    new.id.write_direct_chunk((0,), b"\x78\x9c\x03\x00\x00\x00\x00\x01")


def inflates_beyond_its_chunk(file):
    """A chunk of 64 KB whose stored bytes are 1 MB that inflate to 1 GB."""
    new = replaced(file, "weight", shape=(8192,), chunks=(8192,), compression="gzip")
    new.id.write_direct_chunk((0,), zlib.compress(bytes(1 << 30), 9))


def without_values(file):
    replaced(file, "weight", chunks=(3,), compression="gzip")


def without_a_variable(file):
    del file["growth_days"]


def other_rank(file):
    replaced(file, "weight", shape=(3, 1), data=np.ones((3, 1)))


def other_extent(file):
    replaced(file, "weight", shape=(4,), data=np.ones(4))


def more_patients(file):
    replaced(file, "patient", shape=(4,), data=np.arange(1, 5))


def scalar(file):
    replaced(file, "patient", shape=(), data=1)


def text_attribute(file):
    file.attrs["seed"] = "one"


def long_attribute(file):
    file.attrs["seed"] = np.arange(5000, dtype="<u8")


def odd_attribute(file):
    file.attrs["relative_tolerance"] = np.float16(1e-6)


def variable_text_attribute(file):
    del file.attrs["engine"]
    file.attrs.create("engine", "batch", dtype=TEXT)


def list_of_texts_attribute(file):
    del file.attrs["engine"]
    file.attrs["engine"] = np.array([b"batch", b"cvode"])


def many_attributes(file):
    for i in range(300):
        file.attrs[f"a{i}"] = i


def many_variables(file):
    for i in range(5000):
        file.create_dataset(f"v{i}", data=1.0)


CHANGES = [
    (soft_link, "weight is a link to somewhere else, which is not followed"),
    (external_link, "weight is a link to somewhere else, which is not followed"),
    (external_storage, "variable weight is stored in another file, which is not read"),
    (virtual, "variable weight is made of other variables or files, which are not read"),
    (group, "more is no variable"),
    (cycle, "more is no variable"),
    (named_type, "more is no variable"),
    (big_endian, "variable weight has a type that abscopal does not write"),
    (fixed_text, "variable arm has a type that abscopal does not write"),
    (compound, "variable weight has a type that abscopal does not write"),
    (odd_float, "variable weight has a type that abscopal does not write"),
    (lzf, "variable weight is compressed otherwise than by shuffle and deflate"),
    (deflated_twice, "variable weight is compressed otherwise than by shuffle and deflate"),
    (other_filter, "variable weight is compressed otherwise than by shuffle and deflate"),
    (claims_patients, "variable patient claims 8000000000000 bytes"),
    (claims_one_piece, "variable patient claims 8000000000000 bytes"),
    (claims_a_chunk, "variable patient claims 4000000000 bytes"),
    (claims_more_than_a_byte_can, "variable weight has a part of 8 bytes that stands for 100000000"),
    (inflates_beyond_its_chunk, "bytes that stands for 65536: the file is damaged"),
    (without_values, "variable weight has a part of 0 bytes that stands for 24"),
    (many_variables, "variables and"),
    (many_attributes, "attributes: the file is damaged"),
]
# What `inspect` shows as it is, since these are variables and attributes like others.
TRIAL_CHANGES = [
    (without_a_variable, "there is no variable growth_days"),
    (other_rank, "variable weight has other dimensions or another type"),
    (other_extent, "variable weight has other dimensions or another type"),
    (more_patients, "has other dimensions or another type"),
    (scalar, "there is no variable patient with one dimension"),
    (text_attribute, "attribute seed is missing or no number"),
    (long_attribute, "attribute seed is missing or no number"),
    (odd_attribute, "attribute relative_tolerance is missing or no number"),
    (variable_text_attribute, "attribute engine is not a text as abscopal writes it"),
    (list_of_texts_attribute, "attribute engine is not a text as abscopal writes it"),
]


def expect_refused_results(path, words, label):
    done = subprocess.run([COMMAND, "verify", "-q", path], capture_output=True, text=True, check=False, timeout=60,
                          preexec_fn=limit)
    if done.returncode != 2 or len(done.stderr.splitlines()) != 1 or words not in done.stderr:
        problems.append(f"{label}: verify ended with {done.returncode}, without '{words}': {done.stderr}")
    done = subprocess.run([COMMAND, "inspect", path], capture_output=True, text=True, check=False, timeout=60,
                          preexec_fn=limit)
    if done.returncode not in (0, 2) or len(done.stderr.splitlines()) != (done.returncode == 2):
        problems.append(f"{label}: inspect ended with {done.returncode}: {done.stderr}")


def text_bomb(path):
    """Twenty thousand references to one text of 200 kB in a file of half a megabyte: 4 GB when all are copied."""
    with h5py.File(path, "r+") as file:
        new = file.create_dataset("notes", (20000,), dtype=TEXT)
        new[0] = "x" * 200_000
        new[1:] = "y"
        file.flush()
        place = new.id.get_offset()
    data = bytearray(path.read_bytes())
    reference = bytes(data[place:place + 16])
    assert struct.unpack("<I", reference[:4])[0] == 200_000
    data[place:place + 16 * 20000] = reference * 20000
    path.write_bytes(data)


with tempfile.TemporaryDirectory() as name:
    good, path = pathlib.Path(name) / "good.h5", pathlib.Path(name) / "from-elsewhere.h5"
    subprocess.run([COMMAND, "run", ROOT / "tests/data/cli-trial.yaml", "-n", "3", "-q", "-o", good], check=True,
                   stdout=subprocess.DEVNULL)
    for change, said in CHANGES + TRIAL_CHANGES:
        shutil.copy(good, path)
        with h5py.File(path, "r+") as open_file:
            change(open_file)
        if (change, said) in CHANGES:
            expect_refused(path, said, change.__name__)
        else:
            expect_refused_results(path, said, change.__name__)
        path.unlink()

    shutil.copy(good, path)
    text_bomb(path)
    done = subprocess.run([COMMAND, "inspect", path], capture_output=True, text=True, check=False, preexec_fn=limit)
    if done.returncode != 2 or "cannot read variable notes: the file is damaged" not in done.stderr:
        problems.append(f"text bomb: {done.returncode}, {done.stderr}")
    path.unlink()

    os.mkfifo(path)
    expect_refused(path, "is a pipe", "pipe")
    path.unlink()
    path.mkdir()
    expect_refused(path, "is a folder", "folder")
    path.rmdir()
    os.symlink("/dev/zero", path)
    expect_refused(path, "is a device", "device")
    path.unlink()
    path.write_bytes(b"")
    expect_refused(path, "not an HDF5 file, or a damaged one", "empty file")

for problem in problems:
    print(problem)
print(f"{len(CHANGES) + len(TRIAL_CHANGES) + 5} files, {len(problems)} problems")
sys.exit(1 if problems else 0)
