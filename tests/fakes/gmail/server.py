"""The fake's HTTP side: the Gmail API, its batches, and Google's sign-in, each as strict as Google is, or stricter."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from followupd.adapters.gmail.quota import COSTS
from tests.fakes.gmail.account import FakeAccount
from tests.fakes.gmail.api import ApiError, answer
from tests.fakes.gmail.oauth import FakeSignIn
from tests.fakes.gmail.schema import ViolationError, check_body, check_query, find

BATCH_LIMIT = 50
"""Parts of one batch beyond which Gmail finds too many requests at once."""


@dataclass
class Fault:
    """Something that goes wrong with the next ``times`` requests for ``method`` (its id without ``gmail.users.``)."""

    method: str
    status: int = 0
    reason: str = "backendError"
    message: str = "fault"
    headers: Mapping[str, str] = field(default_factory=dict)
    drop: str = ""  # "before": the connection closes and nothing is done; "after": it is done, and the answer lost
    times: int = 1


@dataclass
class FakeGmail:
    """A Gmail on a loopback port. ``violations`` has to stay empty: it holds what no client of Google's may do."""

    account: FakeAccount = field(default_factory=FakeAccount)
    latency: float = 0.0
    faults: list[Fault] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    units: int = 0
    sent_octets: int = 0
    lock: threading.RLock = field(default_factory=threading.RLock)
    serves_profile: bool = True

    def __enter__(self) -> Self:
        handler = type("Handler", (_Handler,), {"fake": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.root = f"http://127.0.0.1:{self._server.server_port}"
        self.sign_in = FakeSignIn(self.root)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    # --- what a request becomes ---

    def fault_for(self, method: str) -> Fault | None:
        for fault in self.faults:
            if fault.method in (method, "*") and fault.times > 0:
                fault.times -= 1
                return fault
        return None

    def call(self, verb: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """One API call, alone or as part of a batch."""
        with self.lock:
            try:
                return self._call(verb, target, headers, body)
            except ApiError as e:
                return Answer(e.status, _error(e.status, e.reason, e.message))
            except (ViolationError, ValueError, KeyError) as e:
                self.violations.append(f"{verb} {urlsplit(target).path}: {e!r}")
                return Answer(400, _error(400, "invalidArgument", str(e)))

    def _call(self, verb: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        parts = urlsplit(target)
        method, path = find(verb, parts.path)
        name = method.id.removeprefix("gmail.users.")
        self.calls[name] += 1
        self.units += COSTS.get(f"users.{name}", 100)
        fault = self.fault_for(name)
        if fault and fault.drop != "after":
            return Answer(
                fault.status, _error(fault.status, fault.reason, fault.message), fault.headers, bool(fault.drop)
            )
        self.sign_in.check(headers.get("authorization", ""), method.scopes)
        query = parse_qs(parts.query, keep_blank_values=True)
        check_query(method, query)
        given = json.loads(body) if body else None
        check_body(method, "request", given)
        made = self._made(name, path, query, given)
        check_body(method, "response", made)
        return Answer(200 if made is not None else 204, made, drop=bool(fault))

    def _made(
        self, name: str, path: Mapping[str, str], query: Mapping[str, list[str]], given: Any
    ) -> dict[str, Any] | None:
        if path.get("userId") != "me":
            raise ViolationError("only one's own mailbox is spoken of")
        if name == "getProfile" and not self.serves_profile:
            raise ApiError(404, "notFound")
        return answer(self.account, name, path, query, given)


@dataclass
class Answer:
    status: int
    body: dict[str, Any] | None
    headers: Mapping[str, str] = field(default_factory=dict)
    drop: bool = False

    @property
    def octets(self) -> bytes:
        return b"" if self.body is None else json.dumps(self.body).encode()


_STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
}


def _error(status: int, reason: str, message: str) -> dict[str, Any]:
    one = {"message": message, "domain": "global", "reason": reason}
    return {"error": {"code": status, "message": message, "errors": [one], "status": _STATUS.get(status, "INTERNAL")}}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    fake: FakeGmail
    disable_nagle_algorithm = True

    def log_message(self, *_: object) -> None:
        pass

    def _serve(self) -> None:
        fake = self.fake
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {k.lower(): v for k, v in self.headers.items()}
        fake.requests += 1
        if fake.latency:
            time.sleep(fake.latency)
        path = urlsplit(self.path).path
        if path == "/batch" and self.command == "POST":
            self._batch(headers, body)
        elif path in ("/token", "/auth", "/introspect"):
            status, kind, made, more = fake.sign_in.serve(self.command, self.path, body)
            self._send(status, {"content-type": kind, **more}, made)
        else:
            self._one(fake.call(self.command, self.path, headers, body))

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _serve  # noqa: N815 - http.server's names

    def _one(self, made: Answer) -> None:
        if made.drop:
            self.close_connection = True
            return
        self._send(made.status, {"content-type": "application/json; charset=UTF-8", **made.headers}, made.octets)

    def _send(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.fake.sent_octets += len(body)
        headers = {"Date": self.date_time_string()} | dict(headers)
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _batch(self, outer: Mapping[str, str], body: bytes) -> None:
        fake = self.fake
        fault = fake.fault_for("batch")
        if fault:
            self._one(
                Answer(
                    fault.status,
                    _error(fault.status, fault.reason, fault.message),
                    fault.headers,
                    drop=bool(fault.drop),
                )
            )
            return
        whole = message_from_bytes(f"Content-Type: {outer.get('content-type', '')}\r\n\r\n".encode() + body)
        if not whole.is_multipart():
            fake.violations.append("a batch that is no multipart")
            self._one(Answer(400, _error(400, "badRequest", "batch")))
            return
        pieces = [self._piece(part, i, outer) for i, part in enumerate(whole.get_payload())]
        text = "".join(f"--batch_fake\r\n{piece}\r\n" for piece in pieces) + "--batch_fake--\r\n"
        self._send(200, {"content-type": "multipart/mixed; boundary=batch_fake"}, text.encode())

    def _piece(self, part: Any, index: int, outer: Mapping[str, str]) -> str:
        head, _, rest = part.get_payload().replace("\r\n", "\n").partition("\n")
        verb, target, _ = head.split(" ", 2)
        inner = {k.lower(): v for k, v in message_from_bytes(rest.encode()).items()}
        if index >= BATCH_LIMIT:
            made = Answer(429, _error(429, "rateLimitExceeded", "Too many concurrent requests for user."))
        else:
            made = self.fake.call(verb, target, {"authorization": outer.get("authorization", "")} | inner, b"")
        ident = part["Content-ID"].replace("<", "<response-", 1)
        return (
            f"Content-Type: application/http\r\nContent-ID: {ident}\r\n\r\nHTTP/1.1 {made.status} Answer\r\n"
            f"Content-Type: application/json; charset=UTF-8\r\n\r\n{made.octets.decode()}"
        )
