"""Who or what wrote a message: headers first, words second (policy section 1, RFC 3834, RFC 3464)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from followupd.core import bounces, domains, language
from followupd.core.mail import Address, Email, Envelope, MailboxRole
from followupd.core.reading import Origin
from followupd.core.senders import (
    data,
    has,
    is_collective,
    is_no_reply,
    is_relay_host,
    is_reply_token,
    is_robot,
    letters,
    local_is,
    local_of,
    pattern,
    person_in,
)
from followupd.core.text import Visible

__all__ = ["Verdict", "classify", "is_collective", "is_job_alert", "is_no_reply", "is_reply_token", "is_robot"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The origin of a message and the rule that told it.

    ``bounced`` are the lower-case addresses that a bounce names as failed for good, ``returned_id`` the Message-ID of the
    message that it returns, where it says so.
    """

    origin: Origin
    rule: str
    bounced: tuple[str, ...] = ()
    returned_id: str | None = None


def classify(email: Email, visible: Visible) -> Verdict:
    """The origin of ``email``; ``visible`` is its text as ``text.visible`` gives it. The first rule that holds decides."""
    case = _Case(email, visible)
    return next((v for rule in _RULES if (v := rule(case))), None) or Verdict(Origin.HUMAN, "person")


_REPLY = re.compile(
    r"\s*(?:(?:fwd?|wg|tr|re|aw|sv|antw|antwort|rif|rép|odp|vs|res|r)\s*(?:\[\d+\])?\s*[:：]\s*)+", re.IGNORECASE
)


# --- the message in question ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Case:
    email: Email
    visible: Visible

    @property
    def envelope(self) -> Envelope:
        return self.email.envelope

    @property
    def sender(self) -> Address:
        return self.envelope.from_[0] if self.envelope.from_ else Address(email="")

    @property
    def is_own(self) -> bool:
        return self.envelope.role is MailboxRole.SENT

    def header(self, name: str) -> str:
        return self.envelope.evidence.get(name, "").strip().lower()

    @property
    def subject(self) -> str:
        return self.envelope.subject

    @property
    def words(self) -> str:
        """What it says, with what stands under it: machines confess at the bottom."""
        return f"{self.visible.text[:6000]}\n{self.visible.signature[:2000]}"


def _by(origin: Origin, rule: str) -> Verdict:
    return Verdict(origin, rule)


# --- calendar ------------------------------------------------------------------------------------------------------

_GREETING = re.compile(
    r"^\W*(hi|hello|hey|dear|good (morning|afternoon|evening|day)|hallo|guten (tag|morgen)|liebe[rs]?|sehr geehrte[rs]?|moin|servus|bonjour|salut|chère?|madame|monsieur"
    r"|hola|buen[oa]s|estimad[oa]|querid[oa]|olá|oi|bom dia|boa tarde|prezad[oa]|car[oa]|ciao|salve|buongiorno|gentile|egregi[oa]|beste|geachte|goede(morgen|middag|ndag)|dag"
    r"|dzień dobry|cześć|szanown[ay]|witam|hej|thanks|thank you|as (discussed|promised|agreed))\b",
    re.IGNORECASE | re.MULTILINE,
)


_SENTENCE = re.compile(r"^[^\W\d_][^\n@:]{14,}?[^\W\d_][.!?]\s", re.MULTILINE)


def _calendar(case: _Case) -> Verdict | None:
    """An invite, its change or its answer, unless a person wrote a letter around it."""
    methods = {part.method for part in case.email.calendars}
    if not methods:
        return None
    if methods & {"REPLY", "COUNTER", "REFRESH", "DECLINECOUNTER"}:
        return _by(Origin.AUTOMATED, "calendar-reply")
    if case.header("auto-submitted").startswith("auto") or is_robot(case.sender):
        return _by(Origin.AUTOMATED, "calendar-robot")
    name = person_in(case.sender.name)
    signed = bool(name and _SENTENCE.search(case.visible.text[:1500])) and _signature_starts(case, name)
    letter = signed or bool(_GREETING.search(case.visible.text[:1500])) or _speaks_of_self(case)
    return _by(Origin.AUTOMATED, "calendar-invite") if methods & {"REQUEST", "CANCEL", "ADD"} and not letter else None


