"""The figures of a report, drawn by node from hand-written data: what is drawn is what the data say, to the digit, and
stands where the axes say."""

import hashlib
import math
import pathlib
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

import json
import report_pages
from report_pages import DATA, FOLDER, load, name_of, written

WIDTHS = (1100, 330)  # plots of a page at 1280 and 360 pixels
RESPONSE_COLOURS = {"complete": "#0072B2", "partial": "#56B4E9", "stable": "#999999", "neither": "#E69F00",
                    "progressive": "#D55E00", "not evaluable": "#CC79A7"}
problems = []
checked = 0


def expect(name, found, wanted):
    """The same rows in the same order; numbers exactly."""
    global checked
    checked += max(1, len(wanted))
    if found != wanted:
        problems.append(f"{name}: drawn {found[:4]} ... ({len(found)}), in the data {wanted[:4]} ... ({len(wanted)})")


def node(*arguments):
    """Standard output of node."""
    return subprocess.run(["node", *map(str, arguments)], stdout=subprocess.PIPE, check=True).stdout


class Drawn:
    """The marks of all figures of a report at one width."""

    def __init__(self, name, figures):
        self.name, self.figures = name, {figure["id"]: figure["groups"] for figure in figures}

    def items(self, figure, mark):
        """Items of a mark, in order, of all groups of the figure that have it."""
        mark = mark.replace("-", "_") + "_marks"
        return [item for group in self.figures[figure] for item in group["marks"].get(mark, [])]

    def rows(self, figure, mark, *fields):
        """Fields of the data behind a mark."""
        return [tuple(item["datum"].get(field) for field in fields) for item in self.items(figure, mark)]

    def expect(self, figure, mark, fields, wanted):
        """The rows behind a mark are those wanted."""
        expect(f"{self.name}: {figure}, {mark}", self.rows(figure, mark, *fields), [tuple(row) for row in wanted])

    def expect_colours(self, figure, mark, field, colours):
        """Each item has the colour of its value."""
        for item in self.items(figure, mark):
            colour = item.get("fill") or item.get("stroke")
            expect(f"{self.name}: {figure}, {mark}, colour", [colour], [colours[item["datum"][field]]])


PLACES = {"bottom": ("bottom", "x"), "bottom2": ("bottom", "x2"), "left": ("left", "y"), "left2": ("left", "y2")}


def check_places(drawn, figure, mark, **fields):
    """Items of a mark stand where the axes of their group say: fields are names of data by orientation of the axis,
    bottom or left, or bottom2 and left2 for the other end of an item. The ticks are drawn at whole pixels, so within
    one pixel of the line through the first and the last of them; among themselves the items are on one straight line
    to rounding."""
    mark = mark.replace("-", "_") + "_marks"
    for group in drawn.figures[figure]:
        items = group["marks"].get(mark, [])
        for where, field in fields.items():
            orient, place = PLACES[where]
            axis = next((axis for axis in group["axes"] if axis["orient"] == orient), None)
            if axis is None or len(axis["ticks"]) < 2 or not items:
                continue
            size = "width" if orient == "bottom" else "height" # of a tick, which has its place in the middle
            points = [(item["datum"][field], item[place] + (item[size] / 2 if mark.endswith("censored_marks") else 0))
                      for item in items]
            check_line(f"{drawn.name}: {figure}, {mark}, {field}", points, axis["ticks"])


def check_line(name, points, ticks):
    """Pixels of values by the ticks of an axis, and in proportion."""
    global checked
    checked += len(points)
    (low, start), (high, end) = ticks[0], ticks[-1]
    for value, pixel in points:
        expected = start + (value - low) / (high - low) * (end - start)
        if not abs(pixel - expected) <= 1.01 * max(1, abs(value - low) / abs(high - low)):
            problems.append(f"{name}: {value} is at pixel {pixel}, by the axis at {expected}")
    (low, start), (high, end) = min(points), max(points)
    for value, pixel in points:
        if high > low and not math.isclose(pixel, start + (value - low) / (high - low) * (end - start), abs_tol=1e-6):
            problems.append(f"{name}: {value} is not to scale")


