"""Gmail's IMAP server, played before a real Dovecot: X-GM-EXT-1, one mailbox of all mail, labels instead of folders.

Every message that is neither junk nor trash lies in *All Mail*, the drafts too, which *Drafts* is a view of. A label is a
keyword on the message and a mailbox of its name. What Gmail's extensions ask is put into words that Dovecot knows
(https://developers.google.com/workspace/gmail/imap/imap-extensions); everything else goes through as it is.
"""

from __future__ import annotations

import hashlib
import imaplib
import re
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message

from tests.servers.dovecot import Dovecot, Options

ALL, SENT, TRASH, SPAM = "[Gmail]/Alle Nachrichten", "[Gmail]/Gesendet", "[Gmail]/Papierkorb", "[Gmail]/Spam"
DRAFTS = "Virtual/Entwürfe"
OPTIONS = Options(
    mailboxes={ALL: r"\All", SENT: r"\Sent", TRASH: r"\Trash", SPAM: r"\Junk"},
    views={"Entwürfe": (r"\Drafts", f"!{ALL}\n  draft\n")},
    separator="/",
)
"""The mailboxes of a German Gmail."""

CAPABILITIES = (
    b"IMAP4rev1 UNSELECT IDLE NAMESPACE ID CHILDREN X-GM-EXT-1 SASL-IR UIDPLUS ENABLE MOVE CONDSTORE ESEARCH LIST-EXTENDED "
    b"LIST-STATUS SPECIAL-USE AUTH=PLAIN AUTH=XOAUTH2"
)
_TOLD = re.compile(rb"IMAP4rev1[^\]\r]*")
_LITERAL = re.compile(rb"\{(\d+)(\+?)\}\r\n\Z")
_KEYWORD = "gl_"
_SEARCH = re.compile(rb'X-GM-(RAW|LABELS|THRID) ("(?:[^"\\]|\\.)*"|[^\s)]+)')
_STORE = re.compile(rb"(.* UID STORE [\d:,*]+ [+-])X-GM-LABELS(\.SILENT)? \(([^)]*)\)\r\n\Z", re.IGNORECASE)
_NAMES = re.compile(rb'"((?:[^"\\]|\\.)*)"|(\S+)')


def keyword(label: str) -> str:
    return _KEYWORD + label.lower().encode().hex()


@dataclass(frozen=True, slots=True)
class Known:
    """One message of the open mailbox, as Gmail sees it."""

    uid: int
    header: Message
    received: float
    labels: frozenset[str]

    @property
    def ident(self) -> str:
        return _ident(self.header)

    @property
    def is_draft(self) -> bool:
        return "\\Draft" in self.labels


@dataclass(slots=True)
class GmailImap:
    """Listening on ``port``; ``commands`` are all that clients said, without their tags."""

    server: Dovecot
    commands: list[bytes] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    _listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))
    _sockets: list[socket.socket] = field(default_factory=list)

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                upstream = socket.create_connection((self.server.host, self.server.port))
                for end in (client, upstream):
                    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._sockets += (client, upstream)
                threading.Thread(target=_Talk(self, client, upstream).run, daemon=True).start()

    def close(self) -> None:
        for end in (self._listener, *self._sockets):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


@contextmanager
def gmail_before(server: Dovecot) -> Iterator[GmailImap]:
    gmail = GmailImap(server)
    threading.Thread(target=gmail.serve, daemon=True).start()
    try:
        yield gmail
    finally:
        gmail.close()


