"""A letter by mail, over TLS."""

import os
import smtplib
import ssl
from dataclasses import dataclass, field
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import formatdate, getaddresses, make_msgid
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

from scheduler.errors import SchedulerError
from scheduler.notify.letters import Letter
from scheduler.notify.retries import NotSent

VARIABLE, FROM, TO = "EROS_SMTP_URL", "EROS_MAIL_FROM", "EROS_MAIL_TO"
_PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True)
class Mail:
    """How letters are mailed.

    Attributes:
        host: of the mail server.
        port: its port.
        is_tls_first: TLS from the first byte (smtps) rather than by STARTTLS (smtp).
        user: name to log in with; empty without.
        password: its password.
        sender: address that letters come from.
        receivers: addresses that they go to.
    """

    host: str
    port: int
    is_tls_first: bool
    user: str = field(repr=False)
    password: str = field(repr=False)
    sender: str
    receivers: tuple[str, ...]
    name: str = "mail"

    @classmethod
    def of_environment(cls) -> "Mail | None":
        """The mail server that the environment names; None when it names none.

        Raises:
            SchedulerError: what it says is no mail server, or the addresses are missing.
        """
        text = os.environ.get(VARIABLE, "").strip()
        if not text:
            return None
        try:
            parts = urlsplit(text)
            host, port = parts.hostname, parts.port or _PORTS.get(parts.scheme, 0)
        except ValueError:
            host, port = None, 0
        if not host or not port or parts.scheme not in _PORTS:
            raise SchedulerError(
                f"{VARIABLE} is no mail server. Write it as smtp://USER:PASSWORD@HOST:587, or"
                " smtps:// for TLS from the start."
            )
        sender, receivers = _addresses(FROM), _addresses(TO)
        if len(sender) != 1 or not receivers:
            raise SchedulerError(f"Mail needs one address in {FROM} and one or more in {TO}.")
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(host, port, parts.scheme == "smtps", user, password, sender[0], receivers)

    def send(self, letter: Letter, timeout: float) -> None:
        """Mail the letter.

        Raises:
            NotSent: the server did not take it.
        """
        try:
            with self._open(timeout) as server:
                if self.user:
                    server.login(self.user, self.password)
                server.send_message(self._message(letter))
        except smtplib.SMTPAuthenticationError:
            raise NotSent("The mail server refused the log-in.") from None
        except smtplib.SMTPNotSupportedError:
            raise NotSent("The mail server knows no log-in, or not over TLS.") from None
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            raise NotSent(
                "The mail server refused every receiver.", may_pass=all(c < 500 for c in codes)
            ) from None
        except smtplib.SMTPResponseException as error:
            may_pass = 400 <= error.smtp_code < 500
            raise NotSent(
                f"The mail server answered {error.smtp_code}.", may_pass=may_pass
            ) from None
        except ssl.SSLCertVerificationError:
            raise NotSent("The certificate of the mail server is not valid.") from None
        except (OSError, smtplib.SMTPException) as error:
            said = "timed out" if isinstance(error, TimeoutError) else type(error).__name__
            raise NotSent(f"The mail server was not reached ({said}).", may_pass=True) from None
        except (ValueError, MessageError):
            raise NotSent(f"The addresses of {FROM} or {TO} can't be mailed to.") from None

    def _open(self, timeout: float) -> smtplib.SMTP:
        """A session that nobody listens to; without TLS to this machine alone, and no log-in."""
        tls = ssl.create_default_context()
        if self.is_tls_first:
            return smtplib.SMTP_SSL(self.host, self.port, timeout=timeout, context=tls)
        server = smtplib.SMTP(self.host, self.port, timeout=timeout)
        try:
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=tls)
                server.ehlo()
            elif self.user or not _is_loopback(self.host):
                raise NotSent("The mail server offers no TLS: nothing was sent to it.")
        except BaseException:
            server.close()
            raise
        return server

    def _message(self, letter: Letter) -> EmailMessage:
        message = EmailMessage()
        message["Subject"] = letter.subject
        message["From"] = self.sender
        message["To"] = ", ".join(self.receivers)
        message["Date"] = formatdate()
        message["Message-ID"] = make_msgid(domain=self.sender.rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text)
        return message


def _addresses(variable: str) -> tuple[str, ...]:
    found = getaddresses([os.environ.get(variable, "")])
    return tuple(address for _, address in found if "@" in address.strip("@"))


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