def check_cells(drawn, figure, mark, axes):
    """The middle of each cell is at the ticks of its values: axes are names of data by orientation."""
    global checked
    mark = mark.replace("-", "_") + "_marks"
    for group in drawn.figures[figure]:
        for axis in group["axes"]:
            numbers = [pixel for value, pixel in sorted(axis["ticks"]) if isinstance(value, (int, float))]
            if numbers != sorted(numbers, reverse=axis["orient"] == "left"):
                problems.append(f"{drawn.name}: {figure}: numbers do not run to the right or up: {axis['ticks']}")
        for item in group["marks"].get(mark, []):
            for axis in group["axes"]:
                horizontal = axis["orient"] == "bottom"
                middle = item["x"] + item["width"] / 2 if horizontal else item["y"] + item["height"] / 2
                at = dict((value, pixel) for value, pixel in axis["ticks"]).get(item["datum"][axes[axis["orient"]]])
                checked += 1
                if at is None or abs(at - middle) > 1:
                    problems.append(f"{drawn.name}: {figure}: cell {item['datum']} at {middle}, its tick at {at}")


def columns(*lists):
    """Rows of parallel lists."""
    return list(zip(*lists))


def check_survival(drawn, figure, mark, curves, extra=()):
    """Steps as in the data, drawn on to the last patient followed; bands where there is an interval; censored."""
    steps, bands, censored = [], [], []
    for curve in curves:
        rows = columns(curve["days"], curve["survival"], curve["lower"], curve["upper"])
        end = max(curve["censored_days"], default=0)
        rows += [(end, *rows[-1][1:])] if end > rows[-1][0] else []
        steps += [(curve["arm"], day, survival) for day, survival, _, _ in rows]
        bands += [(curve["arm"], day, low, high) for day, _, low, high in rows if low is not None and high is not None]
        censored += [(curve["arm"], *row) for row in columns(curve["censored_days"], curve["censored_survival"])]
    drawn.expect(figure, f"{mark}-steps", ("arm", "day", "survival"), steps)
    drawn.expect(figure, f"{mark}-band", ("arm", "day", "lower", "upper"), bands)
    drawn.expect(figure, f"{mark}-censored", ("arm", "day", "survival"), censored)
    check_places(drawn, figure, f"{mark}-steps", bottom="day", left="survival")
    check_places(drawn, figure, f"{mark}-band", bottom="day", left="lower", left2="upper")
    check_places(drawn, figure, f"{mark}-censored", bottom="day", left="survival")


def check_timeline(drawn, run, suffix):
    """Every dose and fraction, and the visits."""
    days = [(design["arm"], row["label"], row["kind"], day) for design in run["design"] for row in design["rows"]
            for day in row["days"]] + [("", "imaging", "visit", day) for day in run["visit_days"]]
    drawn.expect("timeline" + suffix, "days", ("arm", "label", "kind", "day"),
                 [day for day in days if day[3] <= run["until_days"]])
    check_places(drawn, "timeline" + suffix, "days", bottom="day")
    start = "timeline-start" + suffix
    if start in drawn.figures:
        first = max(axis["ticks"][-1][0] for group in drawn.figures[start] for axis in group["axes"])
        drawn.expect(start, "days", ("arm", "label", "kind", "day"), [day for day in days if day[3] <= first])


def check_endpoints(drawn, run, suffix):
    """Predicted and observed values, with the intervals, by endpoint."""
    for key in dict.fromkeys(row["key"] for row in run["endpoints"]):
        rows = [row for row in run["endpoints"] if row["key"] == key]
        figure = ("endpoints-times" if rows[0]["unit"] == "d" else "endpoints-shares") + suffix
        points = [(row["arm"], point["value"], point["lower"], point["upper"])
                  for row in rows for point in (row, *row["observed"])]
        fields = ("label", "value", "lower", "upper")
        drawn.expect(figure, f"{key}-values", fields, [point for point in points if point[1] is not None])
        drawn.expect(figure, f"{key}-intervals", fields,
                     [point for point in points if point[2] is not None or point[3] is not None])
        drawn.expect(figure, f"{key}-open", fields,
                     [point for point in points if point[2] is not None and point[3] is None])
        check_places(drawn, figure, f"{key}-values", bottom="value")
        check_places(drawn, figure, f"{key}-intervals", bottom="from", bottom2="to")
        for interval in drawn.items(figure, f"{key}-intervals"):
            for end, bound in (("from", "lower"), ("to", "upper")):
                row = interval["datum"]
                if row[bound] is not None and row[bound] != row[end]:
                    problems.append(f"{drawn.name}: {figure}: the interval {row} is cut off")


