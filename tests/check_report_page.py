"""The page of a report in headless Chromium, at the width of a desk and of a telephone: everything is drawn, nothing is
asked of the network, nothing is wider than the window, and it can be printed."""

import importlib.util
import pathlib
import sys
import tempfile

import re
from report_pages import DATA, load, name_of, part_of_page, written

WIDTHS = (1280, 360)
problems = []

if importlib.util.find_spec("websocket") is None:
    print("skipped: python3-websocket is not installed")
    sys.exit(77)
import browser  # pylint: disable=wrong-import-position

if browser.find() is None:
    print("skipped: chromium is not installed")
    sys.exit(77)

# What a reader would complain of. Text that does not fit its figure is cut off at the figure's edge.
STATE = """(() => {
    const figures = [...document.querySelectorAll(".drawing")];
    const within = (svg) => {
        const edge = svg.getBoundingClientRect();
        return [...svg.querySelectorAll("text")].filter((text) => {
            const box = text.getBoundingClientRect();
            return box.width > 0 && (box.left < edge.left - 1 || box.right > edge.right + 1 ||
                                     box.top < edge.top - 1 || box.bottom > edge.bottom + 1);
        }).map((text) => text.textContent);
    };
    return {
        width: document.documentElement.scrollWidth,
        figures: figures.length, drawn: figures.filter((box) => box.querySelector("svg path, svg text")).length,
        failed: document.querySelectorAll(".failed").length,
        unnamed: figures.filter((box) => !box.getAttribute("aria-label")).length,
        cut: figures.flatMap((box) => [...box.querySelectorAll("svg")].flatMap(within)),
        shrunk: figures.filter((box) => {
            const svg = box.querySelector("svg");
            return svg && svg.getBoundingClientRect().width < 0.95 * Number(svg.getAttribute("width"));
        }).map((box) => box.id),
        levels: [...document.querySelectorAll("h1, h2, h3")].map((heading) => Number(heading.tagName[1])),
        text: document.body.innerText, title: document.title,
        widest: [...document.querySelectorAll("body *")].filter(
            (node) => node.getBoundingClientRect().right > WIDTH + 1 && !node.closest(".table-box, pre, svg"))
            .map((node) => `${node.tagName} ${node.className}`).slice(0, 5),
        boxes: [...document.querySelectorAll(".table-box, pre")].filter((box) => box.tabIndex !== 0).length -
            document.querySelectorAll("footer pre").length,
    };
})()"""


def complain(where, text):
    """Notes a problem."""
    problems.append(f"{where}: {text}")


def check_state(window, where, data, width):
    """What STATE finds in a window so wide. A telephone shows a page that is too wide smaller, with a wider window."""
    state = window.evaluate(STATE.replace("WIDTH", str(width)))
    if state["figures"] == 0 or state["drawn"] != state["figures"] or state["failed"] > 0:
        complain(where, f"{state['drawn']} of {state['figures']} figures drawn, {state['failed']} failed")
    if state["width"] > width or state["widest"]:
        complain(where, f"the page is {state['width']} wide in a window of {width}: {state['widest']}")
    if state["unnamed"] > 0:
        complain(where, f"{state['unnamed']} figures without a description")
    if state["cut"]:
        complain(where, f"text is cut off: {state['cut']}")
    if state["shrunk"]:
        complain(where, f"drawn wider than there is room, and so too small to read: {state['shrunk']}")
    if state["boxes"] > 0:
        complain(where, f"{state['boxes']} boxes that scroll cannot be reached by keyboard")
    levels = state["levels"]
    if levels.count(1) != 1 or any(b > a + 1 for a, b in zip(levels, levels[1:])):
        complain(where, f"levels of headings: {levels}")
    if data["research_use"] not in state["text"]:
        complain(where, "does not say that it is for research")
    if data["title"] not in state["title"]:
        complain(where, f"the title is {state['title']}")
    for bad in ("NaN", "undefined", "[object", "null"):
        if re.search(rf"(?<![\\w]){re.escape(bad)}(?![\\w])", state["text"]):
            complain(where, f"{bad} in the text: {state['text'][max(0, state['text'].find(bad) - 60):][:120]}")