# --- delivery ------------------------------------------------------------------------------------------------------


def _delivery(case: _Case) -> Verdict | None:
    """Reports of the mail system: failures are bounces, all others a robot's notices."""
    kind = case.header("content-type")
    if "disposition-notification" in kind or "feedback-report" in kind:
        return _by(Origin.AUTOMATED, "receipt-or-feedback-report")
    whole = case.email.plain or f"{case.visible.text}\n{case.visible.quoted}"
    rule, report = "delivery-status", bounces.of_status(case.email.report or "")
    if report is None:
        if not case.email.report and not _is_from_mail_system(case, whole):
            return None
        rule, report = "mail-system", bounces.of_text(case.email, whole)
    if not report.final:
        return _by(Origin.AUTOMATED, f"{rule}-not-final")
    failed = report.failed or bounces.of_text(case.email, whole).failed
    return Verdict(Origin.BOUNCE, rule, failed, bounces.returned_id(case.email, whole))


_SYSTEM = re.compile(
    r"mailer-?daemon|mail[._ -]?delivery|post_?master|mail system|system administrator|mdaemon", re.IGNORECASE
)
_FAILED = re.compile(
    r"undeliver|not (be )?deliver|did not reach|deliver(y|ed)? (to the following|failed|has failed)|could ?n[o']t (be )?(deliver|send)|unable to deliver|permanent(ly)? (error|fail|fatal)"
    r"|\b55[0-4][ -]|5\.\d\.\d|user unknown|no such user|returned to sender|failed recipient|rejected|nicht zugestellt|unzustellbar|bounce",
    re.IGNORECASE,
)


def _is_from_mail_system(case: _Case, whole: str) -> bool:
    """Two signs of three: who sent it, what the subject is, what it says."""
    if "x-failed-recipients" in case.envelope.evidence:
        return True
    sender = f"{case.sender.name} {local_of(case.sender)}"
    signs = bool(_SYSTEM.search(sender)) or case.envelope.evidence.get("return-path", "?").strip() == "<>"
    subject = not _REPLY.match(case.subject) and has("subjects", "bounce", case.subject[:200])
    if not (signs or is_robot(case.sender)) or not (signs or subject):
        return False
    return (signs and subject) or bool(_FAILED.search(bounces.notice_of(whole)))


# --- automatic answers ---------------------------------------------------------------------------------------------


def _auto_reply(case: _Case) -> Verdict | None:
    subject = case.subject.strip()
    if pattern("subjects", "auto_reply").match(subject):
        return _by(Origin.AUTO_REPLY, "auto-reply-subject")
    if rule := _auto_reply_header(case):
        receipt = not case.envelope.in_reply_to and not _is_away(case)
        machine = receipt and (is_robot(case.sender) or is_relay_host(case.sender.domain))
        return _by(Origin.AUTOMATED, f"{rule}-receipt") if machine else _by(Origin.AUTO_REPLY, rule)
    if case.is_own:
        return None
    if _is_away(case) and (
        case.header("x-auto-response-suppress") or case.header("auto-submitted").startswith("auto-gen")
    ):
        return _by(Origin.AUTO_REPLY, "away-with-auto-header")
    return _by(Origin.AUTO_REPLY, "away-words") if _reads_as_away(case) else None


def _auto_reply_header(case: _Case) -> str:
    if case.header("auto-submitted").startswith("auto-replied"):
        return "auto-submitted"
    for name in ("x-autoreply", "x-autorespond", "x-autoreply-from", "x-autorespond-from"):
        if case.header(name) not in ("", "no", "false"):
            return name
    if case.header("precedence").replace("-", "_") == "auto_reply":
        return "precedence"
    return "mailbox-rule" if "mailbox rules agent" in case.header("x-ms-exchange-generated-message-source") else ""


def _opening(case: _Case) -> str:
    """The first words, folded."""
    return " ".join(case.visible.text[:1200].split())[:500]