def check_waterfall(drawn, run, suffix):
    """Every patient shown, in order, with the colour of the best response; up to where growth is cut off."""
    for i, item in enumerate(run["waterfall"]):
        rows = [row for row in columns(item["patients"], item["change"], item["best"]) if row[1] is not None]
        drawn.expect("waterfall" + suffix, f"waterfall-{i}", ("patient", "change", "best"), rows)
        drawn.expect_colours("waterfall" + suffix, f"waterfall-{i}", "best", RESPONSE_COLOURS)
        for bar in drawn.items("waterfall" + suffix, f"waterfall-{i}"):
            axis = next(axis for axis in drawn.figures["waterfall" + suffix][i]["axes"] if axis["orient"] == "left")
            (low, start), (high, end) = axis["ticks"][0], axis["ticks"][-1]
            height = abs(bar["datum"]["change"]) * (start - end) / (high - low)
            if abs(bar["height"] - height) > 2 * max(1, abs(bar["datum"]["change"])):
                problems.append(f"{drawn.name}: bar {bar['datum']} is {bar['height']} high, by the axis {height}")


def check_patients(drawn, run, suffix):
    """Spider and swimmer, line by line."""
    for i, item in enumerate(run["spider"]):
        wanted = [(patient, day, change, best)
                  for patient, changes, best in columns(item["patients"], item["change"], item["best"])
                  for day, change in zip(run["visit_days"], changes) if change is not None]
        found = sorted(drawn.rows("spider" + suffix, f"spider-{i}", "patient", "day", "change", "best"))
        expect(f"{drawn.name}: spider {i}", found, sorted(wanted))
        check_places(drawn, "spider" + suffix, f"spider-{i}", bottom="day", left="change")
        drawn.expect_colours("spider" + suffix, f"spider-{i}", "best", RESPONSE_COLOURS)
    for i, item in enumerate(run["swimmer"]):
        drawn.expect("swimmer" + suffix, f"swimmer-{i}", ("patient", "day", "best"),
                     columns(item["patients"], item["end_days"], item["best"]))
        events = []
        for k, patient in enumerate(item["patients"]):
            end, response = item["end_days"][k], item["response_end_days"][k]
            last = item["doses_end_days"][k] if item["doses_end_days"] else None
            events += [(patient, "response begins", item["response_days"][k]),
                       (patient, "response ends", response if response is not None and response < end else None),
                       (patient, "last dose", last if last is not None and last <= end else None),
                       (patient, "progression" if item["progressed"][k] else "still followed", end)]
        drawn.expect("swimmer" + suffix, f"swimmer-{i}-events", ("patient", "event", "day"),
                     [event for event in events if event[2] is not None])
        check_places(drawn, "swimmer" + suffix, f"swimmer-{i}-events", bottom="day")


def check_courses(drawn, run, suffix):
    """Medians and both bands of each quantity."""
    for quantity in (run["courses"] or {"quantities": []})["quantities"]:
        figure = "course-" + quantity["key"].replace("_", "-") + suffix
        for i, arm in enumerate(quantity["arms"]):
            days = run["courses"]["days"]
            drawn.expect(figure, f"course-{i}", ("day", "median"), columns(days, arm["median"]))
            for low, high in (("q05", "q95"), ("q25", "q75")):
                rows = [row for row in columns(days, arm[low], arm[high]) if row[1] is not None]
                drawn.expect(figure, f"course-{i}-{low}-{high}", ("day", low, high), rows)
                check_places(drawn, figure, f"course-{i}-{low}-{high}", bottom="day", left=low, left2=high)
            check_places(drawn, figure, f"course-{i}", bottom="day", left="median")


def check_run(drawn, run, suffix=""):
    """All figures of one run."""
    check_timeline(drawn, run, suffix)
    if suffix == "": # a comparison shows both runs' endpoints in figures of its own
        check_endpoints(drawn, run, suffix)
    check_waterfall(drawn, run, suffix)
    check_patients(drawn, run, suffix)
    check_courses(drawn, run, suffix)
    check_survival(drawn, "km" + suffix, "km", run["km"]["curves"])
    risk = [(arm["arm"], what, day, arm[field][i]) for arm in run["km"]["risk"]["arms"]
            for what, field in (("at risk", "at_risk"), ("censored", "censored"), ("events", "events"))
            for i, day in enumerate(run["km"]["risk"]["days"])]
    drawn.expect("km" + suffix, "risk", ("arm", "what", "day", "number"), risk)
    for i, item in enumerate(run["separation"]):
        wanted = [(row["name"], row["auc"], row["lower"], row["upper"]) for row in item["parameters"]
                  if row["auc"] is not None]
        drawn.expect("separation" + suffix, f"separation-{i}-values", ("label", "value", "lower", "upper"), wanted)
        check_places(drawn, "separation" + suffix, f"separation-{i}-values", bottom="value")


