"""Each channel says what it means, hides its secrets, and asks again where that may help."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from scheduler.errors import SchedulerError
from scheduler.notify.letters import letters, slack_text
from scheduler.notify.mail import Mail
from scheduler.notify.retries import NotSent, Patience, with_patience
from scheduler.notify.webhook import Webhook
from tests.scheduler.notify.conftest import USER, Box, Hook

PATIENCE = Patience(attempts=3, backoff_base=2.0, timeout=5.0)
SECRETS = ("s3cret", "127.0.0.1", "robot")


def alert(**values: Any) -> dict[str, Any]:
    return {
        "alert_id": "a1", "alert_type": "revenue_down", "severity": "high", "page_name": "luna",
        "week_start": None, "title": "The page earns less", "action": "Look & see.",
        "detail": "Down.", "dollars_at_stake": 1234.5,
        "opened_at": datetime(2026, 3, 1, tzinfo=UTC),
        **values,
    }  # fmt: skip


RUN = {
    "run_id": "r1", "week_start": date(2026, 3, 23), "published_count": 3, "proposed_count": 0,
    "blocked_count": 1, "failed_count": 1, "page_count": 4, "message_count": 70,
    "expected_revenue": 9000.0,
}  # fmt: skip
LETTER = letters([alert()], RUN)[0]


@pytest.fixture
def mailed(monkeypatch: pytest.MonkeyPatch, certificate: Path) -> pytest.MonkeyPatch:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    monkeypatch.setenv("EROS_MAIL_FROM", f"Schedules <{USER}>")
    monkeypatch.setenv("EROS_MAIL_TO", "ann@agency.test, Ben <ben@agency.test>")
    return monkeypatch


def mail_to(patch: pytest.MonkeyPatch, url: str) -> Mail:
    patch.setenv("EROS_SMTP_URL", url)
    found = Mail.of_environment()
    assert found is not None
    return found


def webhook(patch: pytest.MonkeyPatch, url: str) -> Webhook:
    patch.setenv("EROS_WEBHOOK_URL", url)
    found = Webhook.of_environment()
    assert found is not None
    return found


def sent(channel: Any, waits: list[float] | None = None) -> None:
    slept = [] if waits is None else waits
    with_patience(lambda: channel.send(LETTER, 5.0), PATIENCE, slept.append)


def refused(channel: Any) -> str:
    with pytest.raises(NotSent) as told:
        sent(channel)
    said = str(told.value)
    assert not any(secret in said for secret in SECRETS)
    assert not any(secret in repr(channel) for secret in ("s3cret", "robot%40"))
    return said


def test_a_text_can_be_no_link_and_call_no_channel() -> None:
    hostile = alert(detail="<!channel> & <https://evil.test|click>\nSecond\x1b[31m line")
    text = slack_text(letters([hostile], None)[0])
    assert "&lt;!channel&gt; &amp; &lt;https://evil.test|click&gt; Second [31m line" in text
    assert "<" not in text


def test_many_alerts_come_in_letters_that_stay_readable_and_the_run_once() -> None:
    made = letters([alert(alert_id=str(n)) for n in range(45)], RUN)
    assert [len(letter.alerts) for letter in made] == [20, 20, 5]
    assert [letter.run is not None for letter in made] == [True, False, False]
    assert made[2].subject == "Schedules: 5 open alerts (3 of 3)"
    assert letters([], None) == []


def test_the_webhook_gets_the_letter_as_slack_reads_it(
    hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent(webhook(monkeypatch, hook.url))
    text = hook.bodies[0]["text"]
    assert "[high] luna: The page earns less, since 2026-03-01, about $1,234 a week" in text
    assert "What to do: Look &amp; see." in text
    assert "3 published, 1 blocked of 4 pages, 70 messages, expected revenue $9,000." in text


@pytest.mark.parametrize("code", [500, 503, 429])
def test_the_webhook_is_asked_again_while_that_may_help(
    code: int, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook.answers, waits = [code, code], list[float]()
    sent(webhook(monkeypatch, hook.url), waits)
    assert (len(hook.bodies), hook.asked, waits) == (1, 3, [2.0, 4.0])
    hook.answers = [code] * 3
    assert refused(webhook(monkeypatch, hook.url)) == f"The webhook answered {code}. (3 tries)"


@pytest.mark.parametrize("code", [400, 403, 404, 302])
def test_a_refusal_is_final_and_a_redirect_is_not_followed(
    code: int, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook.answers = [code]
    assert refused(webhook(monkeypatch, hook.url)) == f"The webhook answered {code}."
    assert hook.asked == 1


def test_a_webhook_that_is_not_there_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    said = refused(webhook(monkeypatch, "http://127.0.0.1:9/s3cret"))
    assert said == "The webhook was not reached (ConnectionRefusedError). (3 tries)"


@pytest.mark.parametrize("url", ["ftp://x/s3cret", "s3cret", "http://", "https://[s3cret"])
def test_a_wrong_address_is_named_by_its_variable_alone(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EROS_WEBHOOK_URL", url)
    monkeypatch.setenv("EROS_SMTP_URL", url)
    for channel in (Webhook, Mail):
        with pytest.raises(SchedulerError, match="EROS_") as told:
            channel.of_environment()
        assert "s3cret" not in str(told.value)


def test_mail_goes_over_tls_to_everybody(post: tuple[Box, str], mailed: pytest.MonkeyPatch) -> None:
    box, url = post
    sent(mail_to(mailed, url))
    assert box.was_encrypted
    assert box.receivers == ["ann@agency.test", "ben@agency.test"]
    assert box.messages[0]["Subject"] == "Schedules: week of 2026-03-23, 1 open alert"
    assert "What to do: Look & see." in box.messages[0].get_content()  # type: ignore[attr-defined]


def test_mail_is_sent_again_after_a_passing_refusal_and_not_after_another(
    post: tuple[Box, str], mailed: pytest.MonkeyPatch
) -> None:
    box, url = post
    box.answers = ["451 busy"]
    sent(mail_to(mailed, url))
    assert len(box.messages) == 1
    box.answers = ["554 s3cret no"]
    assert refused(mail_to(mailed, url)) == "The mail server answered 554."


def test_a_wrong_password_is_one_line(post: tuple[Box, str], mailed: pytest.MonkeyPatch) -> None:
    box, url = post
    assert "refused the log-in" in refused(mail_to(mailed, url.replace("s3cret", "s3cretx")))
    assert box.messages == []


def test_a_certificate_that_nobody_vouches_for_gets_no_password(
    post: tuple[Box, str], mailed: pytest.MonkeyPatch
) -> None:
    box, url = post
    mailed.delenv("SSL_CERT_FILE")
    assert "certificate" in refused(mail_to(mailed, url))
    assert box.messages == []


def test_without_tls_this_machine_gets_mail_and_no_password(
    plain_post: tuple[Box, int], mailed: pytest.MonkeyPatch
) -> None:
    box, port = plain_post
    sent(mail_to(mailed, f"smtp://127.0.0.1:{port}"))
    assert len(box.messages) == 1
    said = refused(mail_to(mailed, f"smtp://robot:s3cret@127.0.0.1:{port}"))
    assert said == "The mail server offers no TLS: nothing was sent to it."
    assert len(box.messages) == 1
