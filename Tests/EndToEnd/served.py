"""A workspace of its own that a test may kill, fill up, damage and restore."""

import concurrent.futures
import json
import os
import pathlib
import signal
import subprocess
import threading
import time

import requests

from program import BINARY, START_SECONDS, Failure, environment, free_port

EMAIL = "owner@end-to-end.example"
PASSWORD = "清晨 the heron waits"

ENVIRONMENT = {**os.environ, "LC_ALL": "C.UTF-8"}


class Served:
    """The workspace `acme` in `directory`/data, with an API key of its administrator."""

    def __init__(self, directory, data=None, database=None):
        self.database = database
        self.directory = pathlib.Path(directory)
        self.data = pathlib.Path(data or self.directory / "data")
        self.process = None
        self.local = threading.local()
        made = self.run("workspace", "new", "acme", "--owner", EMAIL, "--password-stdin", stdin=PASSWORD + "\n")
        assert made.returncode == 0, made.stderr
        self.key = json.loads(self.run("key", "new", "--user", EMAIL, "--name", "test", "--json").stdout)["token"]

    @property
    def file(self):
        return self.data / "acme.db"

    def keeps(self, content):
        """Whether the database holds this content, a text or bytes, anywhere in what it keeps of the workspace."""
        content = content.encode() if isinstance(content, str) else content
        address = self.settings().get("KEHU_DATABASE")
        if not address:
            return any(content in path.read_bytes() for path in self.data.glob("acme.db*"))
        place, _, options = address.partition("?")
        options = dict(each.split("=", 1) for each in options.split("&"))
        directory = options.pop("directory", "kehu_directory")
        place += "?" + "&".join(f"{name}={value}" for name, value in options.items())

        def ask(program, *arguments):
            return subprocess.run([program, "-d", place, *arguments], capture_output=True, check=True, timeout=60).stdout

        schema = ask("psql", "-Atc", f"SELECT schema FROM {directory}.workspace WHERE name = 'acme'").decode().strip()
        # Bytes are written in hexadecimal digits.
        dump = ask("pg_dump", "--data-only", "-n", f'"{schema}"')
        return content in dump or content.hex().encode() in dump

    # Commands

    def settings(self, data=None):
        """The environment of the program: the run's PostgreSQL if there is one, or the one of this workspace."""
        found = {**environment(data or self.data), "LC_ALL": "C.UTF-8"}
        if self.database is not None:
            found["KEHU_DATABASE"] = self.database
        return found

    def command(self, *arguments, data=None):
        return [str(BINARY), *map(str, arguments), "--data", str(data or self.data)]

    def run(self, *arguments, stdin="", data=None, timeout=120, **options):
        """Runs a command to its end."""
        return subprocess.run(
            self.command(*arguments, data=data), input=stdin, capture_output=True, text=True, timeout=timeout,
            env=self.settings(data), **options,
        )

    def json(self, *arguments, data=None):
        """What a command prints as JSON; it must go well."""
        done = self.run(*arguments, "--json", data=data)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    # Server

    def start(self, *arguments, **options):
        """Serves; `refusal` holds the words on stderr when it does not start."""
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.log = open(self.directory / "serve.log", "ab")
        self.mark = self.log.tell()
        self.process = subprocess.Popen(
            self.command("serve", "--port", self.port, "--rate-limit", 0, *arguments), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=self.log, start_new_session=True, env=self.settings(), **options,
        )
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise Failure(self.words())
            try:
                if requests.get(self.address + "/readyz", timeout=5).ok:
                    return self
            except requests.RequestException:
                time.sleep(0.05)
        raise Failure("it did not start in time: " + self.words())

    def words(self):
        """What the server wrote to stderr since its last start."""
        with open(self.directory / "serve.log", "rb") as log:
            log.seek(self.mark)
            return log.read().decode("utf-8", "replace")

    def kill(self):
        """As a power cut does it."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(20)

    def stop(self, seconds=30):
        """Asks it to end; the answer is its exit status."""
        os.killpg(self.process.pid, signal.SIGTERM)
        return self.process.wait(seconds)

    def refusal(self, **options):
        """Why it does not start."""
        try:
            self.start(**options)
        except Failure as failure:
            return str(failure)
        self.kill()
        return "it started"

    def refusal_or_start(self):
        """True when it started; a refusal must be one line of words."""
        try:
            self.start()
        except Failure as failure:
            assert len(str(failure).strip().splitlines()) == 1 and "kehu:" in str(failure), str(failure)
            return False
        return True

    # HTTP

    def request(self, method, path, **options):
        if not hasattr(self.local, "session"):
            self.local.session = requests.Session()
            self.local.session.trust_env = False
            self.local.session.headers["Authorization"] = "Bearer " + self.key
            self.local.session.headers["Accept-Language"] = "en"
        options.setdefault("timeout", 60)
        return self.local.session.request(method, self.address + path, **options)

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def post(self, path, **options):
        return self.request("POST", path, **options)

    def patch(self, path, **options):
        return self.request("PATCH", path, **options)

    def pages(self, plural="customers"):
        """The names of all records, page by page."""
        names, cursor = [], None
        while True:
            answer = self.get(
                f"/api/v1/{plural}", params={"fields": "name", "limit": 200, **({"cursor": cursor} if cursor else {})}
            )
            assert answer.ok, answer.text
            names += [record["name"] for record in answer.json()["data"]]
            cursor = answer.json()["next"]
            if not cursor:
                return names

    def names(self, plural="customers"):
        """The names of all records, by an export."""
        answer = self.get(f"/api/v1/{plural}/export", params={"format": "jsonl", "fields": "name"})
        assert answer.ok, answer.text
        return [json.loads(line)["name"] for line in answer.content.decode().splitlines()]

    def close(self):
        self.kill()


class Writers:
    """Threads that make customers of unique names for as long as the server answers, and keep what was acknowledged."""

    def __init__(self, served, count=4, prefix="w"):
        self.served, self.count, self.prefix = served, count, prefix
        self.asked, self.acknowledged, self.statuses = set(), {}, {}
        self.stopped = threading.Event()
        self.lock = threading.Lock()
        self.number = 0
        self.pool = concurrent.futures.ThreadPoolExecutor(count)
        self.running = [self.pool.submit(self._write) for _ in range(count)]

    def _write(self):
        while not self.stopped.is_set():
            with self.lock:
                self.number += 1
                name = f"{self.prefix}-{self.number}"
                self.asked.add(name)
            try:
                answer = self.served.post("/api/v1/customers", json={"name": name, "description": "客户 𠮷 " * 20})
            except requests.RequestException:
                return
            with self.lock:
                self.statuses[answer.status_code] = self.statuses.get(answer.status_code, 0) + 1
                if answer.status_code == 201:
                    self.acknowledged[name] = answer.json()["id"]
                else:
                    self.last = answer

    def finish(self):
        self.stopped.set()
        concurrent.futures.wait(self.running, 90)
        self.pool.shutdown(wait=False)
        return self


def merge_and_back(served, first, second):
    """Merges two customers and takes it back, again and again until the server is gone."""
    try:
        while True:
            merged = served.post(f"/api/v1/customers/{first}/merge", json={"others": [second]})
            assert merged.status_code in (200, 409), merged.text
            back = served.post(f"/api/v1/customers/{first}/unmerge", json={})
            assert back.status_code in (200, 409), back.text
    except requests.RequestException:
        return
