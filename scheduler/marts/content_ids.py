"""Ids that follow from content: the same inputs give the same ids, on any machine."""

import hashlib
import json
from datetime import date
from typing import Any

_LENGTH = 16


def content_id(parts: Any) -> str:
    """Id of whatever JSON can say, in 16 hexadecimal digits; the rest counts as its text."""
    text = json.dumps(parts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:_LENGTH]


def message_id(schedule: str, send_at: Any, caption_key: str) -> str:
    """Id of one message of a schedule."""
    return content_id([schedule, str(send_at), caption_key])


def alert_id(kind: str, page: str | None, week: date | None, detail: str, as_of: Any) -> str:
    """Id of an alert: the same finding of the same moment is one alert."""
    return content_id([kind, page, week, detail, as_of])
