"""A headless Chromium that opens one page, by its remote debugging protocol."""

import base64
import json
import pathlib
import shutil
import subprocess
import tempfile
import time
import urllib.request

import websocket

SECONDS = 120  # a page that takes longer is broken, not slow


def find():
    """Path of the browser, None without one."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Browser:
    """Use in a with statement. `problems` collects what the console and the network said."""

    def __init__(self):
        self.profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        folder = pathlib.Path(self.profile.name)
        self.process = subprocess.Popen(
            [find(), "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--force-color-profile=srgb",
             "--disable-background-networking", "--disable-dev-shm-usage", "--no-first-run",
             "--remote-debugging-port=0", f"--user-data-dir={folder}", "--remote-allow-origins=*", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.messages, self.number, self.requests, self.problems = [], 0, [], []
        self.socket = websocket.create_connection(self.page_address(folder), timeout=SECONDS)
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def page_address(self, folder):
        """Address of the blank page, by the port that the browser writes into its profile."""
        port_file = folder / "DevToolsActivePort"
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            if port_file.exists() and port_file.read_text().count("\n") >= 1:
                port = port_file.read_text().splitlines()[0]
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list") as answer:
                    pages = [page for page in json.load(answer) if page["type"] == "page"]
                if pages:
                    return pages[0]["webSocketDebuggerUrl"]
            time.sleep(0.05)
        raise RuntimeError("the browser does not answer")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()
        self.process.terminate()
        self.process.wait(30)
        self.profile.cleanup()

    def receive(self):
        """The next message; what the console and the network report is kept."""
        message = json.loads(self.socket.recv())
        method, parameters = message.get("method"), message.get("params", {})
        if method == "Network.requestWillBeSent":
            self.requests.append(parameters["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            self.problems.append(f"exception: {parameters['exceptionDetails']}")
        elif method == "Runtime.consoleAPICalled":
            texts = [str(item.get("value", item.get("description"))) for item in parameters["args"]]
            self.problems.append(f"console {parameters['type']}: {' '.join(texts)}")
        elif method == "Log.entryAdded":
            self.problems.append(f"log: {parameters['entry']['text']}")
        return message

    def call(self, method, **parameters):
        """Result of a command of the protocol."""
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": parameters}))
        while True:
            message = self.receive()
            if message.get("id") == self.number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']['message']}")
                return message["result"]

    def evaluate(self, expression):
        """Value of an expression of JavaScript in the page, promises awaited; the page's policy holds for it too."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True,
                           allowUnsafeEvalBlockedByCSP=False)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def open(self, path, width, height=900):
        """Opens a file in a window so wide and waits until the report has drawn itself."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                  mobile=width < 600)
        self.requests.clear()
        self.problems.clear()
        self.call("Page.navigate", url=pathlib.Path(path).resolve().as_uri())
        self.wait("document.documentElement?.dataset.drawn === 'yes'")

    def wait(self, condition):
        """Waits until a condition of the page holds."""
        end = time.monotonic() + SECONDS
        while not self.evaluate(condition):
            if time.monotonic() > end:
                raise RuntimeError(f"still not so: {condition}; {self.problems}")
            time.sleep(0.05)

    def screenshot(self, path, clip=None):
        """The whole page, or a part of it ({x, y, width, height}), as PNG."""
        if clip is None:
            size = self.call("Page.getLayoutMetrics")["cssContentSize"]
            clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"]}
        answer = self.call("Page.captureScreenshot", captureBeyondViewport=True, clip={**clip, "scale": 1})
        pathlib.Path(path).write_bytes(base64.b64decode(answer["data"]))

    def pdf(self):
        """The page as it is printed, as bytes of PDF."""
        return base64.b64decode(self.call("Page.printToPDF", printBackground=True, preferCSSPageSize=True)["data"])
