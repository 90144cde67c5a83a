"""What followupd may ask of Gmail: a list of methods and paths, and nothing else. Sending is not on it.

No scope of Google's allows drafts alone, so that nothing can be sent is proved here: every request of the adapter passes
``Guard.check`` before it reaches the network.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from ipaddress import ip_address
from urllib.parse import parse_qsl, urlsplit

from followupd.adapters.gmail.faults import ForbiddenRequestError

GOOGLE = "https://gmail.googleapis.com"
_TOKEN_HOSTS = frozenset({"oauth2.googleapis.com", "accounts.google.com", "www.googleapis.com"})

ID = r"(?:[A-Za-z0-9_=-]|%3[AD])+"
_READS = (
    "profile",
    "messages",
    f"messages/{ID}",
    f"messages/{ID}/attachments/{ID}",
    "history",
    "drafts",
    f"drafts/{ID}",
)
_DRAFTS = (
    *(("GET", path) for path in (*_READS, "labels", "settings/sendAs", f"threads/{ID}")),
    ("POST", "drafts"),
    ("DELETE", f"drafts/{ID}"),
)
_LABELS = (("POST", "labels"), ("DELETE", f"labels/{ID}"), ("POST", f"messages/{ID}/modify"))
_QUERY = frozenset(
    {"alt", "prettyPrint", "q", "pageToken", "maxResults", "includeSpamTrash", "format", "metadataHeaders", "startHistoryId",
     "historyTypes", "labelIds"}
)  # fmt: skip
_SYSTEM_LABEL = re.compile(rb'"(?:INBOX|SENT|DRAFT|SPAM|TRASH|CHAT|SCHEDULED|UNREAD|STARRED|IMPORTANT|CATEGORY_\w+)"')


def is_loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Guard:
    """The list for one account. ``root`` is Google's or, in tests, a loopback address; ``labels`` adds labels of threads."""

    root: str = GOOGLE
    labels: bool = False

    def __post_init__(self) -> None:
        parts = urlsplit(self.root)
        if self.root != GOOGLE and not (
            parts.scheme == "http" and is_loopback(parts.hostname) and parts.path in ("", "/")
        ):
            raise ForbiddenRequestError(
                f"api_endpoint may only name a loopback address, not {parts.hostname}.",
                remedy='Leave api_endpoint out, or write e.g. "http://127.0.0.1:4002".',
            )

    def allowed(self) -> Iterator[tuple[str, str]]:
        """Method and path pattern of everything that may be asked, as shown by ``followupd doctor``."""
        for method, path in (*_DRAFTS, *(_LABELS if self.labels else ())):
            yield method, f"/gmail/v1/users/me/{path}"
        yield "POST", "/batch"

    def check(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> None:
        """Raise ForbiddenRequestError unless this very request is on the list; a batch is judged by its parts."""
        parts = urlsplit(url)
        if f"{parts.scheme}://{parts.netloc}" != self.root.rstrip("/"):
            raise ForbiddenRequestError(f"followupd does not speak to {parts.hostname}.")
        if (method, parts.path) == ("POST", "/batch"):
            self._check_batch(headers, body or b"")
        else:
            self._check_one(method, parts.path, parts.query, headers)
        if parts.path.endswith("/modify") and _SYSTEM_LABEL.search(body or b""):
            raise ForbiddenRequestError("followupd touches no label but its own.")

    def _check_one(self, method: str, path: str, query: str, headers: Mapping[str, str]) -> None:
        known = any(method == m and re.fullmatch(p, path, re.ASCII) for m, p in self.allowed() if p != "/batch")
        overridden = any("override" in name.lower() for name in headers)
        odd = {name for name, _ in parse_qsl(query, keep_blank_values=True)} - _QUERY
        if not known or overridden or odd:
            raise ForbiddenRequestError(f"followupd does not make requests such as {method} {_shape(path)}.")

    def _check_batch(self, headers: Mapping[str, str], body: bytes) -> None:
        """Every part of a batch has to be a read that is allowed by itself."""
        kind = next((v for k, v in headers.items() if k.lower() == "content-type"), "")
        whole = message_from_bytes(b"Content-Type: " + kind.encode("ascii", "replace") + b"\r\n\r\n" + body)
        if not whole.is_multipart() or whole.defects:
            raise ForbiddenRequestError("followupd sends no batch that it cannot read itself.")
        for part in whole.walk():
            if part is not whole:
                self._check_part(part)

    def _check_part(self, part: Message) -> None:
        head, _, rest = str(part.get_payload()).replace("\r\n", "\n").partition("\n")
        method, _, target = head.removesuffix(" HTTP/1.1").partition(" ")
        if part.get_content_type() != "application/http" or method != "GET" or not head.endswith(" HTTP/1.1"):
            raise ForbiddenRequestError("followupd reads in batches, and does nothing else in them.")
        names = {line.partition(":")[0]: "" for line in rest.split("\n")}
        parts = urlsplit(target)
        self._check_one(method, parts.path, parts.query, names)

    def check_token(self, method: str, url: str) -> None:
        """Raise ForbiddenRequestError unless ``url`` is Google's token endpoint, or one on this machine."""
        parts = urlsplit(url)
        google = parts.scheme == "https" and parts.netloc in _TOKEN_HOSTS
        if method != "POST" or not (google or (parts.scheme in ("http", "https") and is_loopback(parts.hostname))):
            raise ForbiddenRequestError(f"followupd does not sign in at {parts.hostname}.")


def _shape(path: str) -> str:
    """A path without ids, fit for a log."""
    return re.sub(r"(?<=/)[^/]*[\d@%][^/]*", "…", path)