def check_trial(drawn, data):
    """One run."""
    check_run(drawn, data["runs"][0])


def check_compare(drawn, data):
    """Both runs, and what sets them beside each other."""
    for run in data["runs"]:
        check_run(drawn, run, "-" + run["label"].lower())
    for key in dict.fromkeys(row["key"] for row in data["compare"]["endpoints"]):
        rows = [row for row in data["compare"]["endpoints"] if row["key"] == key]
        both = [(row["arm"], row[run]["value"], row[run]["lower"], row[run]["upper"]) for row in rows for run in "ab"]
        fields = ("label", "value", "lower", "upper")
        drawn.expect("compare-endpoints", f"compared-{key}-values", fields, [row for row in both if row[1] is not None])
        differences = [(row["arm"], *(row["difference"][name] for name in ("value", "lower", "upper"))) for row in rows]
        drawn.expect("compare-differences", f"compared-{key}-values", fields,
                     [row for row in differences if row[1] is not None])
    for i, arm in enumerate(data["runs"][0]["arms"]):
        curves = [curve for run in data["runs"] for curve in run["km"]["curves"] if curve["arm"] == arm]
        check_survival(drawn, "compare-km", f"compared-km-{i}", curves)


def grid_points(axes):
    """Values of the axes at each point, the last axis fastest."""
    points = [()]
    for axis in axes:
        points = [(*point, value) for point in points for value in axis["values"]]
    return points


def longest_axes(sweep):
    """The axes across and up: of numbers before names, of more values before fewer."""
    axes = sweep["axes"]
    return sorted(range(len(axes)), key=lambda i: (axes[i]["type"] == "name", -len(axes[i]["values"]), i))[:2]


def check_sweep(drawn, data):
    """Every cell, point and interval of every endpoint; each in exactly one panel."""
    sweep = data["sweep"]
    axes = [f"a{i}" for i in range(len(sweep["axes"]))]
    points = [tuple(point) for point in sweep["points"] or grid_points(sweep["axes"])]
    for endpoint in sweep["endpoints"]:
        rows = [(*point, value, *more) for point, value, *more in zip(
            points, *(endpoint[name] for name in ("value", "lower", "upper", "difference", "difference_lower",
                                                  "difference_upper")))]
        known = [row for row in rows if row[len(axes)] is not None]
        check_sweep_endpoint(drawn, sweep, endpoint["key"].replace("_", "-"), axes, known, len(rows) - len(known))
        for subgroup in (sweep["subgroups"] or {"endpoints": []})["endpoints"]:
            for group, values in enumerate(subgroup["value"] if subgroup["key"] == endpoint["key"] else ()):
                wanted = columns(values, subgroup["lower"][group], subgroup["upper"][group])
                drawn.expect("subgroups-" + endpoint["key"].replace("_", "-"), f"subgroup-{group}-values",
                             ("value", "lower", "upper"), [row for row in wanted if row[0] is not None])


def between(axes, values, place):
    """Value at a place between the points of a grid of two axes, linear along both; None beside a missing one."""
    cells = []
    for axis, at in zip(axes, place):
        ordered = sorted(axis["values"])
        below = max(i for i in range(len(ordered) - 1) if ordered[i] <= at or i == 0)
        part = (at - ordered[below]) / (ordered[below + 1] - ordered[below])
        cells.append([(ordered[below], 1 - part), (ordered[below + 1], part)])
    corners = [(values.get((x, y)), a * b) for x, a in cells[0] for y, b in cells[1]]
    return None if any(value is None for value, _ in corners) else sum(value * weight for value, weight in corners)


