"""One account's connection: made when first needed, signed in, and made anew when it has broken."""

from __future__ import annotations

import imaplib
import logging
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Literal, TypeVar

from imapclient import SocketTimeout

from followupd.adapters.imap import refusals
from followupd.adapters.imap.budget import Budget
from followupd.adapters.imap.mailboxes import Box, boxes_of
from followupd.adapters.imap.refusals import LineDroppedError
from followupd.adapters.imap.wire import Client, Pieces, Reply, parsed
from followupd.core.errors import AuthError, FollowupdError, PermanentError

log = logging.getLogger(__name__)

Tls = Literal["implicit", "starttls", "none"]
Auth = Literal["password", "xoauth2"]
T = TypeVar("T")

GMAIL = "X-GM-EXT-1"
"""The capability that tells Gmail: https://developers.google.com/workspace/gmail/imap/imap-extensions."""
_LIST_AGAIN = 3600.0
"""Seconds after which the list of mailboxes is asked for again; it changes seldom and costs more than a quiet pass."""
_PARTING = 1.0
"""Seconds that a server has to say goodbye."""
_REFUSED_AGAIN = 3600.0
"""Seconds after which a sign-in that was refused is tried once more with the same secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Where and how to sign in. ``secret`` is called at each sign-in and gives the password or the access token;
    ``timeout`` is the longest silence of the server that is borne, in seconds; ``trust`` replaces the system's trust;
    ``budget`` limits what is transferred.
    """

    name: str
    host: str
    port: int
    tls: Tls
    username: str
    auth: Auth
    secret: Callable[[], str]
    timeout: float = 60.0
    connect_timeout: float = 20.0
    trust: ssl.SSLContext | None = None
    budget: Budget | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Selected:
    """What the server says of a mailbox when it is opened (RFC 9051 section 6.3.3).

    ``next`` is 0 on an empty mailbox of a server that does not say; ``modseq`` is 0 where there is none.
    """

    validity: int
    next: int
    exists: int
    modseq: int = 0


@dataclass(slots=True)
class Session:
    """Commands in order over one connection. Not for use by several threads at once."""

    access: Access
    _client: Client | None = field(default=None, init=False)
    _boxes: tuple[float, tuple[Box, ...]] | None = field(default=None, init=False)
    _selected: tuple[str, int] | None = field(default=None, init=False)
    _refused: tuple[float, str, AuthError] | None = field(default=None, init=False, repr=False)

    # --- the connection

    @contextmanager
    def talking(self, expecting: bytes | None = None) -> Iterator[Client]:
        """The client, connected; what goes wrong inside comes out as one of followupd's errors.

        No answer is outstanding, but that to ``expecting`` if it was asked ahead.
        """
        client = self._client or self._connect()
        if self.access.budget:
            self.access.budget.check(gmail=bool(client.has_capability(GMAIL)))
        try:
            client.settle(unless=expecting)
            yield client
        except FollowupdError as error:
            if isinstance(error, LineDroppedError):
                self.drop()
            raise
        except (imaplib.IMAP4.error, OSError, *refusals.NONSENSE) as error:
            if type(error) is not imaplib.IMAP4.error:  # more than a refused command: nobody knows what comes next
                self.drop()
            raise refusals.broken(error) from error

    def repeatable(self, operation: Callable[[], T]) -> T:
        """Run an operation that does no harm twice; once more if the connection had been left open and is dead."""
        left_open = self._client is not None
        try:
            return operation()
        except LineDroppedError:
            if not left_open:
                raise
            return operation()

    @property
    def is_open(self) -> bool:
        return self._client is not None

    def drop(self) -> None:
        """Forget the connection without a word to the server."""
        client, self._client = self._client, None
        self._selected = self._boxes = None
        if client is not None:
            _hang_up(client)

    def cut_off(self) -> None:
        """End the connection under whoever is talking over it; from any thread. They see the line break."""
        client = self._client
        if client is not None:
            with suppress(OSError):
                client.socket().shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        if self._client is not None:
            with suppress(OSError, imaplib.IMAP4.error, *refusals.NONSENSE):
                self._client.socket().settimeout(_PARTING)
                self._client.logout()
        self.drop()
        if self.access.budget:
            self.access.budget.keep()

    def _connect(self) -> Client:
        access = self.access
        secret = self._unrefused(access.secret())
        try:
            client = Client(
                access.host,
                access.port,
                ssl=access.tls == "implicit",
                ssl_context=self._trust() if access.tls == "implicit" else None,  # making one takes 25 ms
                timeout=SocketTimeout(access.connect_timeout, access.timeout),
            )
        except (imaplib.IMAP4.error, OSError, *refusals.NONSENSE) as error:
            raise refusals.unreachable(error) from error
        if access.budget:
            client.meter(access.budget.count)
        try:
            self._begin(client, secret)
        except FollowupdError as error:
            _hang_up(client)
            if isinstance(error, AuthError):
                self._refused = time.monotonic(), secret, error
            raise
        self._client = client
        return client

    def _unrefused(self, secret: str) -> str:
        """A secret that was refused is not tried again within the hour: servers lock out whoever insists."""
        if self._refused:
            at, tried, error = self._refused
            if tried == secret and time.monotonic() - at < _REFUSED_AGAIN:
                raise error
        return secret

    def _begin(self, client: Client, secret: str) -> None:
        """TLS, where it is begun in plain text, and the sign-in."""
        access = self.access
        client.normalise_times = False
        try:
            if access.tls == "starttls":
                client.starttls(self._trust())
        except (imaplib.IMAP4.error, OSError, *refusals.NONSENSE) as error:
            raise refusals.unreachable(error) from error
        try:
            _authenticate(client, access, secret)
            if client.has_capability(GMAIL) and client.has_capability("ID"):
                client.id_({"name": "followupd"})  # as Google asks of its clients
            if wanted := _knows_changes(client):
                client.enable(wanted)
        except (imaplib.IMAP4.error, OSError, *refusals.NONSENSE) as error:
            token = access.auth == "xoauth2"
            raise refusals.sign_in(error, account=access.name, host=access.host, token=token) from error

    def _trust(self) -> ssl.SSLContext:
        return self.access.trust or ssl.create_default_context()

    def has(self, capability: str) -> bool:
        """Whether the server has it, as known since the sign-in."""
        client = self._client or self._connect()
        return bool(client.has_capability(capability))

    # --- mailboxes

    def boxes(self) -> tuple[Box, ...]:
        """Every mailbox that can be opened, the inbox and sent mail first; at most an hour old."""
        with self.talking() as client:
            if self._boxes is None or time.monotonic() - self._boxes[0] > _LIST_AGAIN:
                self._boxes = time.monotonic(), boxes_of(client)
            return self._boxes[1]

    def forget_boxes(self) -> None:
        self._boxes = None

    def exchange(self, *commands: bytes) -> list[Reply]:
        """Send commands together; raises for the first that is refused."""
        with self.talking() as client:
            replies = client.exchange(*commands)
            for reply in replies:
                if reply.status != "OK":
                    raise refusals.refused(reply.text)
            return replies

    def ask(self, *commands: bytes, each: Callable[[Pieces], None] | None = None) -> list[Reply]:
        """Send commands together; raises only where a refusal concerns more than the command itself."""
        with self.talking(expecting=commands[0] if commands else None) as client:
            replies = client.exchange(*commands, each=each)
            for reply in replies:
                if reply.status == "OK":
                    continue
                error = refusals.refused(reply.text)
                if reply.status == "BAD" or not isinstance(error, PermanentError):
                    raise error
            return replies

    def ask_ahead(self, command: bytes) -> None:
        """Have the server begin with ``command``, which ``ask`` will be called for next."""
        with self.talking() as client:
            client.ask_ahead(command)

    def examine(self, *names: str) -> list[Selected | FollowupdError]:
        """Open each mailbox read-only, the last stays open; in place of one that cannot be opened, why."""
        self._selected = None
        with self.talking() as client:
            replies = client.exchange(*(client.examine_command(name) for name in names))
            client.note_selected()
            opened = [_selected(reply) for reply in replies]
            for i, found in enumerate(opened):
                if isinstance(found, Selected) and found.exists and not found.next:
                    opened[i] = replace(found, next=_next_uid(client, names[i]))
        if isinstance(last := opened[-1], Selected):
            self._selected = names[-1], last.validity
        return opened

    def open(self, name: str, validity: int) -> bool:
        """Make ``name`` the open mailbox; False if its UIDs are no longer those of ``validity``, or it is gone."""
        if self._client is not None and self._selected == (name, validity):
            return True
        opened = self.examine(name)[0]
        if isinstance(opened, PermanentError):
            return False
        if isinstance(opened, FollowupdError):
            raise opened
        return opened.validity == validity

    def left_open(self) -> None:
        """Say that another command has changed which mailbox is open."""
        self._selected = None


