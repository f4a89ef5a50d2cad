"""A server on loopback that speaks the wire format of Messages and Message Batches."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.scheduler.loopback import listening

ROLES = {
    "performance analyzer": "analyzer",
    "caption curator, reading": "tagger",
    "caption curator": "curator",
    "schedule architect": "architect",
    "quality guardian": "guardian",
    "orchestrator": "orchestrator",
    "analyst": "analyst",
}
EMPTY = {
    "analyzer": {"findings": []},
    "curator": {"rankings": []},
    "architect": {"changes": []},
    "guardian": {"concerns": []},
    "orchestrator": {"notes": [], "summary": ""},
    "tagger": {"tags": []},
}


@dataclass
class Response:
    """What the server does with one request.

    Attributes:
        body: sent as JSON, or as it is when it is bytes.
        delay: seconds before the answer.
        cut: close the connection half way.
        drip: seconds between two bytes.
    """

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    cut: bool = False
    drip: float = 0.0


@dataclass
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def role(self) -> str:
        """Which role's prompt it carries."""
        text = "".join(block["text"] for block in self.body.get("system", []))
        return next((role for mark, role in ROLES.items() if f"Your role: {mark}" in text), "")

    @property
    def facts(self) -> dict[str, Any]:
        """The document of the user's turn."""
        text = self.body["messages"][0]["content"]
        facts: dict[str, Any] = json.loads(
            text.removeprefix("<facts>\n").removesuffix("\n</facts>")
        )
        return facts


Behaviour = Callable[[Asked], Response | dict[str, Any] | None]


def message(reply: Any, *, stop_reason: str = "end_turn", **usage: int) -> dict[str, Any]:
    """A message whose text is the reply as JSON, or as it is when it is a string."""
    text = reply if isinstance(reply, str) else json.dumps(reply)
    tokens = {"input_tokens": 900, "output_tokens": 100} | usage
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-4-5",
        "content": [{"type": "text", "text": text}],
        "stop_reason": stop_reason,
        "stop_sequence": None,
        "usage": tokens,
    }


def error(status: int, kind: str, **headers: str) -> Response:
    """An error in the API's form. Its message quotes the key, as no server should."""
    body = {"type": "error", "error": {"type": kind, "message": "no. key: KEY"}}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, body, named)


class Server:
    """The running server: what was asked, and how it answers."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.behave: Behaviour = lambda asked: None
        self.batches: dict[str, list[dict[str, Any]]] = {}
        self.looks_until_ended = 1
        self.url = ""

    def roles(self) -> list[str]:
        """Roles that were asked for a message, in order."""
        return [asked.role for asked in self.asked if asked.path == "/v1/messages"]

    def answer(self, asked: Asked) -> Response:
        """The answer to one request."""
        self.asked.append(asked)
        if asked.path.startswith("/v1/messages/batches"):
            return self._batch(asked)
        if asked.path == "/v1/messages/count_tokens":
            size = len(json.dumps(asked.body))
            return Response(body={"input_tokens": size // 4})
        given = self.behave(asked)
        if isinstance(given, Response):
            return given
        return Response(body=message(EMPTY[asked.role] if given is None else given))

    def _batch(self, asked: Asked) -> Response:
        parts = asked.path.split("/")
        if asked.method == "POST":
            failed = self.behave(asked)
            if isinstance(failed, Response):
                return failed
            name = f"msgbatch_{len(self.batches) + 1}"
            self.batches[name] = asked.body["requests"]
            return Response(body=self._state(name, "in_progress"))
        name = parts[4]
        if len(parts) == 6:
            lines = [json.dumps(self._result(request)) for request in self.batches[name]]
            return Response(body=("\n".join(lines) + "\n").encode())
        looks = sum(a.path == asked.path for a in self.asked)
        ended = looks >= self.looks_until_ended
        return Response(body=self._state(name, "ended" if ended else "in_progress"))

    def _state(self, name: str, status: str) -> dict[str, Any]:
        counts = dict.fromkeys(("processing", "succeeded", "errored", "canceled", "expired"), 0)
        return {
            "id": name,
            "type": "message_batch",
            "processing_status": status,
            "request_counts": counts,
            "created_at": "2026-03-18T12:00:00Z",
            "expires_at": "2026-03-19T12:00:00Z",
            "ended_at": None,
            "archived_at": None,
            "cancel_initiated_at": None,
            "results_url": f"{self.url}/v1/messages/batches/{name}/results",
        }

    def _result(self, request: dict[str, Any]) -> dict[str, Any]:
        asked = Asked("POST", "(batch)", {}, request["params"])
        given = self.behave(asked)
        result: dict[str, Any]
        if isinstance(given, Response):
            failed = {"type": "error", "error": {"type": "api_error", "message": "no"}}
            result = {"type": "errored", "error": failed}
        else:
            reply = message(EMPTY[asked.role] if given is None else given)
            result = {"type": "succeeded", "message": reply}
        return {"custom_id": request["custom_id"], "result": result}


@contextmanager
def serving() -> Iterator[Server]:
    """A server on a free port until the block ends."""
    server = Server()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

        def _handle(self) -> None:
            size = int(self.headers.get("content-length") or 0)
            body = json.loads(self.rfile.read(size)) if size else {}
            path = self.path.split("?")[0]
            headers = {name.lower(): value for name, value in self.headers.items()}
            response = server.answer(Asked(self.command, path, headers, body))
            try:
                self._send(response, headers.get("x-api-key", ""))
            except OSError:
                self.close_connection = True

        def _send(self, response: Response, key: str) -> None:
            time.sleep(response.delay)
            raw = response.body if isinstance(response.body, bytes) else None
            data = raw or json.dumps(response.body).replace("KEY", key).encode()
            self.send_response(response.status)
            kind = "application/x-jsonl" if raw else "application/json"
            for name, value in ({"content-type": kind} | response.headers).items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            if response.cut:
                self.wfile.write(data[: len(data) // 2])
                self.wfile.flush()
                self.close_connection = True
                self.connection.shutdown(2)
                return
            for start in range(len(data) if response.drip else 1):
                self.wfile.write(data[start : start + 1] if response.drip else data)
                self.wfile.flush()
                time.sleep(response.drip)

        do_GET = do_POST = _handle  # noqa: N815 - names of the standard library

    with listening(Handler) as port:
        server.url = f"http://127.0.0.1:{port}"
        yield server
