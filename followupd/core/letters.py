"""Letters: the facts that one is written from, and the message that it becomes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from email.header import Header
from email.quoprimime import body_encode
from email.utils import format_datetime, quote
from hashlib import blake2b

from followupd.core.ledger import Kind
from followupd.core.mail import Address, Envelope, MessageId

LONGEST_NAME = 80
"""A company, role or name longer than this is a mistake of reading, and is left out of the letter."""

LONGEST_WORD = 60
"""A longer word in a header is written as RFC 2047 words, because only those can be folded within (RFC 5322 section 2.2.3)."""

MOST_REFERENCES = 100
"""Message-IDs kept in References; of a longer chain its root and its newest (RFC 5322 section 3.6.4 sets no limit)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFacts:
    """All that a letter may say. What is not known is None, and the letter then reads well without it.

    ``stage`` is the contract's word. ``first_name`` is the reader's where it is certain; ``salutation_name`` is what a
    formal greeting can use: a full name that holds it ("Katrin Vogel", "Vogel, Katrin") or one with a title ("Frau
    Vogel", "Ms. Lopez"); any other display name greets nobody. ``interview_on`` is the day of the last interview
    held, ``interviewed_today`` says that it was on ``written_on``. ``promised_by`` is a day that they named and that
    has passed. ``note`` is the user's own text, printed word for word. ``formal`` chooses Sie or du, vous or tu.
    ``variant`` is the letter's place among those of one step (panel interviewers); ``earlier`` are the bodies of the
    letters already drafted in this opportunity, which this one will not repeat. All days are local to the user.
    """

    kind: Kind
    language: str
    written_on: date
    my_name: str
    signature: str
    ordinal: int = 1
    stage: str = ""
    first_name: str | None = None
    salutation_name: str | None = None
    company: str | None = None
    role: str | None = None
    interview_on: date | None = None
    interviewed_today: bool = False
    applied_on: date | None = None
    promised_by: date | None = None
    assignment_sent_on: date | None = None
    last_sent_on: date | None = None
    note: str | None = None
    formal: bool = True
    variant: int = 0
    earlier: tuple[str, ...] = ()


_GENDER = r"(?:[mwfdxhi*]|div\.?|gn)"
_MARKERS = re.compile(rf"\s*[(\[]\s*(?:{_GENDER}(?:\s*[/|,]\s*{_GENDER})+|gn|all genders)\s*[)\]]", re.IGNORECASE)
"""What advertisements add to a role by law: (m/w/d), (H/F), [all genders]."""

_AROUND_ROLE = re.compile(r"^(?:the|an?)\s+|\s+(?:role|position|job|opening|vacancy)\s*$", re.IGNORECASE)

LEFTOVERS = re.compile(r"\{\{|\}\}|\{%|%\}|\b(?:None|NaN|TODO|undefined)\b|(?i:[\[<](?:your|name|company|role|date)\b)")
"""What shows that a letter was not filled in. No fact from mail may look like it."""

_MARKUP = re.compile(rf"{LEFTOVERS.pattern}|\{{#|#\}}|https?://|[<>]|\S+@\S+")


def cleaned(facts: LetterFacts) -> LetterFacts:
    """The same facts, fit to be printed: what strangers' mail supplied is one line of plain words, or None."""
    first_name = _words(facts.first_name)
    return replace(
        facts,
        first_name=first_name,
        salutation_name=_salutation(_words(facts.salutation_name), first_name),
        company=_words(facts.company),
        role=_words(_AROUND_ROLE.sub("", _MARKERS.sub("", facts.role))) if facts.role else None,
        note=_note(facts),
        signature=_lines(facts.signature) or facts.my_name,
    )


_TITLED = re.compile(
    r"(?:Frau|Herrn?|M[sx]|Mrs?|Dr|Prof|Mme|Madame|M|Monsieur|Mevrouw|Meneer|Sra?|Señora?|Don|Doña|Sig|Signora?|Dott|"
    r"Senhora?|Pani|Panie|[Mm]evrouw|[Mm]eneer|[Hh]eer)\b\.?(?:ra|ssa)?\s+\w"
)


def is_titled(name: str) -> bool:
    """Whether ``name`` begins with a title, as a formal salutation has it."""
    return bool(_TITLED.match(name))


