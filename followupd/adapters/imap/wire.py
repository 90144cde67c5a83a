"""The line to the server: imapclient for sign-in and plain commands, and a lean exchange for what has to be fast.

imapclient's parser builds every response as a tree of Python objects, which is most of the time of a large FETCH. Here
a response is left as the server wrote it: its text pieces and literals in turn (RFC 9051 section 2.2.2).
"""

from __future__ import annotations

import imaplib
import logging
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from imapclient import IMAPClient
from imapclient.response_parser import parse_fetch_response

from followupd.adapters.imap.refusals import NONSENSE

log = logging.getLogger(__name__)
logging.getLogger("imapclient").setLevel(logging.WARNING)  # below that it logs addresses and mail

Pieces: TypeAlias = list[bytes]
"""One response: text, literal, text, literal … text, without ``* `` in front and CRLF at the end."""

_LITERAL = re.compile(rb"\{(\d+)\}\r\n\Z")
_COMPLETION = re.compile(rb"(OK|NO|BAD)(?: (.*))?\Z", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """All that the server said to one command. ``status`` is OK, NO or BAD; ``text`` is what stands behind it."""

    status: str
    text: str
    responses: list[Pieces]


class Client(IMAPClient):  # type: ignore[misc]  # imapclient is typed in parts only
    """An imapclient session that can also talk plainly. Raises what imapclient raises."""

    _pending: tuple[bytes, bytes] | None = None
    _kept: tuple[bytes, Reply] | None = None

    def exchange(self, *commands: bytes, each: Callable[[Pieces], None] | None = None) -> list[Reply]:
        """Send all commands at once and read all answers; one that is refused does not keep the others from running.

        RFC 9051 section 5.5 allows this as long as no answer depends on the order in which the server works. A server may
        work on several FETCHes at once: which of its untagged responses belongs to which is then for the caller to see.
        With ``each`` the untagged responses go there as they come, while the server writes on, and are not in the replies.
        """
        if self._pending and commands == (self._pending[1],):
            (tag, _), self._pending = self._pending, None
            return self._replies([tag], each)
        self.settle()
        kept, self._kept = self._kept, None
        if kept is None or commands != (kept[0],):
            return self._replies(self._send(commands), each)
        if each:
            for pieces in kept[1].responses:
                each(pieces)
        return [kept[1]]

    def ask_ahead(self, command: bytes) -> None:
        """Send a command whose answer will be wanted soon, by ``exchange``: meanwhile the server can work on it."""
        self.settle()
        (tag,) = self._send((command,))
        self._pending = tag, command

    def settle(self, unless: bytes | None = None) -> None:
        """Read the answer to what was asked ahead (unless it was just that), so that the line is free for something else."""
        if self._pending and self._pending[1] != unless:
            (tag, command), self._pending = self._pending, None
            self._kept = command, self._replies([tag])[0]

    def _send(self, commands: Sequence[bytes]) -> list[bytes]:
        self._imap.untagged_responses = {}
        tags = [self._imap._new_tag() for _ in commands]  # noqa: SLF001 - imapclient builds on imaplib's tags, too
        for tag in tags:
            del self._imap.tagged_commands[tag]
        self._imap.send(b"".join(b"%s %s\r\n" % pair for pair in zip(tags, commands, strict=True)))
        return tags

    def meter(self, count: Callable[[int], None]) -> None:
        """Have ``count`` told of every octet that goes out or comes in from here on, TLS not counted."""
        line = self._imap
        read, readline, send = line.read, line.readline, line.send

        def told(octets: bytes) -> bytes:
            count(len(octets))
            return octets

        line.read = lambda size: told(read(size))
        line.readline = lambda: told(readline())
        line.send = lambda data: send(told(data))

    def examine_command(self, mailbox: str) -> bytes:
        return b"EXAMINE " + bytes(self._normalise_folder(mailbox))

    def mailbox_argument(self, mailbox: str) -> bytes:
        """The name as it stands in a command: modified UTF-7, quoted (RFC 3501 section 5.1.3)."""
        return bytes(self._normalise_folder(mailbox))

    def note_selected(self) -> None:
        """Tell imaplib, which watches the state of the session, that an exchange has selected a mailbox read-only."""
        self._kept = None
        self._imap.state = "SELECTED"
        self._imap.is_readonly = True

    def folders_with_use(self) -> list[tuple[tuple[bytes, ...], bytes | None, str]]:
        """Every mailbox with its attributes, those of special use among them (RFC 6154 section 5, RFC 5258)."""
        if not (self.has_capability("SPECIAL-USE") and self.has_capability("LIST-EXTENDED")):
            return list(self.list_folders())
        arguments = [b'""', b'"*"', b"RETURN", b"(SPECIAL-USE)"]
        return list(self._proc_folder_list(self._raw_command_untagged(b"LIST", arguments, uid=False)))

    def _replies(self, tags: Sequence[bytes], each: Callable[[Pieces], None] | None = None) -> list[Reply]:
        """The answers in the order of ``tags``, whatever the order in which the server gives them."""
        done: dict[bytes, Reply] = {}
        responses: list[Pieces] = []
        for pieces in self._lines():
            head = pieces[0]
            if head.startswith(b"* "):
                pieces[0] = head[2:]
                if head.startswith(b"* BYE"):
                    raise imaplib.IMAP4.abort(_text(head[6:]))
                if each:
                    each(pieces)
                else:
                    responses.append(pieces)
                continue
            tag, _, rest = head.partition(b" ")
            if tag in tags and (end := _COMPLETION.match(rest)):
                done[tag] = Reply(status=end[1].decode(), text=_text(end[2] or b""), responses=responses)
                responses = []
                if len(done) == len(tags):
                    return [done[tag] for tag in tags]
            elif tag != b"+":
                raise imaplib.IMAP4.abort(f"unexpected response: {_text(head[:80])}")
        raise imaplib.IMAP4.abort("the server closed the connection")

    def _lines(self) -> Iterator[Pieces]:
        readline, read = self._imap.readline, self._imap.read
        while line := readline():
            pieces: Pieces = []
            while line.endswith(b"}\r\n") and (mark := _LITERAL.search(line)):
                literal = read(size := int(mark[1]))
                if len(literal) < size:
                    return
                pieces += (line, literal)
                line = readline()
            if not line.endswith(b"\r\n"):
                return
            pieces.append(line[:-2])
            yield pieces


def parsed(responses: list[Pieces]) -> dict[int, dict[bytes, Any]]:
    """FETCH responses by UID, as imapclient's own parser reads them.

    Other responses are left out, and those that the parser cannot read: one broken message must not hide the rest, and
    whoever misses it asks again.
    """
    found: dict[int, dict[bytes, Any]] = {}
    for pieces in responses:
        number, _, rest = pieces[0].partition(b" ")
        if not (number.isdigit() and rest[:6].upper() == b"FETCH "):
            continue
        texts = [number + rest[5:], *pieces[2::2]]
        data = [*zip((t.removesuffix(b"\r\n") for t in texts), pieces[1::2], strict=False), texts[-1]]
        try:
            for uid, items in parse_fetch_response(data, False, True).items():  # noqa: FBT003
                found.setdefault(uid, {}).update(items)
        except (imaplib.IMAP4.error, *NONSENSE) as error:
            log.warning("an answer to FETCH cannot be read: %s", type(error).__name__)
    return found


def _text(octets: bytes) -> str:
    return octets.decode("utf-8", "replace")
