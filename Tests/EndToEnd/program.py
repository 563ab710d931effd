"""The program as a user has it: the debug binary, serving a small demo workspace on a free port."""

import hashlib
import json
import os
import pathlib
import queue
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("KEHU_BINARY", ROOT / ".build" / "debug" / "kehu"))
START_SECONDS = 120


POSTGRES = os.environ.get("KEHU_TEST_DATABASE")


def environment(data):
    """The environment of a program over a data folder: on PostgreSQL each folder has workspaces of its own."""
    found = {**os.environ}
    if POSTGRES:
        name = hashlib.sha256(str(pathlib.Path(data).resolve()).encode()).hexdigest()[:16]
        found["KEHU_DATABASE"] = f"{POSTGRES}&directory=e_{name}"
    return found


class Failure(Exception):
    """What is wrong, in one line."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Program:
    """Serves from `directory` until it is closed.

    `kehu demo --json` prints one line of JSON once it serves: address, email, password.
    """

    def __init__(self, directory, arguments=("demo", "--size", "small", "--json")):
        if not os.access(BINARY, os.X_OK):
            raise Failure(f"{BINARY} is missing: run «swift build --build-tests»")
        self.directory = pathlib.Path(directory)
        self.log = self.directory / "kehu.log"
        command = [str(BINARY), *arguments, "--data", str(self.directory / "data")]
        command += ["--host", "127.0.0.1", "--port", str(free_port())]
        with open(self.log, "wb") as errors:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, start_new_session=True,
                env=environment(self.directory / "data"),
            )
        self._lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        try:
            login = self._login()
            self.address = login["address"].rstrip("/")
            self.email = login["email"]
            self.password = login["password"]
            self._wait_until_ready()
        except BaseException:
            self.close()
            raise

    def _read(self):
        for line in self.process.stdout:
            self._lines.put(line.decode("utf-8", "replace").strip())
        self._lines.put(None)

    def _login(self):
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                line = self._lines.get(timeout=max(0.1, end - time.monotonic()))
            except queue.Empty:
                raise Failure(f"kehu did not start within {START_SECONDS} s: {self.last_words()}") from None
            if line is None:
                raise Failure(f"kehu ended while starting: {self.last_words()}")
            if line.startswith("{"):
                return json.loads(line)

    def _wait_until_ready(self):
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise Failure(f"kehu ended while starting: {self.last_words()}")
            try:
                with urllib.request.urlopen(self.address + "/readyz", timeout=5):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        raise Failure(f"{self.address}/readyz did not answer: {self.last_words()}")

    def last_words(self):
        """The last line the program wrote to stderr."""
        lines = self.log.read_text("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"

    def close(self):
        """Asks the program to end, and makes sure that it does."""
        for number, seconds in ((signal.SIGTERM, 10), (signal.SIGKILL, 10)):
            if self.process.poll() is None:
                os.killpg(self.process.pid, number)
                try:
                    self.process.wait(seconds)
                except subprocess.TimeoutExpired:
                    continue


def run(*arguments, directory, stdin=b""):
    """Runs a command of the program to its end; the answer is a CompletedProcess with text."""
    return subprocess.run(
        [str(BINARY), *arguments, "--data", str(pathlib.Path(directory) / "data")],
        input=stdin, capture_output=True, timeout=600, env=environment(pathlib.Path(directory) / "data"),
    )