class _Talk:
    """One connection: command by command, as Gmail works them off."""

    def __init__(self, gmail: GmailImap, client: socket.socket, server: socket.socket) -> None:
        self.gmail, self.client, self.server = gmail, client, server
        self.from_client, self.from_server = client.makefile("rb"), server.makefile("rb")
        self.side: imaplib.IMAP4 | None = None
        self.open = b""
        self.user = ""

    def run(self) -> None:
        with suppress(OSError, ValueError, imaplib.IMAP4.error):
            self.client.sendall(_gmails(self.from_server.readline()))
            while line := self.from_client.readline():
                self._command(line)
        if self.side is not None:
            self.side.shutdown()
        for end in (self.client, self.server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        for opened in (self.from_client, self.from_server, self.client, self.server):
            opened.close()

    def _command(self, line: bytes) -> None:
        tag, _, rest = line.rstrip(b"\r\n").partition(b" ")
        self.gmail.commands.append(rest)
        try:
            line, amend = self._translated(line, rest)
        except ValueError as error:
            self.client.sendall(tag + b" BAD " + str(error).encode() + b"\r\n")
            return
        self._say(line)
        self._relay(tag, amend)

    def _say(self, line: bytes) -> None:
        """To the server, with the literals of the command."""
        self.server.sendall(line)
        while mark := _LITERAL.search(line):
            if not mark[2]:
                self.client.sendall(self.from_server.readline())
            self.server.sendall(self.from_client.read(int(mark[1])))
            line = self.from_client.readline()
            self.server.sendall(line)

    def _relay(self, tag: bytes, amend: Callable[[bytes], bytes]) -> None:
        """The answers to one command, the first line of each amended."""
        while pieces := list(self._answer()):
            self.client.sendall(amend(pieces[0]) + b"".join(pieces[1:]))
            if pieces[0].startswith(tag + b" "):
                return
            if pieces[0].startswith(b"+"):  # IDLE and AUTHENTICATE go on with a line of the client's
                threading.Thread(target=self._pass_a_line, daemon=True).start()
        raise OSError("the server is gone")

    def _answer(self) -> Iterator[bytes]:
        """One response: lines and literals in turn."""
        while line := self.from_server.readline():
            yield line
            if not (mark := _LITERAL.search(line)):
                return
            yield self.from_server.read(int(mark[1]))

    def _pass_a_line(self) -> None:
        with suppress(OSError, ValueError):
            self.server.sendall(self.from_client.readline() or b"DONE\r\n")

    # --- Gmail's words

    def _translated(self, line: bytes, rest: bytes) -> tuple[bytes, Callable[[bytes], bytes]]:
        """The command as Dovecot knows it, and what makes Gmail's of the answers. Raises ValueError."""
        verb, _, argument = rest.partition(b" ")
        match verb.upper():
            case b"LOGIN":
                self.user = _names(argument)[0]
            case b"SELECT" | b"EXAMINE":
                self.open = argument
            case b"DELETE":
                self._unlabel(_names(argument)[0])
        if stored := _STORE.match(line):
            return self._stored(stored), _gmails
        if b"SEARCH" in line and b"X-GM-" in line:
            return self._sought(line), _gmails
        if b"FETCH" in line and b"X-GM-" in line:
            return self._fetched(line)
        return line, _gmails

    def _stored(self, found: re.Match[bytes]) -> bytes:
        labels = _names(found[3])
        self.gmail.violations += [f"stored {name}" for name in labels if name.startswith("\\")]
        words = " ".join(map(keyword, labels)).encode()
        return found[1] + b"FLAGS" + (found[2] or b"") + b" (" + words + b")\r\n"

    def _sought(self, line: bytes) -> bytes:
        known = self._known()
        threads = threads_of(self._all())

        def uids(found: re.Match[bytes]) -> bytes:
            value = _names(found[2])[0]
            match found[1]:
                case b"LABELS":
                    hits = [k.uid for k in known if value.lower() in {n.lower() for n in k.labels}]
                case b"THRID":
                    hits = [k.uid for k in known if threads.get(k.ident) == int(value)]
                case _:
                    hits = [k.uid for k in known if all(_holds(term, k) for term in value.split())]
            return b"UID " + (",".join(map(str, hits)).encode() or b"4294967295")

        return _SEARCH.sub(uids, line)

    def _fetched(self, line: bytes) -> tuple[bytes, Callable[[bytes], bytes]]:
        known, threads = {k.uid: k for k in self._known()}, threads_of(self._all())
        wanted = re.findall(rb"X-GM-(THRID|LABELS)", line)

        def tell(answer: bytes) -> bytes:
            def items(found: re.Match[bytes]) -> bytes:
                one = known.get(int(found[2]))
                if one is None:  # gone meanwhile
                    return found[0]
                told = {
                    b"THRID": f"X-GM-THRID {threads[one.ident]} ".encode(),
                    b"LABELS": f"X-GM-LABELS ({' '.join(map(_quoted, sorted(one.labels)))}) ".encode(),
                }
                return found[1] + b"".join(told[name] for name in wanted) + b"UID " + found[2]

            return re.sub(rb"^(\* \d+ FETCH \()UID (\d+)", items, answer)

        return re.sub(rb"(?<=[ (])X-GM-(?:THRID|LABELS) ?| X-GM-(?:THRID|LABELS)(?=\))", b"", line), tell

    # --- what lies there

    def _known(self, mailbox: bytes = b"") -> list[Known]:
        """The messages of ``mailbox``, else of the open one."""
        if self.side is None:
            self.side = imaplib.IMAP4(self.gmail.server.host, self.gmail.server.port)
            self.side.login(self.user, self.gmail.server.password)
        return known(self.side, mailbox.decode() or self.open.decode())

    def _all(self) -> list[Known]:
        return self._known(f'"{ALL}"'.encode())

    def _unlabel(self, label: str) -> None:
        hand = imaplib.IMAP4(self.gmail.server.host, self.gmail.server.port)
        hand.login(self.user, self.gmail.server.password)
        hand.select(f'"{ALL}"')
        hand.uid("store", "1:*", "-FLAGS.SILENT", f"({keyword(label)})")
        hand.logout()


def known(hand: imaplib.IMAP4, mailbox: str) -> list[Known]:
    hand.select(mailbox, readonly=True)
    _, lines = hand.uid("fetch", "1:*", "(UID FLAGS INTERNALDATE BODY.PEEK[HEADER])")
    return [_message(line[0], line[1]) for line in lines if isinstance(line, tuple)]


def _gmails(line: bytes) -> bytes:
    """Dovecot's list of capabilities is replaced by Gmail's."""
    return _TOLD.sub(CAPABILITIES, line)


def _message(about: bytes, header: bytes) -> Known:
    flags = re.search(rb"FLAGS \(([^)]*)\)", about)
    uid = re.search(rb"UID (\d+)", about)
    received = imaplib.Internaldate2tuple(about)
    assert flags
    assert uid
    assert received
    words = flags[1].decode().split()
    labels = {bytes.fromhex(w[len(_KEYWORD) :]).decode() for w in words if w.startswith(_KEYWORD)}
    labels = {_SYSTEM.get(name, name) for name in labels} | ({"\\Draft"} if "\\Draft" in words else set())
    return Known(int(uid[1]), message_from_bytes(header), time.mktime(received), frozenset(labels))


_SYSTEM = {"\\inbox": "\\Inbox", "\\sent": "\\Sent"}


def _holds(term: str, known: Known) -> bool:
    name, _, value = term.removeprefix("-").partition(":")
    if term.startswith("-"):
        return not _holds(term[1:], known)
    if name == "after" and value.isdigit():
        return known.received >= int(value)
    if name == "in" and value in ("chats", "draft", "drafts"):
        return value != "chats" and known.is_draft
    raise ValueError(f"Could not parse command: {term}")


def threads_of(messages: Iterable[Known]) -> dict[str, int]:
    """Conversations: what refers to a message, under the same subject, belongs to it."""
    known = {k.ident: k.header for k in messages}
    roots: dict[str, str] = {}

    def root(ident: str) -> str:
        header = known[ident]
        refers = re.findall(r"<[^<>\s]+>", f"{header['References']} {header['In-Reply-To']}")
        older = (r for r in refers if r in known and r != ident and _plain(known[r]) == _plain(header))
        first = next(older, None)
        return roots.setdefault(ident, root(first) if first else ident)

    return {ident: int(hashlib.sha256(root(ident).encode()).hexdigest()[:15], 16) | 1 << 60 for ident in known}


def _ident(header: Message) -> str:
    return " ".join(str(header["Message-ID"] or hash(str(header))).split())


def _plain(header: Message) -> str:
    return re.sub(r"^(?:(?:re|aw|fwd)\s*:\s*)+", "", " ".join(str(header["Subject"]).lower().split()))


def _names(text: bytes) -> list[str]:
    found = _NAMES.findall(text)
    return [(quoted.replace(b'\\"', b'"').replace(b"\\\\", b"\\") or plain).decode() for quoted, plain in found]


def _quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