def _is_away(case: _Case) -> bool:
    opening = _opening(case)[:300]
    return has("away", "phrases", opening) or _is_said_to_be_away(case.sender, opening)


def _is_said_to_be_away(sender: Address, opening: str) -> bool:
    """Denise Ames is out of the office: where she wrote it, and not "our VP is on vacation"."""
    said = pattern("away", "of_one").search(opening)
    names = set(re.findall(r"[^\W\d_]{3,}", f"{sender.name} {local_of(sender)}".lower()))
    return said is not None and not names.isdisjoint(re.findall(r"[^\W\d_]{3,}", opening[: said.start()].lower()))


def _reads_as_away(case: _Case) -> bool:
    """Words of absence first, and no letter: nothing asked, and either no salutation or a mailbox's own phrases."""
    text = " ".join(case.visible.text[:3000].split())
    if not _is_away(case) or "?" in text or len(text) > 1500:
        return False
    return has("away", "signs", text) or (len(text) < 300 and not _GREETING.search(case.visible.text[:300]))


# --- bulk ----------------------------------------------------------------------------------------------------------


def _bulk(case: _Case) -> Verdict | None:
    if case.is_own:
        return None
    rule = next((name for name in ("list-id", "precedence", "list-unsubscribe") if _is_bulk_header(case, name)), None)
    if rule is None:
        return _by(Origin.BULK, "advertising-words") if _is_advertising_in_words(case) else None
    signs = _signs(case)
    advertises = signs and (rule == "list-id" or (len(signs) > 1 and not _opens_as_receipt(case)))
    if (_is_about_me(case) and not advertises) or (not signs and _is_group_letter(case)):
        return None
    return None if rule == "list-unsubscribe" and not _is_advertising(case, signs) else _by(Origin.BULK, rule)


def _signs(case: _Case) -> set[str]:
    """The words of advertising in it."""
    return {m[0].lower() for m in pattern("texts", "marketing").finditer(f"{case.subject}\n{case.words}")}


def _is_advertising_in_words(case: _Case) -> bool:
    """Some senders of bulk leave the headers out: two signs at least, in no answer and in no letter."""
    if case.envelope.in_reply_to or not has("texts", "marketing", case.words):
        return False
    return len(_signs(case)) > 1 and not _is_about_me(case) and not _is_letter(case)


def _is_advertising(case: _Case, signs: set[str]) -> bool:
    """List-Unsubscribe alone says little: persons' tools add it, with a line to unsubscribe."""
    if len(signs) < 2 and (_is_relayed(case) or _is_letter(case)):
        return False
    return bool(signs) or is_robot(case.sender)


def _is_bulk_header(case: _Case, name: str) -> bool:
    value = case.header(name)
    return value in ("bulk", "list", "junk") if name == "precedence" else bool(value)


def is_job_alert(subject: str) -> bool:
    """Whether a subject is one of a job alert."""
    return has("subjects", "job_alert", subject)


def _is_about_me(case: _Case) -> bool:
    """About the reader's own application, which bulk senders do not know of."""
    text = f"{case.subject}\n{case.visible.text[:1500]}"
    return has("texts", "own_process", text) and not is_job_alert(case.subject)


# --- machines ------------------------------------------------------------------------------------------------------


def _automated(case: _Case) -> Verdict | None:
    submitted = case.header("auto-submitted")
    if submitted and not submitted.startswith("no"):
        return _by(Origin.AUTOMATED, "auto-submitted")
    if case.is_own:
        return None
    if _is_relayed(case) or _is_group_letter(case):
        return _by(Origin.HUMAN, "relayed-person")
    rule = next((name for name, holds in _MACHINE_SIGNS.items() if holds(case)), None)
    return _by(Origin.AUTOMATED, rule) if rule else None


def _is_relayed(case: _Case) -> bool:
    """A person's letter that came through a system: answers go to a token or to the person."""
    answer = case.envelope.reply_to[0] if case.envelope.reply_to else case.sender
    if not (is_reply_token(answer) or (is_robot(case.sender) and not is_robot(answer))):
        return False
    return _is_personal(case) and not _reads_as_receipt(case) and not has("texts", "machine", case.words)


