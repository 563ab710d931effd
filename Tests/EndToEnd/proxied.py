"""nginx and Caddy as the documented examples set them up, in front of a running program."""

import os
import pathlib
import shutil
import socket
import subprocess
import time

from program import ROOT, Failure, free_port

EXAMPLES = ROOT / "packaging" / "proxy"
KINDS = ["nginx", "caddy"]
HAS_IPV6 = os.path.exists("/proc/net/if_inet6")


def swap(text, **changes):
    """Puts the addresses and paths of the test into an example. What is not there would go unnoticed."""
    for old, new in changes.items():
        assert old in text, f"the example says nothing of «{old}»"
        text = text.replace(old, new)
    return text


class Front:
    """A proxy with TLS for `https://localhost:{port}`, made of its example by putting in addresses and paths only."""

    def __init__(self, kind, folder, target, chain, key):
        self.kind, self.folder = kind, pathlib.Path(folder)
        self.folder.mkdir(exist_ok=True)
        self.port, self.plain_port = free_port(), free_port()
        self.address = f"https://localhost:{self.port}"
        self.plain = f"http://localhost:{self.plain_port}"
        program = shutil.which(kind, path=os.environ.get("PATH", "") + ":/usr/sbin")
        assert program, f"{kind} is missing: run «scripts/setup --tests»"
        command = [program, *getattr(self, "_" + kind)(target, chain, key)]
        home = {name: str(folder) for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")}
        with open(self.folder / "proxy.log", "wb") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={**os.environ, **home}, cwd=folder,
            )
        try:
            self._wait_until_ready()
        except BaseException:
            self.close()
            raise

    def _nginx(self, target, chain, key):
        text = swap(
            (EXAMPLES / "nginx.conf").read_text(),
            **{
                "127.0.0.1:8080": target, "crm.example.com;": "localhost;",
                "listen 443 ": f"listen 127.0.0.1:{self.port} ", "listen [::]:443 ": f"listen [::1]:{self.port} ",
                "listen 80;": f"listen 127.0.0.1:{self.plain_port};",
                "listen [::]:80;": f"listen [::1]:{self.plain_port};",
                "/etc/ssl/certs/crm.example.com.pem": str(chain), "/etc/ssl/private/crm.example.com.key": str(key),
            },
        )
        if not HAS_IPV6:
            text = "\n".join(line for line in text.splitlines() if "[::1]" not in line)
        (self.folder / "site.conf").write_text(text)
        user = "user root;" if os.geteuid() == 0 else ""
        scratch = "\n".join(
            f"{name}_temp_path {self.folder}/{name};"
            for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        # Around the example stands what Debian's own nginx.conf says.
        (self.folder / "nginx.conf").write_text(
            f"""{user}
            daemon off;
            worker_processes 2;
            pid {self.folder}/nginx.pid;
            error_log stderr;
            events {{ worker_connections 768; }}
            http {{
                sendfile on;
                tcp_nopush on;
                types_hash_max_size 2048;
                include /etc/nginx/mime.types;
                default_type application/octet-stream;
                ssl_prefer_server_ciphers on;
                gzip on;
                access_log {self.folder}/access.log;
                {scratch}
                include {self.folder}/site.conf;
            }}
            """
        )
        return ["-p", self.folder, "-e", "stderr", "-c", self.folder / "nginx.conf"]

    def _caddy(self, target, chain, key):
        # The certificate that Caddy would fetch is given, and the grace that a test would wait for is cut short.
        hosts = "127.0.0.1 ::1" if HAS_IPV6 else "127.0.0.1"
        text = swap(
            (EXAMPLES / "Caddyfile").read_text(),
            **{
                "127.0.0.1:8080": target,
                "grace_period 10s\n":
                    f"grace_period 1s\n\tadmin off\n\tskip_install_trust\n\tdefault_bind {hosts}\n"
                    f"\thttp_port {self.plain_port}\n",
                "crm.example.com {\n": f"localhost:{self.port} {{\n\ttls {chain} {key}\n",
            },
        )
        (self.folder / "Caddyfile").write_text(text)
        return ["run", "--adapter", "caddyfile", "--config", self.folder / "Caddyfile"]

    def _wait_until_ready(self):
        end = time.monotonic() + 20
        for port in (self.port, self.plain_port):
            while True:
                if self.process.poll() is not None or time.monotonic() > end:
                    raise Failure(f"{self.kind} does not serve: {self.words()}")
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=5).close()
                    break
                except OSError:
                    time.sleep(0.02)

    def words(self):
        """What the proxy has said."""
        return (self.folder / "proxy.log").read_text("utf-8", "replace")[-2000:]

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)
