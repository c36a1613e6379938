"""What the comparisons of this folder share: building, the list of solvers, running one, the reference, the machine."""
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys

SOURCE = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
BENCH = os.path.join(SOURCE, "bench")
REFERENCE_TOLERANCE = 1e-11
CLOCKS = {"wall": "ms_per_patient", "processor": "processor_ms_per_patient"}


class Solver:
    """One row of the comparison: `command` gets the build folder and the options and returns what to run."""

    def __init__(self, name, label, settings, command, usual=True, missing=None, environment=None):
        self.name, self.label, self.settings, self.command = name, label, settings, command
        self.usual = usual  # among those run when none are named
        self.missing = missing or (lambda options: None)  # why it cannot be run here, or None
        self.environment = environment or (lambda options: {})

    @property
    def ours(self):
        return self.name.startswith("abscopal")


def program(options, name):
    return os.path.join(options.build, "bench", name)


def engine(name, label, settings, method, *more):
    return Solver(name, label, settings, lambda options: [program(options, "engines"), method, *more])


def cvode(name, label, settings, method, own_sundials):
    def missing(options):
        return None if not own_sundials or options.sundials else "no --sundials FOLDER given (bench/build_sundials.sh)"

    def environment(options):
        return {"LD_LIBRARY_PATH": os.path.join(options.sundials, "lib")} if own_sundials else {}

    return Solver(name, label, settings, lambda options: [program(options, "peer_cvode"), method], missing=missing,
                  environment=environment)


def scipy(method, label, settings, usual=True):
    def missing(options):
        if not os.path.exists(program(options, "part_a.so")):
            return "no headers of Python and NumPy when bench was built"
        return None if succeeds("/usr/bin/python3", "-c", "import scipy") else "SciPy is not installed"

    return Solver(f"scipy-{method}", label, settings,
                  lambda options: ["/usr/bin/python3", os.path.join(BENCH, "peer_scipy.py"),
                                   os.path.join(options.build, "bench"), method], usual, missing)


def with_r(name, package, script, method, label, settings, usual=True):
    def missing(options):
        if shutil.which("Rscript") is None:
            return "R is not installed"
        return None if succeeds("Rscript", "-e", f"library({package})") else f"R's {package} is not installed"

    return Solver(name, label, settings,
                  lambda options: ["Rscript", os.path.join(BENCH, script), os.path.join(options.build, "bench"),
                                   method],
                  usual, missing)


def qsp_codegen_missing(options):
    return ("not installed" if shutil.which("qsp-codegen") is None else
            "it needs QSP-IO exported as SBML by MATLAB; run its simulator with --external (bench/README.md)")


# So many at once that the last ones, who do not fill the vector, hardly count.
PATIENTS = "512"

