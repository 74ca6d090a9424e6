"""A real browser that pages are opened in: clicks and keys as a person's, its console, requests, pictures."""

from __future__ import annotations

import base64
import itertools
import json
import os
import select
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any, Final, Self

import pytest

if TYPE_CHECKING:
    from pathlib import Path

BROWSER: Final = next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None)

_PATIENCE_S: Final = 60.0
_START: Final = """
import fcntl, os, sys
held = [fcntl.fcntl(int(one), fcntl.F_DUPFD, 10) for one in sys.argv[1:3]]
for at, one in zip((3, 4), held):
    os.dup2(one, at)
os.execv(sys.argv[3], sys.argv[3:])
"""
_DRAWN: Final = "document.body && document.body.dataset.ready === '1'"
_MODIFIERS: Final = {"Enter": ("\r", 13), "Escape": ("", 27), "Tab": ("", 9)}
_ARROWS: Final = {"ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40}


def in_a_browser(test: Any) -> Any:
    """Mark a test that takes the fixture ``chromium``: all such tests share one browser, in one worker."""
    skipped = pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")
    return pytest.mark.xdist_group("chromium")(skipped(test))


class Browser:
    """Chromium without a window, spoken to through two pipes in the protocol of its developer tools."""

    def __init__(self, folder: Path) -> None:
        assert BROWSER is not None
        theirs, self._out = os.pipe()
        self._in, answers = os.pipe()
        command = [
            BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--remote-debugging-pipe",
            f"--user-data-dir={folder}",
        ]  # fmt: skip
        # The browser reads commands from descriptor 3 and answers on 4.
        start = [sys.executable, "-c", _START, str(theirs), str(answers)]
        self._process = subprocess.Popen(
            [*start, *command], pass_fds=(theirs, answers), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(theirs)
        os.close(answers)
        self._numbers = itertools.count(1)
        self._buffer = b""
        self._session: str | None = None
        self.complaints: list[str] = []
        self.requests: list[str] = []

    def __enter__(self) -> Self:
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")
        return self

    def __exit__(self, *error: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._out)
        os.close(self._in)

    def forget(self) -> None:
        """Begin anew with what was complained of and asked for."""
        self.complaints.clear()
        self.requests.clear()

    def ask(self, method: str, **parameters: Any) -> Any:
        """Call a method of the protocol and return what it returns."""
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        end = time.monotonic() + _PATIENCE_S
        while True:
            answer = self._next(end)
            if answer.get("id") == number:
                assert "error" not in answer, answer["error"]
                return answer["result"]
            self._note(answer)

    def open(
        self, address: str, *, width: int = 1400, height: int = 900, dark: bool = False, ready: str = _DRAWN
    ) -> None:
        """Load a page in a window of this size and wait until ``ready``: until it says that it is drawn."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.ask("Emulation.setEmulatedMedia", features=scheme)
        self.ask("Page.navigate", url="about:blank")
        self.ask("Page.navigate", url=address)
        self.until(f"location.href !== 'about:blank' && {ready}")

    def run(self, expression: str) -> Any:
        """Return what a piece of script gives."""
        found = self.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def until(self, expression: str) -> None:
        """Wait until a piece of script gives something true."""
        end = time.monotonic() + _PATIENCE_S
        while not self.run(f"Boolean({expression})"):
            assert time.monotonic() < end, f"never came: {expression}"

    def settled(self) -> None:
        """Wait until what was asked for is drawn."""
        self.run("new Promise(done => setTimeout(() => requestAnimationFrame(done), 0))")

    def move(self, x: float, y: float) -> None:
        """Move the pointer."""
        self.ask("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def click(self, x: float, y: float) -> None:
        """Click."""
        self.move(x, y)
        for kind in ("mousePressed", "mouseReleased"):
            self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)
        self.settled()

    def press(self, key: str) -> None:
        """Press one key."""
        text, code = _MODIFIERS.get(key, (key if len(key) == 1 else "", _ARROWS.get(key, ord(key[0].upper()))))
        named = {"key": key, "windowsVirtualKeyCode": code}
        self.ask("Input.dispatchKeyEvent", type="keyDown", **named, **({"text": text} if text else {}))
        self.ask("Input.dispatchKeyEvent", type="keyUp", **named)
        self.settled()

    def write(self, text: str) -> None:
        """Type a text."""
        self.ask("Input.insertText", text=text)
        self.settled()

    def choose(self, selector: str, value: str) -> None:
        """Choose an option of a list by the beginning of its text."""
        script = """((selector, text) => {
          const box = document.querySelector(selector);
          const one = [...box.options].find(o => o.text.replaceAll('\\u00a0', ' ').startsWith(text));
          if (!one) return false;
          box.value = one.value;
          box.dispatchEvent(new Event('change', {bubbles: true}));
          return true;
        })"""
        found = self.run(f"{script}({json.dumps(selector)}, {json.dumps(value)})")
        assert found, f"{selector} has no option {value}"
        self.settled()

    def text(self, selector: str) -> str:
        """Return the text of the first element that fits."""
        return str(self.run(f"document.querySelector({json.dumps(selector)}).innerText")).replace("\u00a0", " ")

    def picture(self) -> bytes:
        """Return the window as PNG."""
        return base64.b64decode(self.ask("Page.captureScreenshot", format="png")["data"])

    def _next(self, end: float) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._in], [], [], max(0.0, end - time.monotonic()))
            assert ready, "the browser does not answer"
            more = os.read(self._in, 1 << 16)
            assert more, "the browser ended"
            self._buffer += more
        message, _, self._buffer = self._buffer.partition(b"\0")
        found: dict[str, Any] = json.loads(message)
        return found

    def _note(self, event: dict[str, Any]) -> None:
        method, told = event.get("method", ""), event.get("params", {})
        if method == "Network.requestWillBeSent":
            self.requests.append(told["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            details = told["exceptionDetails"]
            self.complaints.append(details.get("exception", {}).get("description") or details["text"])
        elif method == "Log.entryAdded" and told["entry"]["level"] in {"warning", "error"}:
            self.complaints.append(told["entry"]["text"])
        elif method == "Runtime.consoleAPICalled":
            self.complaints.append(str([one.get("value") for one in told["args"]]))
