"""Which addresses mail did not reach for good: delivery reports (RFC 3464) and the free texts of systems without them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from followupd.core import headers
from followupd.core.mail import Email

_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_GROUP = re.compile(r"\n[ \t]*\n")
_FAILURE = re.compile(
    r"\b[45][05]\d[ -]#?[45]\.\d\.\d|\b55[0-4]\b|user unknown|unknown user|no such user|does ?n[o']t exist|mailbox (unavailable|full|not found)"
    r"|undeliver|did not reach|could ?n[o']t be delivered|not be delivered|failed|rejected|returned|permanent|unzustellbar|nicht zugestellt",
    re.IGNORECASE,
)
_DELAY = re.compile(
    r"\b(delayed|will (be )?retr(y|ied)|still (being )?(trying|retried)|will continue to (try|be)|not yet been delivered|warning message only"
    r"|do(es)? not need to resend|temporar(y|ily) (problem|failure|delay)|could not (be )?(send|sent|deliver|delivered)\b.{0,30} (for|in) (the )?(past|last) [\d.]+ (hours?|minutes?|days?)|delivery (is )?delayed|verzögert|noch nicht zugestellt|retardé|retrasad[oa])",
    re.IGNORECASE,
)
_FOR_GOOD = re.compile(
    r"\b5\.\d\.\d|\bpermanent(ly)? (fatal |delivery )?(error|failure|problem|failed|rejected|undeliverable)",
    re.IGNORECASE,
)
_COPY = re.compile(
    r"^.{0,10}(-{2,}.{0,40}(copy of|original message|returned message|message header|headers?|message follows|enclosed|undelivered|unsent)"
    r"|(included|below) (below|this line) is|\W{0,20}the following is|received: from |return-path: ?<|message contents follow)",
    re.IGNORECASE | re.MULTILINE,
)
_ID_LINE = re.compile(r"^[ \t>]*message-id[ \t]*:[ \t]*\n?[ \t]*(<[^<>\s]+>)", re.IGNORECASE | re.MULTILINE)


_TO_LINE = re.compile(r"^[ \t>]*to[ \t]*:[ \t]*(.*(?:\n[ \t].*)*)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Report:
    """What a delivery report says: the addresses that failed for good, and whether there is any such failure."""

    failed: tuple[str, ...]
    final: bool


def of_status(report: str) -> Report | None:
    """Read the text of message/delivery-status parts (RFC 3464 section 2): a group of fields for each recipient.

    None if it says nothing of any recipient.
    """
    failed: list[str] = []
    final = known = False
    for group in _GROUP.split(report):
        found = headers.fields(group.strip("\n").encode())
        known = known or "action" in found or "status" in found
        if not _is_permanent(found):
            continue
        final = True
        failed += _recipients(found)
    return Report(tuple(dict.fromkeys(failed)), final) if known else None


def _is_permanent(found: dict[str, list[str]]) -> bool:
    """Action decides; without it, the class of the Status (RFC 3463)."""
    action = found.get("action", [""])[0].strip().lower()
    if action:
        return action.startswith("fail")
    return found.get("status", [""])[0].strip().startswith("5")


def _recipients(found: dict[str, list[str]]) -> Iterator[str]:
    """The address as we wrote it and the one to which it was rewritten: either may be the one that we know."""
    for name in ("original-recipient", "final-recipient", "x-actual-recipient"):
        for value in found.get(name, ()):
            yield from (a.lower() for a in _ADDRESS.findall(value.rpartition(";")[2]))


def of_text(email: Email, text: str) -> Report:
    """Read a bounce without a machine-readable part: the named recipients, else the addresses beside words of failure."""
    named = email.envelope.evidence.get("x-failed-recipients", "")
    if named:
        return Report(_unique(_ADDRESS.findall(named)), final=True)
    notice = notice_of(text)
    if _DELAY.search(f"{email.envelope.subject}\n{notice}") and not _FOR_GOOD.search(notice):
        return Report((), final=False)
    own = {a.key for a in (*email.envelope.to, *email.envelope.cc, *email.envelope.from_)}
    for found in (_near_failure(notice), _ADDRESS.findall(notice), _recipients_of_copy(email, text)):
        if failed := tuple(a for a in _unique(found) if a not in own and not _is_postmaster(a)):
            return Report(failed, final=True)
    return Report((), final=True)


def _recipients_of_copy(email: Email, text: str) -> list[str]:
    """To whom the returned message went, where the notice names nobody."""
    if email.returned:
        lines = headers.fields(email.returned.encode("utf-8", "surrogateescape")).get("to", [])
    else:
        lines = _TO_LINE.findall(text[:200_000])[:1]
    return _ADDRESS.findall(" ".join(lines))


def notice_of(text: str) -> str:
    """The mail system's own words, without the copy of the message that it returns."""
    head = text[:8000]
    copy = _COPY.search(head, 40)
    return head[: copy.start()] if copy else head


def _near_failure(notice: str) -> list[str]:
    lines = notice.split("\n")
    near = [line for i, line in enumerate(lines) if _FAILURE.search("\n".join(lines[max(0, i - 3) : i + 4]))]
    return _ADDRESS.findall("\n".join(near))


def _is_postmaster(address: str) -> bool:
    return address.startswith(("postmaster@", "mailer-daemon@", "abuse@", "support@", "helpdesk@", "admin@"))


def _unique(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(a.lower().strip(".'`") for a in found))


def returned_id(email: Email, text: str) -> str | None:
    """The Message-ID of the message that came back, from its returned header or its copy in the text."""
    for source in (email.returned, text[:200_000]):
        if source and (found := _ID_LINE.search(source)):
            return found[1]
    return None
