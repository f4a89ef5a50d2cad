"""A letter as Slack-compatible JSON to a webhook."""

import json
import os
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from scheduler.errors import SchedulerError
from scheduler.notify.letters import Letter, slack_text
from scheduler.notify.retries import NotSent

VARIABLE = "EROS_WEBHOOK_URL"
_TOO_MANY = 429


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The address is a secret: it is followed nowhere else."""

    def redirect_request(self, *_: Any) -> None:
        """No further request."""


@dataclass(frozen=True)
class Webhook:
    """Where letters go. The address is a credential and is in no text of an error."""

    url: str = field(repr=False)
    name: str = "webhook"

    @classmethod
    def of_environment(cls) -> "Webhook | None":
        """The webhook that the environment names; None when it names none.

        Raises:
            SchedulerError: it is no http address.
        """
        url = os.environ.get(VARIABLE, "").strip()
        if not url:
            return None
        try:
            parts = urlsplit(url)
            is_address = parts.scheme in ("http", "https") and bool(parts.hostname)
        except ValueError:
            is_address = False
        if not is_address:
            raise SchedulerError(f"{VARIABLE} is no address that begins with https://.")
        return cls(url)

    def send(self, letter: Letter, timeout: float) -> None:
        """Post the letter.

        Raises:
            NotSent: it was not taken.
        """
        body = json.dumps({"text": slack_text(letter)}).encode()
        headers = {"Content-Type": "application/json; charset=utf-8"}
        try:
            request = urllib.request.Request(self.url, body, headers, method="POST")  # noqa: S310 - http alone, see above
            opener = urllib.request.build_opener(_NoRedirect)
            with opener.open(request, timeout=timeout):
                return
        except urllib.error.HTTPError as error:
            code = error.code
            error.close()
            may_pass = code >= 500 or code == _TOO_MANY
            raise NotSent(f"The webhook answered {code}.", may_pass=may_pass) from None
        except TimeoutError:
            raise NotSent("The webhook did not answer in time.", may_pass=True) from None
        except (OSError, HTTPException) as error:
            reason = getattr(error, "reason", error)
            said = "timed out" if isinstance(reason, TimeoutError) else type(reason).__name__
            raise NotSent(f"The webhook was not reached ({said}).", may_pass=True) from None
        except ValueError:
            raise NotSent(f"{VARIABLE} is no address that can be asked.") from None
