"""Runs every test_*.py beside this file against the program and closes with one line: N passed, N failed."""

import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent


class Count:
    """Counts tests; an error while setting up or tearing down is a failure of that test."""

    def __init__(self):
        self.passed, self.failed, self.skipped = set(), set(), set()

    def pytest_runtest_logreport(self, report):
        if report.failed:
            self.failed.add(report.nodeid)
        elif report.skipped:
            self.skipped.add(report.nodeid)
        elif report.when == "call":
            self.passed.add(report.nodeid)

    def pytest_collectreport(self, report):
        if report.failed:
            self.failed.add(report.nodeid)


def main():
    tests = sorted(HERE.glob("test_*.py"))
    if not tests:
        print("Tests/EndToEnd has no tests yet.")
        print("0 passed, 0 failed")
        return 0
    count = Count()
    arguments = [*map(str, tests), "-q", "--no-header", "-rfE", "--rootdir", str(HERE)]
    arguments += ["-p", "no:cacheprovider", *sys.argv[1:]]
    status = pytest.main(arguments, plugins=[count])
    if status == pytest.ExitCode.NO_TESTS_COLLECTED and len(sys.argv) > 1:
        status = pytest.ExitCode.OK
    passed, failed = len(count.passed - count.failed), len(count.failed)
    if status != pytest.ExitCode.OK:
        failed = max(failed, 1)
    skipped = f", {len(count.skipped)} skipped" if count.skipped else ""
    print(f"{passed} passed, {failed} failed{skipped}")
    return int(status)


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(HERE))
    sys.exit(main())
