"""TLS in the program itself: what a browser sees, renewal without a restart, and wrong files."""

import shutil
import socket
import ssl
import subprocess
import time

import pytest
import requests

from program import START_SECONDS, free_port
from served import EMAIL, PASSWORD, Served
from test_files import until


def certificate(folder, name, whose="IP:127.0.0.1"):
    """A key and a certificate for 127.0.0.1, or whoever is named, that is its own authority."""
    chain, key = folder / f"{name}.pem", folder / f"{name}.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
         "-subj", f"/CN={name}", "-addext", f"subjectAltName={whose}", "-keyout", key, "-out", chain],
        check=True, capture_output=True,
    )
    return chain, key


@pytest.fixture
def secure(tmp_path):
    served = Served(tmp_path)
    chain, key = certificate(tmp_path, "first")
    port = free_port()
    with open(tmp_path / "tls.log", "wb") as log:
        process = subprocess.Popen(
            served.command("serve", "--port", port, "--tls-cert", chain, "--tls-key", key),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log, env=served.settings(),
        )
    address = f"https://127.0.0.1:{port}"
    try:
        def is_ready():
            assert process.poll() is None, (tmp_path / "tls.log").read_text()
            try:
                return requests.get(address + "/readyz", verify=chain, timeout=5).ok
            except requests.ConnectionError:
                return False

        assert until(is_ready, START_SECONDS), (tmp_path / "tls.log").read_text()
        yield served, address, port, chain, key
    finally:
        process.terminate()
        process.wait(30)


def test_a_session_over_tls_is_secure_and_old_protocols_are_refused(secure):
    _, address, port, chain, _ = secure
    session = requests.Session()
    session.trust_env = False  # an authority in the environment would win over this one
    session.verify = str(chain)
    answer = session.post(address + "/api/v1/session", json={"email": EMAIL, "password": PASSWORD})
    assert answer.ok, answer.text
    assert "; Secure" in answer.headers["Set-Cookie"]
    assert "max-age" in answer.headers["Strict-Transport-Security"]
    assert session.get(address + "/api/v1/me").json()["email"] == EMAIL
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(ssl.SSLError), socket.create_connection(("127.0.0.1", port)) as plain:
        old.wrap_socket(plain)


def test_a_renewed_certificate_is_used_without_a_restart_and_a_broken_one_is_not(secure, tmp_path):
    _, address, _, chain, key = secure
    first = tmp_path / "kept.pem"
    shutil.copy(chain, first)
    key.write_text("half a file")
    # It looks at the files every ten seconds, when somebody comes.
    end = time.monotonic() + 11
    while time.monotonic() < end:
        assert requests.get(address + "/readyz", verify=first).ok, "a broken file must not end the service"
        time.sleep(0.5)
    new_chain, new_key = certificate(tmp_path, "second")
    shutil.copy(new_key, key)
    shutil.copy(new_chain, chain)

    def is_renewed():
        try:
            return requests.get(address + "/readyz", verify=new_chain).ok
        except requests.exceptions.SSLError:
            return False

    assert until(is_renewed, 25)
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(address + "/readyz", verify=first)


def test_wrong_files_are_refused_in_one_line_that_names_them(tmp_path):
    served = Served(tmp_path)
    chain, key = certificate(tmp_path, "one")
    _, other = certificate(tmp_path, "two")
    for arguments, word in [
        (["--tls-cert", chain], "both files"),
        (["--tls-cert", tmp_path / "none.pem", "--tls-key", key], "none.pem"),
        (["--tls-cert", key, "--tls-key", key], "no certificate"),
        (["--tls-cert", chain, "--tls-key", chain], "no private key"),
        (["--tls-cert", chain, "--tls-key", other], "does not belong"),
    ]:
        done = served.run("serve", "--port", free_port(), *arguments)
        assert done.returncode == 1, done.stderr
        assert len(done.stderr.strip().splitlines()) == 1 and word in done.stderr, done.stderr