def _is_group_letter(case: _Case) -> bool:
    """A person's letter through a department's group: "'Maria Lopez' via Hiring", with the headers of a list."""
    listed = domains.is_host("lists", case.sender.domain)
    return " via " in case.sender.name.lower() and not listed and _is_letter(case)


def _is_personal(case: _Case) -> bool:
    """Under a person's name, and in a person's words: of herself, or signed with that name."""
    name = person_in(case.sender.name)
    if not name or not case.visible.text:
        return False
    return _speaks_of_self(case) or _signature_starts(case, name)


def _is_letter(case: _Case) -> bool:
    """To the reader by salutation, from a person who signs with the name in From and speaks of herself."""
    name = person_in(case.sender.name)
    return (
        bool(name and _GREETING.search(case.visible.text[:300]))
        and _speaks_of_self(case)
        and _signature_starts(case, name)
    )


def _speaks_of_self(case: _Case) -> bool:
    text = case.visible.text[:4000]
    spoken = language.detect(text)
    return has("self", spoken if spoken and spoken in data()["self"] else "en", text)


def _signature_starts(case: _Case, name: str) -> bool:
    """Whether a line of the signature starts with the first word of ``name``, and names no department."""
    first = name.casefold().split()[0].strip(",")
    lines = (line.strip(" *_-").casefold() for line in case.visible.signature.split("\n"))
    return any(line.startswith(first) and not has("names", "collective", line) for line in lines)


def _reads_as_receipt(case: _Case) -> bool:
    """An acknowledgement in a form letter's words: nothing asked, and nobody speaks of herself."""
    text = case.visible.text[:3000]
    opening = f"{case.subject}\n{' '.join(text[:800].split())}"
    return has("texts", "receipt", opening) and "?" not in text and not _speaks_of_self(case)


def _opens_as_receipt(case: _Case) -> bool:
    """Whether subject or first words are a receipt's: job boards put advertising under it."""
    return has("texts", "receipt", f"{case.subject}\n{_opening(case)[:200]}")


def _is_receipt(case: _Case) -> bool:
    """A form letter from a shared mailbox that no person signs, outside of a conversation."""
    return not case.visible.quoted and _reads_as_receipt(case) and _is_unsigned(case)


def _is_unsigned(case: _Case) -> bool:
    return is_collective(case.sender) and not _is_signed_by_person(case)


def _is_notice(case: _Case) -> bool:
    """A scheduler's or test platform's notice: nobody speaks, and it is worded or addressed as programs are."""
    if case.visible.quoted or _speaks_of_self(case):
        return False
    return local_is("notice", local_of(case.sender)) or has("texts", "notice", case.words)


_PERSON_LINE = re.compile(r"\s*[^\W\d_a-z][\w.'’-]+(?:\s+[^\W\d_][\w.'’-]*){0,3}\s*(?:[,|(–-].*)?$")


def _is_signed_by_person(case: _Case) -> bool:
    """Whether the line below the sign-off is a person's name: neither a firm's nor a department's."""
    lines = [line for line in case.visible.signature.split("\n") if line.strip()]
    if len(lines) < 2 or not _PERSON_LINE.match(lines[1]) or has("names", "collective", lines[1]):
        return False
    firm = letters(lines[1])
    return firm not in case.sender.domain.replace("-", "") and firm not in letters(case.sender.name)


_MACHINE_SIGNS: dict[str, Callable[[_Case], bool]] = {
    "no-reply": lambda case: is_no_reply(case.sender),
    "robot-address": lambda case: is_robot(case.sender),
    "machine-words": lambda case: has("texts", "machine", case.words),
    "precedence": lambda case: case.header("precedence") in ("bulk", "list", "junk"),
    "ats-host": lambda case: is_relay_host(case.sender.domain) and (_reads_as_receipt(case) or not _is_personal(case)),
    "receipt": _is_receipt,
    "notice": lambda case: _is_unsigned(case) and _is_notice(case),
}
_RULES: tuple[Callable[[_Case], Verdict | None], ...] = (_delivery, _calendar, _auto_reply, _bulk, _automated)
