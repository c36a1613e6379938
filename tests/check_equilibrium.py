"""Eigenvalues by the program against those of LAPACK (NumPy), of a Jacobian by complex steps. Exit 77 without NumPy.

The Jacobian's eigenvalues lie between 1e11 and 1e-3 1/d, and LAPACK's rounding is 1e-16 of the largest: too much for the
small ones, on which stability depends. Those are found as s + 1/m from the eigenvalues m of the inverse of J - s, where
they are the largest."""
import json
import os
import pathlib
import subprocess
import sys

try:
    import numpy as np
except ImportError:
    print("skipped: NumPy is not installed (python3-numpy)")
    sys.exit(77)

DRIVER = pathlib.Path(os.environ.get("ABSCOPAL_BUILD_DIR", "build")) / "tests/print_equilibria"
SMALL = 1e3  # 1/d
SHIFT = 2.3 + 0.7j
RELATIVE, ROUNDING = 1e-8, 1e-9
SQUARE_ROUNDING = 1e-14  # of the square of an eigenvalue: 1e-16, and what a condition number makes of it


def nearest(values, value):
    return min(abs(value - other) for other in values)


problems = 0
cases = json.loads(subprocess.run([DRIVER], check=True, capture_output=True, text=True).stdout)
for case in cases:
    found = np.array(case["real"]) + 1j * np.array(case["imaginary"])
    matrix = np.array(case["jacobian"]).reshape(case["size"], case["size"])
    direct = np.linalg.eigvals(matrix)
    inverted = SHIFT + 1 / np.linalg.eigvals(np.linalg.inv(matrix - SHIFT * np.eye(case["size"])))
    worst = 0.0
    for small, ours, theirs in ((True, found[abs(found) < SMALL], inverted[abs(inverted) < SMALL]),
                                (False, found[abs(found) >= SMALL], direct[abs(direct) >= SMALL])):
        if len(ours) != len(theirs):
            problems += 1
            print(f"{case['name']}: {len(ours)} {'small' if small else 'large'} eigenvalues, LAPACK has {len(theirs)}")
        for one, others in [(value, theirs) for value in ours] + [(value, ours) for value in theirs]:
            allowed = RELATIVE * abs(one) + ROUNDING + SQUARE_ROUNDING * abs(one) ** 2
            worst = max(worst, nearest(others, one) / allowed)
            if nearest(others, one) > allowed:
                problems += 1
                print(f"{case['name']}: {one} is {nearest(others, one):.1e} from the nearest of the other's")
    if any(one < other for one, other in zip(case["real"], case["real"][1:])):
        problems += 1
        print(f"{case['name']}: eigenvalues are not in order")
    print(f"{case['name']}: {case['size']} eigenvalues, from {min(case['real']):.3g} to {max(case['real']):.3g} 1/d, "
          f"differences up to {worst:.2g} of what is allowed")
print(f"{len(cases)} cases, {problems} problems")
sys.exit(1 if problems or len(cases) < 4 else 0)
