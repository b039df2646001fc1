"""Headless Chromium over its debugging pipe: no driver to match, no port, nothing to install."""

import json
import os
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager

#: Without these Chromium looks for updates and retries connections all the time.
QUIET = [
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--disable-dev-shm-usage",
    "--remote-debugging-pipe",
]
#: Chromium reads commands from descriptor 3 and writes answers to 4.
PIPED = 'exec "$0" "$@" 3<&{read} 4>&{write}'
SECONDS = 60.0


def found():
    """Return where Chromium is; None where it is not installed."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for path in map(shutil.which, names) if path), None)


class Page:
    """One page: sends commands and keeps what the browser reported meanwhile."""

    def __init__(self, to, back):
        self.to, self.back, self.number, self.session = to, back, 0, None
        self.events = []

    def send(self, method, **parameters):
        """Send a command and return its result."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        message |= {"sessionId": self.session} if self.session else {}
        self.to.write(json.dumps(message).encode() + b"\0")
        self.to.flush()
        while (answer := self.read()).get("id") != self.number:
            self.events.append(answer)
        assert "error" not in answer, f"{method}: {answer['error']}"
        return answer["result"]

    def read(self):
        """Return the next message."""
        message = bytearray()
        while (byte := self.back.read(1)) != b"\0":
            assert byte, "Chromium is gone"
            message += byte
        return json.loads(message)

    def open(self, address):
        """Open an address and wait until everything in it is loaded."""
        self.events.clear()
        self.send("Page.navigate", url=address)
        end = time.monotonic() + SECONDS
        while self.run("document.readyState") != "complete":
            assert time.monotonic() < end, f"{address} does not load"
        self.run("Promise.all([...document.images].map(image => image.decode())).then(() => 1)")

    def run(self, script):
        """Return the value of an expression in the page; a promise is waited for."""
        asked = {"expression": script, "returnByValue": True, "awaitPromise": True}
        answer = self.send("Runtime.evaluate", **asked)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def press(self, key, code):
        """Press and let go a key."""
        text = {"text": "\r"} if key == "Enter" else {}
        named = {"key": key, "code": key, "windowsVirtualKeyCode": code}
        self.send("Input.dispatchKeyEvent", type="keyDown", **named, **text)
        self.send("Input.dispatchKeyEvent", type="keyUp", **named)

    def size(self, width, height=900):
        """Show the page on a screen of that size in CSS pixels."""
        shown = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.send("Emulation.setDeviceMetricsOverride", **shown)

    def scheme(self, name):
        """Show the page as to a user who prefers "light" or "dark"."""
        wanted = [{"name": "prefers-color-scheme", "value": name}]
        self.send("Emulation.setEmulatedMedia", features=wanted)

    def told(self, *methods):
        """Return the parameters of the events of those names since the page was opened."""
        return [event["params"] for event in self.events if event.get("method") in methods]


@contextmanager
def page():
    """Start Chromium with an empty profile and yield a page of it; end it afterwards."""
    to_read, to_write = os.pipe()
    back_read, back_write = os.pipe()
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    script = PIPED.format(read=to_read, write=back_write)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        words = [*QUIET, *sandbox, f"--user-data-dir={profile}", "about:blank"]
        browser = subprocess.Popen(
            ["bash", "-c", script, found(), *words],
            pass_fds=(to_read, back_write),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_read)
        os.close(back_write)
        try:
            with os.fdopen(to_write, "wb") as to, os.fdopen(back_read, "rb") as back:
                yield _attached(Page(to, back))
                to.write(b'{"id": 0, "method": "Browser.close"}\0')
                to.flush()
                browser.wait(SECONDS)
        finally:
            browser.kill()
            browser.wait()


def _attached(held):
    targets = held.send("Target.getTargets")["targetInfos"]
    target = next(t["targetId"] for t in targets if t["type"] == "page")
    asked = {"targetId": target, "flatten": True}
    held.session = held.send("Target.attachToTarget", **asked)["sessionId"]
    for domain in ("Page", "Runtime", "Network", "Log"):
        held.send(f"{domain}.enable")
    return held
