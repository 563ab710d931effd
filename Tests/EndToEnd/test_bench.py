"""The measurement on a tiny data set: that everything is measured and nothing is answered wrongly. No time counts."""

import json
import subprocess

import pytest

from program import BINARY
from served import ENVIRONMENT, Served

FAST = ["--customers", "1000", "--seconds", "0.1", "--passes", "1", "--import-rows", "300", "--pause", "5"]


def bench(*arguments, fails=False):
    done = subprocess.run(
        [str(BINARY), "bench", *map(str, arguments)], capture_output=True, text=True, timeout=300, env=ENVIRONMENT
    )
    assert (done.returncode != 0) == fails, done.stdout + done.stderr
    return done


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("bench")


def test_the_whole_workload_is_measured(folder):
    report = json.loads(bench(*FAST, "--data", folder, "--commit", "abc1234", "--json").stdout)
    assert report["commit"] == "abc1234" and "--import-rows" in report["command"]
    assert report["machine"]["processors"] > 0
    (size,) = report["sizes"]
    assert {figure["workload"] for figure in size["figures"]} == {
        "W1", "W1n", "W2", "W3", "W4", "W5", "W6a", "W6b", "hello"
    }
    assert all(figure["errors"] == 0 and "cpu_ms" in figure for figure in size["figures"])
    alone, among, back = size["imports"]
    assert (alone["workload"], alone["rows"], alone["errors"]) == ("W7", 300, 0)
    assert (among["workload"], among["errors"]) == ("W7b", 0)
    assert (back["workload"], back["rows"], back["errors"]) == ("W7u", 300, 0) and back["writes"] > 0
    assert among["writes"] > 0 and among["reads"] > 0 and "write_p99_ms_mark" in among
    page = size["page"]
    assert page["errors"] == 0 and page["cold"]["requests"] >= 4
    assert {"html_bytes", "css_bytes", "js_bytes", "image_bytes"} <= page["cold"].keys()
    assert page["warm"]["requests"] == 1, "files with a hash in their names may be kept"
    assert size["memory_end_pss_mib"] > 0 and size["disk_end_mib"] > size["disk_start_mib"]
    assert not list(folder.glob("*.run")) and not (folder / "import.csv").exists()


def test_several_sizes_show_their_growth(folder):
    report = json.loads(
        bench(*FAST, "--customers", "1000,1500", "--only", "W2", "--data", folder, "--json").stdout
    )
    assert [size["customers"] for size in report["sizes"]] == [1000, 1500]
    assert {(line["workload"], line["limit"]) for line in report["growth"]} == {("W2", 1.3)}


def test_what_cannot_be_measured_is_said_clearly(folder):
    assert "--key" in bench("--url", "http://127.0.0.1:9", fails=True).stderr
    asked = ["--customers", "1000", "--url"]
    assert "https" in bench(*asked, "https://127.0.0.1", "--key", "x", fails=True).stderr
    assert "127.0.0.1:9" in bench(*asked, "http://127.0.0.1:9", "--key", "x", fails=True).stderr


def test_a_workspace_of_ones_own_is_measured_by_what_it_holds(tmp_path):
    served = Served(tmp_path).start()
    try:
        names = ["武汉康美医疗器械有限公司", "上海恒丰诚咨询有限公司", "Meridian Tools Ltd"]
        for number, name in enumerate(names):
            made = served.post("/api/v1/customers", json={"name": name, "phone": f"1391234567{number}"})
            assert made.status_code == 201, made.text
        asked = [*FAST, "--url", served.address, "--key", served.key, "--json"]

        def measured(*more):
            (size,) = json.loads(bench(*asked, *more).stdout)["sizes"]
            assert size["customers"] == len(names)
            assert all(figure["errors"] == 0 and figure["requests_per_second"] > 0 for figure in size["figures"]), size
            assert size["page"]["errors"] == 0
            return {figure["workload"] for figure in size["figures"]}

        # Nothing is written unless that was asked for; there are no opportunities to report on, nor activities.
        assert measured() == {"W1", "W1n", "W2", "W6a", "W6b", "hello"}
        assert sorted(served.names()) == sorted(names)
        deal = {"name": "首单", "customer": served.get("/api/v1/customers").json()["data"][0]["id"], "stage": "potential"}
        deal = served.post("/api/v1/opportunities", json=deal).json()["id"]
        version = served.get(f"/api/v1/opportunities/{deal}").json()["version"]
        assert {"W3", "W4", "W5"} <= measured("--writes")
        # What was made is in the recycle bin, and what was there is as it was.
        assert sorted(served.names()) == sorted(names)
        deals = served.get("/api/v1/opportunities").json()["data"]
        assert [(each["id"], each["version"]) for each in deals] == [(deal, version)]
        assert served.get("/api/v1/customers", params={"deleted": "true"}).json()["data"]
        assert "--data" in bench(*asked, "--only", "W7", "--pid", served.process.pid, fails=True).stderr
    finally:
        served.close()
