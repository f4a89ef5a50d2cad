"""A webhook and mail servers on loopback."""

import datetime as dt
import json
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import Message
from http.server import BaseHTTPRequestHandler
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.scheduler.loopback import listening

USER, PASSWORD = "robot@agency.test", "s3cret/word"


@dataclass
class Hook:
    """A webhook that answers as it is told: each answer once, then 200."""

    answers: list[int] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    asked: int = 0
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/services/T0/s3cret-token"


@pytest.fixture
def hook() -> Iterator[Hook]:
    told = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.asked += 1
            body = self.rfile.read(int(self.headers["Content-Length"]))
            code = told.answers.pop(0) if told.answers else 200
            if code == 200:
                told.bodies.append(json.loads(body))
            self.send_response(code)
            self.send_header("Location", told.url)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with listening(Handler) as port:
        told.port = port
        yield told


@dataclass
class Box:
    """What a mail server took, and what it answers to the next letters."""

    messages: list[Message] = field(default_factory=list)
    receivers: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    was_encrypted: bool = False

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250"):
            self.was_encrypted = session.ssl is not None or server.transport.get_extra_info(
                "sslcontext"
            )
            self.receivers += envelope.rcpt_tos
            self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        return answer


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and certificate of 127.0.0.1 in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _knows(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
    is_known = (given.login, given.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=is_known, handled=False)


@pytest.fixture(params=["starttls", "tls"])
def post(request: pytest.FixtureRequest, certificate: Path) -> Iterator[tuple[Box, str]]:
    """A mail server that wants TLS and a log-in, and the address to set."""
    box = Box()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    wants: dict[str, Any] = {
        "authenticator": _knows,
        "auth_required": True,
    }
    if request.param == "tls":
        # TLS is around the whole session, which the server does not see
        how = {"ssl_context": tls, "auth_require_tls": False}
    else:
        how = {"tls_context": tls, "require_starttls": True}
    port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port, **{**wants, **how})
    controller.start()
    scheme = "smtps" if request.param == "tls" else "smtp"
    yield box, f"{scheme}://robot%40agency.test:s3cret%2Fword@127.0.0.1:{port}"
    controller.stop()


@pytest.fixture
def plain_post() -> Iterator[tuple[Box, int]]:
    """A mail server of this machine without TLS."""
    box = Box()
    port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, port
    controller.stop()
