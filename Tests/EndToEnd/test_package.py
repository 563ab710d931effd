"""What is inside the Debian package, made of the debug build, and what becomes of a system it is installed in."""

import gzip
import os
import shutil
import subprocess

import pytest

from program import BINARY, ROOT


def alter(path, old, new):
    """Another text in a file of the package."""
    bigger, smaller = (gzip.decompress, gzip.compress) if path.suffix == ".gz" else (bytes, bytes)
    text = bigger(path.read_bytes()).decode()
    assert old in text, f"{path} says nothing of «{old}»"
    path.write_bytes(smaller(text.replace(old, new).encode()))


def make(folder, *version):
    """The package, of the program's version or another."""
    command = [ROOT / "scripts" / "deb", "--program", BINARY, "--into", folder, *version]
    made = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert made.returncode == 0, made.stdout + made.stderr
    packages = list(folder.glob("kehu_*.deb"))
    assert len(packages) == 1 and made.stdout.strip() == str(packages[0]), made.stdout
    return packages[0]


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """The package."""
    folder = tmp_path_factory.mktemp("package")
    yield make(folder)
    # Nobody wants so much kept of each run.
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def unpacked(package, tmp_path_factory):
    """What is in it, for all tests; each puts back what it changes."""
    folder = tmp_path_factory.mktemp("unpacked") / "root"
    subprocess.run(["dpkg-deb", "-R", package, folder], check=True)
    yield folder
    shutil.rmtree(folder)


def pack(folder, package):
    command = ["dpkg-deb", "--root-owner-group", "-Znone", "-b", folder, package]
    subprocess.run(command, check=True, capture_output=True)


def check(package):
    return subprocess.run([ROOT / "scripts" / "check-deb", package], capture_output=True, text=True, timeout=120)


def test_the_package_is_whole(package):
    done = check(package)
    assert done.returncode == 0 and "The package is whole." in done.stdout, done.stdout + done.stderr


UNIT, WORKER = "lib/systemd/system/kehu.service", "lib/systemd/system/kehu-worker.service"
MANUAL, CHINESE = "usr/share/man/man1/kehu.1.gz", "usr/share/man/zh_CN/man1/kehu.1.gz"
BASH, ZSH = "usr/share/bash-completion/completions/kehu", "usr/share/zsh/vendor-completions/_kehu"
FISH, ROTATION = "usr/share/fish/vendor_completions.d/kehu.fish", "etc/logrotate.d/kehu"


@pytest.mark.parametrize(
    "path, old, new, words",
    [
        ("usr/share/doc/kehu/NOTICE", None, "", "NOTICE is missing or empty"),
        ("DEBIAN/conffiles", "/etc/logrotate.d/kehu\n", "", "logrotate.d/kehu"),
        ("DEBIAN/control", "libpq5", "libpq4", "libpq5 is not needed"),
        ("DEBIAN/postinst", "\nfi\n", "\n", "end of file"),
        ("DEBIAN/postrm", "set -e", "set +e", "postrm goes on after an error"),
        (UNIT, "NoNewPrivileges=", "NoNewPriviliges=", "NoNewPriviliges"),
        (UNIT, "/usr/bin/kehu serve", "/usr/sbin/kehu serve", "does not start the program"),
        (WORKER, "Restart=on-failure", "Restart=sometimes", "sometimes"),
        (MANUAL, ".Sh COMMANDS", ".Xyz COMMANDS", "Xyz"),
        (CHINESE, "工作区", "", "nothing in Chinese"),
        (BASH, "_kehu() {", "_kehu() ", "syntax error"),
        (BASH, "workspace", "workplace", "bash completes «works»"),
        (ZSH, "esac", "", "parse error"),
        (FISH, "\nend", "\n", "kehu.fish"),
        (ROTATION, "weekly", "weakly", "weakly"),
        (ROTATION, "copytruncate", "nocreate", "the log was not rotated"),
        ("etc/kehu/kehu.toml", "port =", "prot =", "prot"),
        ("etc/kehu/kehu.toml", "# behind_proxy =", "# behind_prxy =", "behind_prxy"),
        ("usr/bin/kehu", None, "#!/bin/sh\nexit 1\n", "not so"),
    ],
)
def test_what_is_wrong_in_a_package_is_noticed(unpacked, tmp_path, path, old, new, words):
    file, spoilt = unpacked / path, tmp_path / "spoilt.deb"
    whole, mode = file.read_bytes(), file.stat().st_mode
    try:
        if old is None:
            file.write_text(new)
        else:
            alter(file, old, new)
        pack(unpacked, spoilt)
    finally:
        file.write_bytes(whole)
        os.chmod(file, mode)
    done = check(spoilt)
    spoilt.unlink()
    assert done.returncode == 1 and "not so: " in done.stderr and words in done.stderr, done.stdout + done.stderr


def test_files_that_others_may_change_are_noticed(unpacked, tmp_path):
    spoilt = tmp_path / "spoilt.deb"
    (unpacked / UNIT).chmod(0o666)
    try:
        pack(unpacked, spoilt)
    finally:
        (unpacked / UNIT).chmod(0o644)
    done = check(spoilt)
    spoilt.unlink()
    assert done.returncode == 1 and "kehu.service" in done.stderr, done.stdout + done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="a system of its own needs root")
def test_it_installs_upgrades_and_removes_cleanly_in_a_fresh_debian(package, tmp_path):
    newer = make(tmp_path, "99.0")
    command = [ROOT / "scripts" / "test-deb", "--program", BINARY, package, newer]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    newer.unlink()
    assert done.returncode == 0 and "installs, upgrades and removes cleanly" in done.stdout, done.stdout + done.stderr