def _salutation(name: str | None, first_name: str | None) -> str | None:
    """``name`` in its usual order, if it is a person's: it has a title or is made of words around ``first_name``."""
    if name is None or _TITLED.match(name):
        return name
    last, comma, rest = name.partition(",")
    ordered = f"{rest} {last}".strip() if comma else name
    alone = re.fullmatch(r"[^\W\d_][\w.'’-]*(?: [^\W\d_][\w.'’-]*){1,3}", ordered)
    return ordered if alone and first_name and first_name in ordered.split() else None


def _note(facts: LetterFacts) -> str | None:
    """The user's note; a later letter of the opportunity does not say it again, the thanks to another interviewer do."""
    note = _lines(facts.note or "")
    said = facts.kind is not Kind.THANK_YOU and any(note in earlier for earlier in facts.earlier)
    return None if said else note or None


def _words(text: str | None) -> str | None:
    line = one_line(text or "").strip(" ,;:")
    return line if line and len(line) <= LONGEST_NAME and not _MARKUP.search(line) else None


def _lines(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def one_line(text: str) -> str:
    """``text`` without control and invisible format characters, on one line, with single spaces."""
    spaced = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in text)
    return " ".join(spaced.split())


# ---- the message


def message(
    *,
    sender: Address,
    to: Sequence[Address],
    cc: Sequence[Address] = (),
    subject: str,
    body: str,
    date: datetime,
    message_id: MessageId,
    in_reply_to: MessageId | None = None,
    references: Sequence[MessageId] = (),
    key: str,
    digest: str,
) -> bytes:
    """The draft as RFC 5322 bytes with CRLF, pure ASCII on the wire.

    The body is one text/plain part in UTF-8, quoted-printable (RFC 2045 section 6.7), each paragraph one line: every
    client wraps it to its own width, and no server on the way has a reason to change it.
    """
    fields = [
        ("From", _mailboxes([sender])),
        ("To", _mailboxes(to)),
        ("Cc", _mailboxes(cc)),
        ("Subject", _subject(one_line(subject))),
        ("Date", format_datetime(date)),
        ("Message-ID", _ids([message_id])),
        ("In-Reply-To", _ids([in_reply_to] if in_reply_to else [])),
        ("References", _ids(references)),
        ("MIME-Version", "1.0"),
        ("Content-Type", 'text/plain; charset="utf-8"'),
        ("Content-Transfer-Encoding", "quoted-printable"),
        ("X-Followupd-Key", one_line(key)),
        ("X-Followupd-Digest", one_line(digest)),
    ]
    head = "".join(f"{name}: {value}\r\n" for name, value in fields if value)
    return f"{head}\r\n{_quoted_printable(body)}".encode()


def _mailboxes(addresses: Iterable[Address]) -> str:
    return ",\r\n ".join(_mailbox(a) for a in addresses)


def _mailbox(address: Address) -> str:
    name = one_line(address.name)
    email = _addr_spec(address.email)
    if not name:
        return email
    shown = _phrase(name) if _is_plain(name) and len(name) <= LONGEST_NAME else _encoded(name, "utf-8")
    fold = "\r\n " if len(shown) + len(email) > 70 else " "
    return f"{shown}{fold}<{email}>"


def _addr_spec(email: str) -> str:
    """``email`` with its domain in ASCII (RFC 3490) where that can be; what is left of other scripts is RFC 6532's."""
    local, at, domain = re.sub(r"[\s<>,;]", "", one_line(email)).rpartition("@")
    with suppress(UnicodeError):
        domain = domain.encode("idna").decode()
    return local + at + domain


def _phrase(name: str) -> str:
    """A display name as RFC 5322 atoms where they suffice, else quoted."""
    return name if re.fullmatch(r"[\w !#$%&'*+/=?^`{|}~-]+", name) else f'"{quote(name)}"'


def _subject(text: str) -> str:
    return _encoded(text, "us-ascii" if _is_plain(text) else "utf-8")


def _encoded(text: str, charset: str) -> str:
    """``text`` folded, and in RFC 2047 words unless ``charset`` is ASCII; room is left for a field name."""
    return Header(text, charset, header_name="Subject").encode(linesep="\r\n")


def _is_plain(text: str) -> bool:
    """Whether ``text`` can stand in a header as it is: ASCII, no words that cannot be folded, nothing like an RFC 2047 word."""
    return text.isascii() and "=?" not in text and max(map(len, text.split()), default=0) <= LONGEST_WORD


