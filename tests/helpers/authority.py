"""A certificate authority of the tests' own, made with the command `openssl`."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path

_NEW = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout")


class Authority:
    """A certificate authority of its own, and servers' certificates by it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        authority = ["-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign"]
        self._run("req", "-x509", *_NEW, "ca.key", "-out", "ca.pem", "-subj", "/CN=Test CA", "-days", "30", *authority)

    def _run(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self._folder, check=True, capture_output=True)

    def server(self, name: str, *, days: int = 30) -> ssl.SSLContext:
        """A server's context for `name` (an address or a host)."""
        kind = "IP" if name[0].isdigit() else "DNS"
        extensions = f"subjectAltName={kind}:{name}\nextendedKeyUsage=serverAuth\nauthorityKeyIdentifier=keyid\n"
        (self._folder / "ext").write_text(extensions)
        self._run("req", *_NEW, "s.key", "-out", "s.csr", "-subj", "/CN=s")
        by = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "ext"]
        self._run("x509", "-req", "-in", "s.csr", "-out", "s.pem", "-days", str(days), *by)
        return self._context("s.pem", "s.key")

    def self_signed(self) -> ssl.SSLContext:
        return self._context("ca.pem", "ca.key")

    def _context(self, certificate: str, key: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._folder / certificate, self._folder / key)
        return context

    def trusting(self) -> ssl.SSLContext:
        """A client's context that knows this authority and no other."""
        return ssl.create_default_context(cafile=str(self._folder / "ca.pem"))