SOLVERS = [
    engine("abscopal-batch", "abscopal, batch engine", "many patients in vector lanes",
           "batch", "--patients", PATIENTS),
    engine("abscopal-batch-varied", "abscopal, batch engine, patients differ",
           "four parameters vary by up to 1.35 times", "batch", "--patients", PATIENTS, "--spread", "0.3"),
    engine("abscopal-cvode", "abscopal, cvode engine", "CVODE as the library sets it up", "cvode"),
    cvode("cvode-klu-O3", "CVODE + KLU, SUNDIALS -O3", "exact sparse Jacobian", "klu", True),
    cvode("cvode-klu", "CVODE + KLU, Debian's SUNDIALS", "exact sparse Jacobian", "klu", False),
    cvode("cvode-dense-O3", "CVODE dense, SUNDIALS -O3", "Jacobian by differences", "dense", True),
    cvode("cvode-dense", "CVODE dense, Debian's SUNDIALS", "Jacobian by differences", "dense", False),
    with_r("desolve-lsodes", "deSolve", "peer_desolve.R", "lsodes", "R deSolve lsodes",
           "compiled; sparse, by differences"),
    with_r("desolve-lsodes-exact", "deSolve", "peer_desolve.R", "lsodes-exact", "R deSolve lsodes, exact Jacobian",
           "compiled; exact sparse Jacobian", usual=False),
    with_r("desolve-lsoda", "deSolve", "peer_desolve.R", "lsoda", "R deSolve lsoda", "compiled; dense, by differences"),
    with_r("desolve-lsoda-exact", "deSolve", "peer_desolve.R", "lsoda-exact", "R deSolve lsoda, exact Jacobian",
           "compiled; exact dense Jacobian", usual=False),
    with_r("mrgsolve", "mrgsolve", "peer_mrgsolve.R", "lsoda", "mrgsolve", "lsoda, default build"),
    Solver("qsp-codegen", "qsp-codegen", "CVODE + KLU from SBML", None, missing=qsp_codegen_missing),
    scipy("odeint-exact", "SciPy odeint, exact Jacobian", "compiled; LSODA, exact dense Jacobian"),
    scipy("odeint", "SciPy odeint", "compiled; LSODA, dense, by differences"),
    scipy("LSODA-exact", "SciPy solve_ivp LSODA, exact Jacobian", "compiled; exact dense Jacobian"),
    scipy("LSODA", "SciPy solve_ivp LSODA", "compiled; dense, by differences", usual=False),
    scipy("BDF-exact", "SciPy solve_ivp BDF, exact Jacobian", "compiled; exact dense Jacobian"),
    scipy("BDF", "SciPy solve_ivp BDF", "compiled; dense, by differences", usual=False),
    scipy("BDF-pattern", "SciPy solve_ivp BDF, jac_sparsity", "compiled; sparse, by differences", usual=False),
    scipy("BDF-sparse", "SciPy solve_ivp BDF, sparse Jacobian", "compiled; exact sparse Jacobian", usual=False),
    scipy("Radau-exact", "SciPy solve_ivp Radau, exact Jacobian", "compiled; exact dense Jacobian"),
    scipy("Radau", "SciPy solve_ivp Radau", "compiled; dense, by differences", usual=False),
    scipy("Radau-sparse", "SciPy solve_ivp Radau, sparse Jacobian", "compiled; exact sparse Jacobian", usual=False),
]


def succeeds(*command):
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0


def add_options(parser, repeats):
    parser.add_argument("--build", default=os.path.join(SOURCE, "build", "bench"), metavar="FOLDER",
                        help="where to build, or where it was built (default build/bench)")
    parser.add_argument("--no-build", action="store_true", help="take the programs in the build folder as they are")
    parser.add_argument("--repeats", type=int, default=repeats, help=f"rounds (default {repeats})")
    parser.add_argument("--seconds", type=float, default=0.5, help="each measurement lasts this long (default 0.5)")
    parser.add_argument("--clock", choices=CLOCKS, default="wall",
                        help="processor: count the processor's time alone, on a machine that others use (default wall)")
    parser.add_argument("--limit", type=float, default=30,
                        help="a measurement that takes more seconds than this has failed (default 30)")
    parser.add_argument("--cpu", type=int, default=None, help="processor to run on (default the last one)")
    parser.add_argument("--json", metavar="FILE", help="write everything as JSON, too")


def add_solver_options(parser):
    parser.add_argument("--solvers", default="usual", metavar="NAMES",
                        help="comma-separated names, or usual or all (default usual)")
    parser.add_argument("--list", action="store_true", help="list the solvers and end")
    parser.add_argument("--sundials", metavar="FOLDER", help="an optimised SUNDIALS (bench/build_sundials.sh)")
    parser.add_argument("--external", action="append", default=[], metavar="NAME=COMMAND",
                        help="one more solver: a program that prints the same JSON and knows --tolerance and --seconds")


def list_solvers():
    for solver in SOLVERS:
        print(f"{solver.name:24}{'' if solver.usual else '(not usual) '}{solver.label}; {solver.settings}")