def _hang_up(client: Client) -> None:
    with suppress(OSError, imaplib.IMAP4.error):
        client.shutdown()


def _authenticate(client: Client, access: Access, secret: str) -> None:
    if access.auth == "xoauth2":
        if client.has_capability("AUTH=OAUTHBEARER") and not client.has_capability("AUTH=XOAUTH2"):
            client.oauthbearer_login(access.username, secret)
        else:
            client.oauth2_login(access.username, secret)
    elif client.has_capability("LOGINDISABLED") or not (access.username + secret).isascii():
        client.plain_login(access.username, secret)
    else:
        client.login(access.username, secret)


def _knows_changes(client: Client) -> str | None:
    """What lets the server count changes (RFC 7162), where it can."""
    extensions = ("QRESYNC", "CONDSTORE") if client.has_capability("ENABLE") else ()
    return next((e for e in extensions if client.has_capability(e)), None)


def _selected(reply: Reply) -> Selected | FollowupdError:
    if reply.status != "OK":
        return refusals.refused(reply.text)
    numbers = {"UIDVALIDITY": 0, "UIDNEXT": 0, "HIGHESTMODSEQ": 0, "EXISTS": 0}
    for line, *_ in reply.responses:
        words = line.decode("ascii", "replace").replace("[", " ").replace("]", " ").split()
        if len(words) > 1 and words[1] == "EXISTS":
            numbers["EXISTS"] = int(words[0])
        elif len(words) > 2 and words[0] == "OK" and words[1] in numbers:
            numbers[words[1]] = int(words[2])
    return Selected(
        validity=numbers["UIDVALIDITY"],
        next=numbers["UIDNEXT"],
        exists=numbers["EXISTS"],
        modseq=numbers["HIGHESTMODSEQ"],
    )


def _next_uid(client: Client, name: str) -> int:
    """For servers that keep UIDNEXT to themselves (it is optional in RFC 3501): one above the highest UID."""
    _, reply = client.exchange(client.examine_command(name), b"FETCH * (UID)")
    return max(parsed(reply.responses), default=0) + 1