def check_contours(drawn, sweep, figure, known):
    """Along each line the value between the points is that of the line. Vega joins the cells of a raster: a corner of
    the plane between points may be cut by half a cell, which is less than two per cent of the range."""
    global checked
    values = {row[:2]: row[2] for row in known}
    span = max(values.values()) - min(values.values())
    axes = sweep["axes"]
    group = drawn.figures[figure][0]
    ends = {}
    for place, orient, axis in (("x", "bottom", axes[0]), ("y", "left", axes[1])):
        points = [(item["datum"][f"a{axes.index(axis)}"], item[place])
                  for item in group["marks"]["contour_0_points_marks"]]
        ends[place] = (min(points), max(points))
    compared = 0
    for item in group["marks"]["contour_0_marks"]:
        contour = item["datum"]["contour"]
        for corner in (corner for polygon in contour["coordinates"] for ring in polygon for corner in ring):
            place = [low + (pixel - start) / (end - start) * (high - low)
                     for pixel, ((low, start), (high, end)) in zip(corner, (ends["x"], ends["y"]))]
            steps = [(max(axis["values"]) - min(axis["values"])) / 80 for axis in axes]
            inside = all(min(axis["values"]) + step < at < max(axis["values"]) - step
                         for axis, at, step in zip(axes, place, steps))
            near = [between(axes, values, (place[0] + i * steps[0], place[1] + j * steps[1])) for i in (-1, 0, 1)
                    for j in (-1, 0, 1)] if inside else [None]
            if None in near:
                continue
            compared += 1
            if abs(near[4] - contour["value"]) > 0.02 * span:
                problems.append(f"{drawn.name}: {figure}: the line of {contour['value']} passes a value of {near[4]}")
    if compared < 100:
        problems.append(f"{drawn.name}: {figure}: only {compared} places on contours")
    checked += compared


def check_sweep_endpoint(drawn, sweep, key, axes, known, missing):
    """The figures that there are of one endpoint."""
    value = (*axes, "value", "lower", "upper", "difference", "difference_lower", "difference_upper")
    at = sweep["reference"]["at"]
    reference = [] if at is None else [tuple(at[axis["name"]] for axis in sweep["axes"])]

    def every(figure, stem, fields, suffix=""):
        panels = len(drawn.figures[figure])
        return sorted(row for i in range(panels) for row in drawn.rows(figure, f"{stem}-{i}{suffix}", *fields))

    wanted = sorted(known)
    for kind, stem, suffix in (("heat", "heat", ""), ("difference", "heat", ""), ("contour", "contour", "-points"),
                               ("lines", "lines", ""), ("lines", "lines", "-intervals"), ("lines", "lines", "-points"),
                               ("difference-lines", "lines", ""), ("difference-lines", "lines", "-intervals")):
        figure = f"{kind}-{key}"
        if figure in drawn.figures and len([axis for axis in sweep["axes"] if axis["type"] == "number"]) > 0:
            expect(f"{drawn.name}: {figure}{suffix}", every(figure, stem, value, suffix), wanted)
            if kind in ("heat", "difference"):
                across, up = longest_axes(sweep)
                for i in range(len(drawn.figures[figure])):
                    check_cells(drawn, figure, f"{stem}-{i}", {"bottom": f"a{across}", "left": f"a{up}"})
                left_out = every(figure, stem, axes, "-none")
                expect(f"{drawn.name}: {figure}, left out", [len(left_out)], [missing])
                expect(f"{drawn.name}: {figure}, reference", every(figure, stem, axes, "-reference"), reference)
            if kind == "contour":
                check_contours(drawn, sweep, figure, known)
            for i in range(len(drawn.figures[figure])) if kind == "lines" and suffix == "" else ():
                check_places(drawn, figure, f"{stem}-{i}", left="value")
                check_places(drawn, figure, f"{stem}-{i}-intervals", left="lower", left2="upper")
    if sweep["design"] == "sobol":
        for i, axis in enumerate(sweep["axes"]):
            drawn.expect(f"scatter-{key}", f"scatter-{i}", value, known)
            check_places(drawn, f"scatter-{key}", f"scatter-{i}-intervals", left="lower", left2="upper")
            check_places(drawn, f"scatter-{key}", f"scatter-{i}", left="value",
                         **({"bottom": f"a{i}"} if axis["type"] == "number" else {}))
        drawn.expect(f"plane-{key}", "plane", value, known)
        check_places(drawn, f"plane-{key}", "plane", bottom="a0", left="a1")
    elif all(axis["type"] == "name" for axis in sweep["axes"]):
        drawn.expect(f"lines-{key}", "names-values", ("value", "lower", "upper"),
                     [row[len(axes):len(axes) + 3] for row in known])
        drawn.expect(f"difference-lines-{key}", "names-values", ("value", "lower", "upper"),
                     [row[len(axes) + 3:] for row in known])


