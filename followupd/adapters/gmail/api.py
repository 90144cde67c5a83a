"""Calls to the Gmail API: within the quota, with patience, and with followupd's own errors."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from typing import Any, TypeVar

import stamina
from googleapiclient.discovery import build_from_document
from googleapiclient.discovery_cache import get_static_doc
from googleapiclient.errors import BatchError, HttpError
from googleapiclient.http import BatchHttpRequest

from followupd.adapters.gmail.faults import BusyError, NotFoundError, fault
from followupd.adapters.gmail.guard import GOOGLE
from followupd.adapters.gmail.quota import COSTS, Bucket
from followupd.adapters.gmail.transport import Transport
from followupd.core.errors import FollowupdError, PermanentError, TransientError, UnreachableError

BATCH = 25
"""Calls in one batch: Google answers 100 with "too many concurrent requests", 25 not."""

_LONGEST_WAIT = timedelta(minutes=1)
_PATIENCE: Mapping[str, Any] = {
    "attempts": 5,
    "timeout": 150,
    "wait_initial": 1.0,
    "wait_max": 32.0,
    "wait_jitter": 1.0,
}

Request = Any
"""A ``googleapiclient.http.HttpRequest``, which is not typed."""


T = TypeVar("T")


@dataclass(slots=True)
class Api:
    """One connection to one account's mailbox."""

    transport: Transport
    bucket: Bucket = field(default_factory=Bucket)
    _batches: bool | None = None
    _resources: dict[str, Any] = field(default_factory=dict)

    @property
    def account(self) -> str:
        return self.transport.sign_in.account

    @property
    def users(self) -> Any:
        """The resource ``users`` of google-api-python-client."""
        if "users" not in self._resources:
            service = build_from_document(discovery(self.transport.guard.root), http=self.transport)
            self._resources["users"] = service.users()
        return self._resources["users"]

    def resource(self, name: str) -> Any:
        """A resource under ``users``, such as ``messages``: made once, as the library builds it anew at each call."""
        if name not in self._resources:
            self._resources[name] = getattr(self.users, name)()
        return self._resources[name]

    def call(self, request: Request) -> dict[str, Any]:
        """The answer to one request. What may have been done already is not asked again: see ``_worth_repeating``."""
        return self._patiently(request.method, lambda: self._once(request))

    def _patiently(self, method: str, ask: Callable[[], T]) -> T:
        for attempt in stamina.retry_context(on=_worth_repeating(method), **_PATIENCE):
            with attempt:
                return ask()
        raise AssertionError("stamina ends in an answer or an error")

    def _once(self, request: Request) -> dict[str, Any]:
        self.bucket.take(_cost(request))
        try:
            answer = request.execute(num_retries=0)
        except HttpError as e:
            raise self._fault(e) from e
        except ValueError as e:  # an answer that is no JSON
            raise TransientError(f"Gmail ({self.account}) gave no readable answer.") from e
        return answer if isinstance(answer, dict) else {}  # a deletion answers with nothing

    def _fault(self, error: HttpError) -> FollowupdError:
        return fault(int(error.resp.status), error.resp, error.content, account=self.account)

    def pages(self, list_page: Callable[..., Request], **parameters: Any) -> Iterator[dict[str, Any]]:
        """Every page of a listing. A page token that leads back ends in PermanentError."""
        token: str | None = None
        seen = set()
        while True:
            page = self.call(list_page(userId="me", pageToken=token, **parameters))
            yield page
            token = page.get("nextPageToken")
            if not token:
                return
            if token in seen:
                raise PermanentError(f"Gmail ({self.account}) lists in a circle.")
            seen.add(token)

    @property
    def is_whole(self) -> bool:
        """Whether this is a whole Gmail, known by its batches. A stand-in may have none; such a one has been seen to give
        only a few headers of a message, and those rewritten, unless the message is fetched as it is.
        """
        if self._batches is None:
            self._batches = self.transport.guard.root == GOOGLE or self._knows_batches()
        return self._batches

    @property
    def content_form(self) -> str:
        """In which format to ask for a message: parsed, its attachments left where they are, or as it is."""
        return "full" if self.is_whole else "raw"

    def _knows_batches(self) -> bool:
        batch = self._batch(lambda *_: None)
        batch.add(self.resource("labels").list(userId="me"))
        try:
            self._patiently("GET", lambda: self._execute(batch))
        except PermanentError:
            return False
        return True

    def read(self, requests: Mapping[str, Request]) -> Iterator[tuple[str, dict[str, Any]]]:
        """The answers to many reads, by their keys and in their order; what is not there any more is left out."""
        items = iter(requests.items())
        while chunk := dict(islice(items, BATCH)):
            found = self._read_batch(chunk) if len(chunk) > 1 and self.is_whole else self._read_singly(chunk)
            yield from ((key, answer) for key in chunk if (answer := found.get(key)) is not None)

    def _read_singly(self, requests: Mapping[str, Request]) -> dict[str, dict[str, Any] | None]:
        return {key: self._or_none(request) for key, request in requests.items()}

    def _or_none(self, request: Request) -> dict[str, Any] | None:
        try:
            return self.call(request)
        except NotFoundError:
            return None

    def _read_batch(self, requests: Mapping[str, Request]) -> dict[str, dict[str, Any] | None]:
        found: dict[str, dict[str, Any] | None] = {}
        self._patiently("GET", lambda: self._round({k: r for k, r in requests.items() if k not in found}, found))
        return found

    def _round(self, requests: Mapping[str, Request], found: dict[str, dict[str, Any] | None]) -> None:
        """Ask once for all of ``requests``; raises the first error that is not a plain 404 of one of them."""
        self.bucket.take(sum(_cost(request) for request in requests.values()))
        errors: list[FollowupdError] = []

        def take(key: str, answer: dict[str, Any], error: HttpError | None) -> None:
            reason = self._fault(error) if error else None
            if reason is None or isinstance(reason, NotFoundError):
                found[key] = answer if reason is None else None
            else:
                errors.append(reason)

        batch = self._batch(take)
        for key, request in requests.items():
            batch.add(request, request_id=key)
        self._execute(batch)
        if errors:
            raise next((e for e in errors if not isinstance(e, TransientError)), errors[0])

    def _execute(self, batch: Any) -> None:
        try:
            batch.execute(http=self.transport)
        except HttpError as e:
            raise self._fault(e) from e
        except (BatchError, KeyError, ValueError, IndexError) as e:
            raise TransientError(f"Gmail ({self.account}) gave no readable answer.") from e

    def _batch(self, callback: Callable[[str, dict[str, Any], HttpError | None], None]) -> Any:
        return BatchHttpRequest(callback=callback, batch_uri=f"{self.transport.guard.root.rstrip('/')}/batch")

    def close(self) -> None:
        self.transport.close()


def discovery(root: str) -> dict[str, Any]:
    """Google's description of the API as the library brings it, its addresses moved to ``root``.

    The library's own ``api_endpoint`` leaves batches where they were.
    """
    document: dict[str, Any] = json.loads(get_static_doc("gmail", "v1"))
    document["rootUrl"] = document["baseUrl"] = root.rstrip("/") + "/"
    document.pop("mtlsRootUrl", None)
    return document


def _cost(request: Request) -> int:
    return COSTS[str(request.methodId).removeprefix("gmail.")]


def _worth_repeating(method: str) -> Callable[[Exception], bool | timedelta]:
    """Whether to ask again, and when: after a refusal always, after a lost answer only for reads.

    Without a connection nothing is repeated: the next poll is soon enough.
    """

    def judge(error: Exception) -> bool | timedelta:
        lost = isinstance(error, TransientError) and not isinstance(error, UnreachableError) and method == "GET"
        if not (isinstance(error, BusyError) or lost):
            return False
        wait = getattr(error, "retry_after", None)
        if wait is None:
            return True
        return wait if wait <= _LONGEST_WAIT else False

    return judge
