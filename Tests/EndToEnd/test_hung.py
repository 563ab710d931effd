"""A PostgreSQL that hangs: it is there and says nothing, as when its machine is frozen or its disk stalls."""

import os
import pathlib
import signal
import threading
import time

from served import Served
from test_many_servers import until


def processes(server):
    """The postmaster and its children."""
    first = int((server.data / "postmaster.pid").read_text().split("\n", 1)[0])
    found = [first]
    for path in pathlib.Path("/proc").iterdir():
        if path.name.isdigit():
            try:
                parent = (path / "stat").read_text().rsplit(")", 1)[1].split()[1]
            except (OSError, IndexError):
                continue
            if int(parent) == first:
                found.append(int(path.name))
    return found


def test_who_waits_for_a_database_that_hangs_is_told_and_what_is_on_its_way_goes_on_when_it_does(server, tmp_path):
    served = Served(tmp_path, database=server.address + "&pool=4&wait=5")
    stopped = []
    try:
        served.start()
        assert served.post("/api/v1/customers", json={"name": "vorher"}).status_code == 201
        process = served.process.pid
        # The postmaster first, so that it makes no further ones.
        for pid in processes(server):
            os.kill(pid, signal.SIGSTOP)
            stopped.append(pid)
        ended = []

        def ask(number):
            began = time.monotonic()
            if number:
                answer = served.get("/api/v1/customers", timeout=300)
            else:
                answer = served.post("/api/v1/customers", json={"name": f"hängt-{number}"}, timeout=300)
            ended.append((answer.status_code, answer.json().get("code"), answer.headers.get("Retry-After"), time.monotonic() - began))

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(16)]
        for thread in threads:
            thread.start()
        # At most four are on their way at a connection; all others who read are told.
        until(lambda: len(ended) >= 12, 120)
        assert {status for status, *_ in ended} == {503}, ended
        assert {code for _, code, *_ in ended} == {"database_busy"}, ended
        assert all(wait for _, _, wait, _ in ended), ended
        refused = len(ended)
        for pid in reversed(stopped):
            os.kill(pid, signal.SIGCONT)
        stopped.clear()
        for thread in threads:
            thread.join(240)
        assert len(ended) == 16 and {status for status, *_ in ended[refused:]} <= {200, 201}, ended
        until(lambda: served.get("/api/v1/customers").ok, 60)
        until(lambda: served.post("/api/v1/customers", json={"name": "nachher"}).status_code == 201, 60)
        assert served.process.pid == process and served.process.poll() is None
        names = served.names()
        # What was answered by «nothing was written» is not there, what was answered by «made» is; nothing is there twice.
        made = [status for status, *_ in ended].count(201)
        assert "vorher" in names and "nachher" in names and len(names) == len(set(names)) == 2 + made, names
        verified = served.json("verify")
        assert verified["ok"], verified
    finally:
        for pid in stopped:
            try:
                os.kill(pid, signal.SIGCONT)
            except ProcessLookupError:
                pass
        served.close()