def check_patient(drawn, data):
    """Each lesion, the sum, the responses and the courses."""
    patient = data["runs"][0]["patient"]
    for i, arm in enumerate(patient["arms"]):
        rows = [(f"lesion {lesion + 1}", day, diameter) for day, visit in zip(arm["visit_days"], arm["diameters"])
                for lesion, diameter in enumerate(visit)]
        rows += [("sum", *row) for row in columns(arm["visit_days"], arm["sum"])]
        found = drawn.rows("patient-diameters", f"diameters-{i}", "lesion", "day", "diameter")
        expect(f"{drawn.name}: diameters {i}", sorted(found), sorted(row for row in rows if row[2] is not None))
        check_places(drawn, "patient-diameters", f"diameters-{i}", bottom="day", left="diameter")
        drawn.expect("patient-diameters", f"diameters-{i}-responses", ("day", "response"),
                     [row for row in columns(arm["visit_days"], arm["responses"]) if row[1] is not None])
        drawn.expect_colours("patient-diameters", f"diameters-{i}-responses", "response", RESPONSE_COLOURS)
    for key in {quantity["key"] for arm in patient["arms"] for quantity in arm["courses"]["quantities"]}:
        rows = [(arm["arm"], day, value) for arm in patient["arms"] for quantity in arm["courses"]["quantities"]
                if quantity["key"] == key for day, value in zip(arm["courses"]["days"], quantity["values"])]
        drawn.expect("patient-" + key.replace("_", "-"), "course", ("arm", "day", "value"), rows)


def check_drawings(path, folder):
    """Every figure as SVG: well-formed, titled, with no number missing, and the same when drawn again, whether the data
    stand in the script, in a file or on standard input."""
    with_data = folder / "with-data.js"
    with_data.write_bytes(written("figures", path.read_bytes()))
    without = folder / "without.js"
    without.write_bytes(written("script"))
    first = sorted(pathlib.Path(line) for line in node(with_data, folder / "first").decode().split("\n") if line)
    node(without, folder / "second", path)
    subprocess.run(["node", without, folder / "third"], stdin=path.open(), stdout=subprocess.DEVNULL, check=True)
    for file in first:
        text = file.read_text()
        for other in ("second", "third"):
            if (folder / other / file.name).read_text() != text:
                problems.append(f"{name_of(path)}: {file.name} differs when drawn from a file or standard input")
        for bad in ("NaN", "undefined", "Infinity", "[object"):
            if bad in text:
                problems.append(f"{name_of(path)}: {bad} in {file.name}")
        root = xml.etree.ElementTree.fromstring(text)
        title = root.find("{http://www.w3.org/2000/svg}title")
        if title is None or load(path)["research_use"] not in title.text:
            problems.append(f"{name_of(path)}: {file.name} does not say that it is for research")
    return {file.stem for file in first}


def check_sources():
    """Our scripts parse, the libraries are those whose checksums are recorded, and nothing ends a script early."""
    for path in sorted(FOLDER.glob("*.js")) + [report_pages.SOURCE / "tests" / "report_marks.js"]:
        node("--check", path)
    for line in (FOLDER / "vendor" / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split()
        if hashlib.sha256((FOLDER / "vendor" / name).read_bytes()).hexdigest() != digest:
            problems.append(f"vendor/{name} is not the file of the recorded checksum")
    for path in FOLDER.rglob("*.js"):
        for bad in ("</script", "<!--"):
            if bad in path.read_text().lower():
                problems.append(f"{path.name}: {bad} within a script of the page")


def main():
    """Checks every file of data."""
    if shutil.which("node") is None:
        print("skipped: node is not installed")
        sys.exit(77)
    check_sources()
    kinds = {"trial": check_trial, "compare": check_compare, "sweep": check_sweep, "patient": check_patient}
    end = (FOLDER / "figures_node.js").read_text()
    count = 0
    with tempfile.TemporaryDirectory() as name:
        script = written("script").decode()
        if not script.endswith(end):
            sys.exit("the script of figures does not end with figures_node.js")
        marks = pathlib.Path(name) / "marks.js"
        marks.write_text(script.removesuffix(end) + (report_pages.SOURCE / "tests" / "report_marks.js").read_text())
        for path in DATA:
            folder = pathlib.Path(name) / name_of(path)
            folder.mkdir()
            files = check_drawings(path, folder)
            count += len(files)
            for width in WIDTHS:
                drawn = Drawn(f"{name_of(path)} at {width}", json.loads(node(marks, path, width)))
                expect(f"{drawn.name}: figures", sorted(drawn.figures), sorted(files))
                kinds[load(path)["kind"]](drawn, load(path))
    for problem in problems:
        print(problem)
    print(f"{count} figures of {len(DATA)} reports, {checked} items compared, {len(problems)} problems")
    sys.exit(1 if problems else 0)


main()