def _ids(ids: Iterable[MessageId]) -> str:
    return "\r\n ".join(i for i in ids if re.fullmatch(r"<[^<>\s]{1,900}>", i) and _is_real(i))


def _is_real(message_id: MessageId) -> bool:
    """Whether a message carries this id, rather than having it as a stand-in for none."""
    return not message_id.endswith("@missing.invalid>")


def _quoted_printable(body: str) -> str:
    text = body.replace("\r\n", "\n").rstrip("\n") + "\n"
    octets = text.encode().decode("latin-1")
    return body_encode(octets, eol="\n").replace("\n", "\r\n")


# ---- what a reply takes from its parent

_REPLY = r"re|aw|antw|antwort|sv|vs|vá|res|rif|r|odp|ynt|atb|απ|σχετ|отв|回复|回覆|答复|返信|回信|回"
_FORWARD = r"fwd?|wg|weitergeleitet|tr|vb|vl|rv|enc|i|pd|doorst|πρθ|转发|轉寄|転送"
_PREFIX = re.compile(
    rf"\s*(?:(?P<reply>{_REPLY})|(?P<forward>{_FORWARD}))(?P<count>\s*[\[(^]\d+[\])]?)?\s*[:\uff1a]\s*", re.IGNORECASE
)


def reply_subject(subject: str) -> str:
    """The subject of a reply: one reply prefix, in the language of the outermost one already there, else ``Re:``.

    Several reply prefixes become one ``Re:``; a forward prefix stays behind it.
    """
    rest, replies, forward = one_line(subject), [], ""
    while found := _PREFIX.match(rest):
        if found["reply"]:
            replies.append("Re:" if found["count"] else found[0].strip())
        forward = forward or (found[0].strip() + " " if found["forward"] else "")
        rest = rest[found.end() :]
    prefix = replies[0] if len(replies) == 1 else "Re:"
    return f"{prefix} {forward}{rest}".strip()


def references_for(parent: Envelope) -> tuple[MessageId, ...]:
    """References of a reply to ``parent`` (RFC 5322 section 3.6.4): its own chain, then itself.

    A stand-in id of a message that has none is left out.
    """
    chain = parent.references or (parent.in_reply_to if len(parent.in_reply_to) == 1 else ())
    ids = [i for i in dict.fromkeys(chain) if i != parent.message_id]
    kept = [i for i in (*ids, parent.message_id) if _is_real(i)]
    return tuple(kept if len(kept) <= MOST_REFERENCES else kept[:1] + kept[1 - MOST_REFERENCES :])


_SUBJECTS = {
    "en": ("Thank you for your time", "Thank you: {}"),
    "de": ("Vielen Dank für das Gespräch", "Vielen Dank für das Gespräch: {}"),
    "fr": ("Merci pour notre échange", "Merci pour notre échange : {}"),
    "es": ("Gracias por la conversación", "Gracias por la conversación: {}"),
    "pt": ("Agradecimento pela nossa conversa", "Agradecimento pela nossa conversa: {}"),
    "it": ("Grazie per il colloquio", "Grazie per il colloquio: {}"),
    "nl": ("Bedankt voor het gesprek", "Bedankt voor het gesprek: {}"),
    "pl": ("Podziękowanie za rozmowę", "Podziękowanie za rozmowę: {}"),
}


def new_subject(facts: LetterFacts) -> str:
    """The subject of a thank-you that starts a thread of its own."""
    known = cleaned(facts)
    plain, about = _SUBJECTS.get(known.language.partition("-")[0], _SUBJECTS["en"])
    topic = ", ".join(filter(None, (known.role, known.company)))
    return about.format(topic) if topic else plain


# ---- knowing a text again


def digest(body: str) -> str:
    """A fingerprint of ``body`` that survives transport but no edit.

    Line ends, trailing and repeated white space, other wrapping of a paragraph and Unicode composition make no
    difference; a changed word, sign, or paragraph does.
    """
    text = unicodedata.normalize("NFC", body.replace("\r\n", "\n").replace("\r", "\n"))
    paragraphs = (" ".join(p.split()) for p in re.split(r"\n\s*\n", text))
    return blake2b("\n\n".join(filter(None, paragraphs)).encode(), digest_size=16).hexdigest()
