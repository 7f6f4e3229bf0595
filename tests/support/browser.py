"""A headless Chromium that shows a page, driven over a pipe: what it asks for, logs and draws."""

import base64
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
WAIT = 60  # for a page to be ready [s]


class Page:
    """A page in a browser; `requests` and `complaints` list what it asked for and what its console says."""

    def __init__(self, pipe_in: int, pipe_out: int) -> None:
        self._out, self._in, self._last = pipe_out, os.fdopen(pipe_in, "rb", closefd=False), 0
        self.requests: list[str] = []
        self.complaints: list[str] = []
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a method of the page's session."""
        return self._call(method, self._session, **parameters)

    def _call(self, method: str, session: str = "", **parameters: Any) -> dict[str, Any]:
        self._last += 1
        message = {"id": self._last, "method": method, "params": parameters}
        text = json.dumps(message | ({"sessionId": session} if session else {}))
        os.write(self._out, text.encode() + b"\0")
        while (answer := self._read()).get("id") != self._last:
            pass
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']['message']}")
        found: dict[str, Any] = answer["result"]
        return found

    def _read(self) -> dict[str, Any]:
        """Read the next message; note what the page asks for and complains of."""
        content = bytearray()
        while (part := self._in.read(1)) != b"\0":
            if not part:
                raise RuntimeError("the browser has ended")
            content += part
        message: dict[str, Any] = json.loads(content)
        parameters = message.get("params", {})
        match message.get("method"):
            case "Network.requestWillBeSent":
                if not (address := parameters["request"]["url"]).startswith("data:"):
                    self.requests.append(address)
            case "Runtime.exceptionThrown":
                self.complaints.append(str(parameters["exceptionDetails"]))
            case "Runtime.consoleAPICalled":
                self.complaints.append(str(parameters["args"]))
            case "Log.entryAdded":
                self.complaints.append(parameters["entry"]["text"])
        return message

    def size(self, width: int, height: int) -> None:
        """Set the size of the window [CSS pixels]; narrow ones are those of a telephone."""
        is_mobile = width < 600
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=is_mobile,
        )  # fmt: skip

    def open(self, path: Path) -> None:
        """Open a file, wait until its map is drawn."""
        self.requests.clear()
        self.complaints.clear()
        self.call("Page.navigate", url=path.as_uri())
        self.until("document.readyState === 'complete' && document.getElementById('canvas')?.dataset.drawn")

    def run(self, script: str) -> Any:
        """Value of a JavaScript expression; a promise is awaited."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(str(answer["exceptionDetails"]))
        return answer["result"].get("value")

    def until(self, condition: str) -> None:
        """Wait until an expression is true."""
        awaited = (
            f"new Promise((done, failed) => {{ const end = Date.now() + {WAIT * 1000};"
            f"const look = () => ({condition}) ? done(true) : Date.now() < end ? setTimeout(look, 20) :"
            "failed(new Error('waited in vain')); look(); })"
        )
        self.run(awaited)

    def mouse(self, kind: str, x: float, y: float, buttons: int = 0) -> None:
        """Send mouseMoved, mousePressed or mouseReleased at a point of the window."""
        button = {} if kind == "mouseMoved" else {"button": "left", "clickCount": 1}
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, buttons=buttons, **button)

    def click(self, x: float, y: float) -> None:
        """Press and release the left button."""
        self.mouse("mousePressed", x, y, 1)
        self.mouse("mouseReleased", x, y)

    def picture(self, path: Path, *, whole: bool = False) -> None:
        """Write a PNG of the window, or of the whole page."""
        shown = self.call("Page.captureScreenshot", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(shown["data"]))


@contextmanager
def browser() -> Iterator[Page]:
    """Start a browser with an empty page; it ends with the block."""
    to_browser, from_browser = os.pipe(), os.pipe()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [
            str(CHROMIUM), "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--no-first-run", "--disable-background-networking", "--disable-component-update",
            "--disable-sync", "--hide-scrollbars", "--remote-debugging-pipe", f"--user-data-dir={profile}",
        ]  # fmt: skip
        # the browser reads its pipe from descriptor 3 and writes to descriptor 4
        shell = f'exec "$@" 3<&{to_browser[0]} 4>&{from_browser[1]}'
        process = subprocess.Popen(
            ["bash", "-c", shell, "bash", *command],
            pass_fds=(to_browser[0], from_browser[1]),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_browser[0])
        os.close(from_browser[1])
        try:
            yield Page(from_browser[0], to_browser[1])
        finally:
            process.terminate()
            process.wait(20)
            os.close(to_browser[1])
            os.close(from_browser[0])