def check_page(window, path, folder):
    """One page at both widths, resized, and printed."""
    data = load(path)
    page = folder / (name_of(path) + ".html")
    page.write_bytes(written("page", path.read_bytes()))
    if written("page", path.read_bytes()) != page.read_bytes():
        complain(name_of(path), "the page differs when it is made again")
    policy = part_of_page(page.read_text(), r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')
    if "default-src 'none'" not in policy or "unsafe-eval" in policy or "http" in policy:
        complain(name_of(path), f"the policy is {policy}")
    for width in WIDTHS:
        where = f"{name_of(path)} at {width}"
        window.open(page, width)
        check_state(window, where, data, width)
        check_quiet(window, where, page)
    pages = window.pdf()
    if not pages.startswith(b"%PDF") or pages.count(b"/Type /Page\n") + pages.count(b"/Type /Page ") < 1:
        complain(name_of(path), "does not print")
    resize(window, 700)
    check_state(window, f"{name_of(path)}, resized", data, 700)
    return window.evaluate("document.querySelectorAll('.drawing').length")


def resize(window, width):
    """Another width of the window, and figures drawn anew."""
    window.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
    window.wait("[...document.querySelectorAll('.drawing svg')].every((svg) => "
                "svg.parentElement.getBoundingClientRect().width > 0) && drawings.every((drawing) => "
                "Math.abs(drawing.width - drawing.box.getBoundingClientRect().width) <= 13)")


def check_quiet(window, where, page):
    """No request but the page itself, nothing on the console, no policy broken."""
    others = [url for url in window.requests if url != page.resolve().as_uri() and not url.startswith("data:")]
    if others:
        complain(where, f"asked the network for {others}")
    if window.problems:
        complain(where, f"the browser says {window.problems}")


def check_policy_holds(window, folder):
    """The policy does forbid the network and eval, so that silence above means something."""
    page = folder / "trial.html"
    window.open(page, WIDTHS[0])
    if window.evaluate("fetch('http://127.0.0.1:9/').then(() => 'fetched', () => 'refused')") != "refused":
        complain("policy", "a request was let through")
    if not any("Content Security Policy" in problem for problem in window.problems):
        complain("policy", f"refused for another reason: {window.problems}")
    run = "(() => { try { return new Function('return 2')(); } catch { return 'refused'; } })()"
    if window.evaluate(run) != "refused":
        complain("policy", "code from text was run")


def check_hover(window, folder):
    """A line of the spider tells whose it is."""
    window.open(folder / "trial.html", WIDTHS[0])
    window.evaluate("document.getElementById('figure-spider').scrollIntoView({block: 'center'})")
    place = window.evaluate("""(() => {
        const points = document.querySelectorAll("#figure-spider .mark-symbol.role-mark path");
        const box = points[1].getBoundingClientRect();
        return {x: box.x + box.width / 2, y: box.y + box.height / 2};
    })()""")
    for _ in range(2):
        window.call("Input.dispatchMouseEvent", type="mouseMoved", x=place["x"], y=place["y"])
    window.wait("document.querySelector('#vg-tooltip-element')?.classList.contains('visible')")
    text = window.evaluate("document.querySelector('#vg-tooltip-element').innerText")
    if not re.search(r"patient\W*1\b", text):
        complain("hover", f"the tooltip says {text!r}")


with tempfile.TemporaryDirectory() as name, browser.Browser() as window:
    folder = pathlib.Path(name)
    count = sum(check_page(window, path, folder) for path in DATA)
    check_policy_holds(window, folder)
    check_hover(window, folder)
for problem in problems:
    print(problem)
print(f"{len(DATA)} pages with {count} figures at {len(WIDTHS)} widths, {len(problems)} problems")
sys.exit(1 if problems else 0)