def build(options):
    """Configures and builds abscopal with ABSCOPAL_BENCH, and the model file of mrgsolve where that can be used."""
    options.build = os.path.abspath(options.build)
    if options.no_build:
        return
    run(["cmake", "-S", SOURCE, "-B", options.build, "-DABSCOPAL_BENCH=ON", "-DCMAKE_BUILD_TYPE=Release"])
    run(["cmake", "--build", options.build, "--parallel", str(os.cpu_count())])


def write_mrgsolve_model(options):
    with open(program(options, "part_a.cpp"), "w", encoding="utf-8") as file:
        subprocess.run(["/usr/bin/python3", os.path.join(BENCH, "mrgsolve_model.py"),
                        os.path.join(options.build, "bench")], stdout=file, check=True)


def run(command):
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    if finished.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{finished.stdout[-3000:]}{finished.stderr[-3000:]}")
    return finished.stdout


def choose_solvers(options):
    """The solvers asked for that can be run here; says which cannot."""
    known = {solver.name: solver for solver in SOLVERS}
    if options.solvers in ("usual", "all"):
        chosen = [solver for solver in SOLVERS if solver.usual or options.solvers == "all"]
    else:
        names = options.solvers.split(",")
        unknown = [name for name in names if name not in known]
        if unknown:
            sys.exit(f"no such solver: {', '.join(unknown)}; --list names them")
        chosen = [known[name] for name in names]
    present = []
    for solver in chosen:
        reason = solver.missing(options)
        if reason is None:
            present.append(solver)
        else:
            print(f"skipped: {solver.label}: {reason}", file=sys.stderr)
    for external in options.external:
        name, _, command = external.partition("=")
        present.append(Solver(name, name, "external", lambda options, command=command: command.split()))
    if any(solver.name == "mrgsolve" for solver in present):
        write_mrgsolve_model(options)
    return present


def pin(options):
    """A function that puts a child process on one processor."""
    processor = options.cpu if options.cpu is not None else max(os.sched_getaffinity(0))
    return lambda: os.sched_setaffinity(0, {processor})


def measure(solver, options, tolerance, *more):
    """One measurement by one solver, on one processor: its JSON, or None with the reason printed."""
    environment = dict(os.environ, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", **solver.environment(options))
    command = solver.command(options) + ["--tolerance", repr(tolerance), "--seconds", repr(options.seconds), *more]
    try:
        finished = subprocess.run(command, capture_output=True, text=True, env=environment, preexec_fn=pin(options),
                                  timeout=options.limit, check=False)
    except subprocess.TimeoutExpired:
        print(f"failed: {solver.label} at {tolerance:g}: not done after {options.limit:g} s", file=sys.stderr)
        return None
    if finished.returncode != 0:
        print(f"failed: {solver.label} at {tolerance:g}: {' '.join(finished.stderr.split())[-300:]}", file=sys.stderr)
        return None
    return json.loads(finished.stdout)


def largest_error(volumes, reference):
    """Largest relative difference of two courses of tumour volume."""
    return max(abs(volume - exact) / exact for volume, exact in zip(volumes, reference, strict=True))


def reference(options):
    """The reference course by CVODE at a relative tolerance of 1e-11, absolute tolerances lowered with it, and how far
    an implicit Runge-Kutta method at 1e-11 is from it (None without SciPy)."""
    known = {solver.name: solver for solver in SOLVERS}
    brief = type("Options", (), dict(vars(options), seconds=0.0, limit=max(60.0, options.limit)))
    absolute = ("--absolute", repr(REFERENCE_TOLERANCE / 1e-6))
    course = measure(known["cvode-klu"], brief, REFERENCE_TOLERANCE, *absolute)
    if course is None:
        sys.exit("no reference")
    other = None
    if known["scipy-Radau-exact"].missing(options) is None:
        other = measure(known["scipy-Radau-exact"], brief, REFERENCE_TOLERANCE, *absolute)
    distance = largest_error(other["volume_l"], course["volume_l"]) if other else None
    return course["volume_l"], distance


def summary(measurements, exact, clock):
    """Median and range of repeated measurements by one of the CLOCKS."""
    times = [one[CLOCKS[clock]] for one in measurements]
    first = measurements[0]
    return {"ms_per_patient": statistics.median(times), "ms_lowest": min(times), "ms_highest": max(times),
            "repeats": len(measurements),
            "measurements": [{key: one[key] for key in CLOCKS.values()} for one in measurements],
            "error": max(largest_error(one["volume_l"], exact) for one in measurements),
            "steps": first["steps"], "right_hand_sides": first["right_hand_sides"], "jacobians": first["jacobians"],
            "detail": first["detail"]}


def machine():
    """What the figures depend on."""
    description = {"processor": platform.processor() or platform.machine(), "processors": os.cpu_count(),
                   "system": platform.system(), "load_before": os.getloadavg()[0],
                   "compiler": subprocess.run(["cc", "--version"], capture_output=True, text=True,
                                              check=False).stdout.split("\n", 1)[0]}
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            for line in file:
                if line.startswith("model name"):
                    description["processor"] = line.split(":", 1)[1].strip()
                if line.startswith("flags"):
                    vectors = [name for name in ("avx512f", "avx2", "fma") if name in line.split()]
                    description["vectors"] = " ".join(vectors)
                    break
    except OSError:
        pass
    return description


def print_machine(description):
    print(f"{description['processor']}, {description['processors']} processors ({description.get('vectors', '')}), "
          f"{description['system']}, {description['compiler']}")
    if description["load_before"] > 0.3:
        print(f"the machine was not idle: load {description['load_before']:.1f}", file=sys.stderr)


def warn_if_busy(rows, clock):
    """Says so when solvers had to share the processor while they were timed by the wall clock."""
    shared = {row["label"]: None for row in rows for one in row["measurements"]
              if one["processor_ms_per_patient"] < 0.95 * one["ms_per_patient"]}
    if shared and clock == "wall":
        print(f"less than 95 % of the processor while timing: {', '.join(shared)}; take the times again, or use "
              "--clock processor", file=sys.stderr)


def write_json(path, results):
    if path:
        with open(path, "w", encoding="utf-8") as file:
            json.dump(results, file, indent=1)
            file.write("\n")


# Colours that stay apart for colour-blind readers (Okabe and Ito); what belongs together has one, and differs in
# marker.
FAMILIES = (("abscopal", "#D55E00"), ("cvode", "#0072B2"), ("desolve", "#009E73"), ("mrgsolve", "#CC79A7"),
            ("scipy", "#555555"))
MARKERS = "osD^vP"


def styles(names):
    """(colour, marker) of each name: one colour for a family, another marker for each of its members."""
    seen = {}
    for name in names:
        colour = next((colour for family, colour in FAMILIES if name.startswith(family)), "#E69F00")
        seen.setdefault(colour, []).append(name)
        yield colour, MARKERS[(len(seen[colour]) - 1) % len(MARKERS)]


def pyplot():
    """Matplotlib without a screen, with plain axes."""
    try:
        import matplotlib
    except ImportError:
        sys.exit("pictures need python3-matplotlib; --no-picture does without")
    matplotlib.use("Agg")
    matplotlib.rcParams.update({"font.size": 10, "axes.spines.top": False, "axes.spines.right": False,
                                "axes.grid": True, "grid.color": "#dddddd", "grid.linewidth": 0.6,
                                "axes.axisbelow": True, "lines.linewidth": 1.6, "lines.markersize": 6,
                                "legend.frameon": False, "svg.hashsalt": "abscopal", "savefig.dpi": 150})
    import matplotlib.pyplot
    return matplotlib.pyplot


def save_picture(figure, base):
    """As SVG and PNG."""
    for suffix in (".svg", ".png"):
        figure.savefig(base + suffix, bbox_inches="tight", metadata={"Date": None} if suffix == ".svg" else None)
        print(f"wrote {base}{suffix}", file=sys.stderr)
