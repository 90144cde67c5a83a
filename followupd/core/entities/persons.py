"""Persons: how a message is signed, whom it greets, whom to write to instead, and the given name for a greeting."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

import re2

from followupd.core.entities.companies import has_legal_form
from followupd.core.entities.titles import is_head
from followupd.core.entities.words import listed, plain
from followupd.core.mail import Address, Email, Identities

if TYPE_CHECKING:
    from followupd.core.text import Visible

_NAME_WORD = r"[^\W\d_][^\W\d_'’.-]*(?:['’-][^\W\d_]+)*\.?"
_NAME = re.compile(rf"^(?:{_NAME_WORD})(?: {_NAME_WORD}){{0,3}}$")
_GREETING = re.compile(
    r"^(?:hi|hello|hey|dear|good (?:morning|afternoon|evening)|hallo|liebe[rs]?|guten (?:tag|morgen)|sehr geehrte[rs]?|moin|servus|gr(?:ü|ue)(?:ß|ss) gott|gr(?:ü|ue)ezi|bonjour|bonsoir|"
    r"ch[eè]re?|salut|hola|estimad[oa]|querid[oa]|buenos días|ol[áa]|prezad[oa]|car[oa]|ciao|buongiorno|gentile|beste|dag|"
    r"geachte|hoi|ha|goede(?:morgen|middag|ndag)|cześć|hej|dzień dobry,?|witam|witaj|szanown[ya])\s+"
    r"(?P<name>(?:\b(?:dr|prof|mag|dipl|ing|mgr|inż|mr|mrs|ms|drs)\.|[^,!\n.:]){2,48})",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_HANDS_OVER = re2.compile(
    r"(?i)\b(?:my colleague|please (?:contact|write to|reach out to|get in touch with|reply to|direct (?:all|any|your|future|further|every))|(?:your|main|new) (?:point of contact|contact person)|taking over|take over|will be your (?:new )?contact|"
    r"hand(?:ing|ed)? (?:you |this )?over|meine kollegin|mein(?:en?)? kolleg|wenden sie sich|wende dich|ma collègue|mon collègue|"
    r"mi compañer|minha colega|meu colega|mia collega|mio collega|mijn collega|moja koleżanka|mojego kolegi)",
)


def signed(visible: Visible, senders: Iterable[Address] = ()) -> str | None:
    """The name under the text, None where a team signs or nobody. A name that the sender's address holds goes before."""
    text, people = visible.text.splitlines(), list(senders)
    ending = text[-1:] + visible.signature.splitlines()
    below = _named(ending)
    names = (*_named(text[-3:-1]), *below, *_named(line.partition(",")[0] for line in ending))
    own = (name for _, name in names if any(_fits(name, a) for a in people))
    return next(own, next((name for at, name in below if at < _NEAR), None))


def _named(lines: Iterable[str]) -> list[tuple[int, str]]:
    """The names among the first lines, closing formulas not counted, with their numbers."""
    bare = (line.strip(" ,*_-–")[: _LINE + 20] for line in lines)
    told = [line for line in bare if plain(line) and not _is_closing(line)][:8]
    return [(at, name) for at, line in enumerate(told) if (name := _name_of(line))]


_NEAR = 2
"""Lines under a text within which a name that the sender's address does not hold is still the writer's."""
_ASIDE = re.compile(
    r"\s*\((?:she|he|they|sie|er|elle|il|ella|él|lei|lui|zij|hij|ona|on)\b[^)]*\)|,\s*(?:[A-Z][\w.-]*[A-Z]\w*\.?(?:,\s*)?)+$"
)
"""Pronouns and letters behind a name: ``Ines (she/her)``, ``Joanne Whitlock, SHRM-CP``."""
_TITLED = re.compile(r"^(?:i\.\s?[AV]\.|ppa\.|gez\.|arch\.|ing\.|avv\.|mgr|inż\.)\s+", re.IGNORECASE)


def _is_closing(line: str) -> bool:
    """Whether the line is a closing formula and nothing else."""
    return all(plain(w) in listed("closings") for w in line.replace(",", " ").split())


_LINE = 60
"""Characters that a line with nothing but a closing and a name seldom has."""


def _name_of(line: str) -> str | None:
    """The name that a line consists of, a closing formula before it aside: ``LG Fenja``."""
    line = _TITLED.sub("", _ASIDE.sub("", line))
    words = line.split() if len(line) < _LINE else []
    while words and plain(words[0]) in listed("closings"):
        words = words[1:]
    name = " ".join(words).strip(" ,!.") if len(words) < len(line.split()) else line
    return name if _is_person(name) else None


def _is_person(line: str) -> bool:
    """Whether a line of a text is a person's name, and no salutation."""
    return not _GREETING.match(line) and _is_name(line)


def _is_name(line: str) -> bool:
    words = line.split()
    if not 1 <= len(words) <= 4 or len(line) > 40 or not _NAME.match(line):
        return False
    lowered = {w.lower().strip(".,") for w in words}
    if lowered & (listed("collective") | listed("title_words")) or plain(words[0]) in listed("closings"):
        return False
    if plain(line) in listed("headings") or (len(words) == 1 and is_head(words[0])) or has_legal_form(line):
        return False
    return all(w[0].isupper() or w in _PARTICLES for w in words)


_PARTICLES = frozenset(
    {
        "van",
        "von",
        "de",
        "der",
        "den",
        "da",
        "di",
        "del",
        "la",
        "le",
        "ter",
        "zu",
        "dos",
        "du",
        "e",
        "y",
        "ten",
        "el",
        "al",
        "ben",
        "bin",
        "vom",
        "zum",
        "zur",
        "'t",
    }
)


def greeted(visible: Visible) -> str | None:
    """The name in the salutation, as it is written."""
    first = next((line.strip() for line in visible.text.splitlines() if line.strip()), "")
    found = _GREETING.match(first)
    return " ".join(found["name"].split()) if found else None


_LEFT = re2.compile(
    r"(?i)\b(?:no longer (?:work|with|at|employed|part)|have left|has left|left the company|nicht mehr (?:für|bei|im)|ausgeschieden|"
    r"plus partie|quitté|ya no (?:trabajo|trabaja|formo)|já não (?:trabalho|faço)|não trabalho mais|non lavoro più|niet meer werkzaam|nie pracuj)"
)


def successor(email: Email, visible: Visible, me: Identities) -> Address | None:
    """Whom an automatic reply of somebody who has left names in their place; who stands in for a holiday is none."""
    return referral(email, visible, me) if _LEFT.search(visible.text) else None


def referral(email: Email, visible: Visible, me: Identities) -> Address | None:
    """The colleague to whom the text hands over, if it or the header gives the address."""
    handed = _HANDS_OVER.search(visible.text)
    if not handed:
        return None
    near = visible.text[max(0, handed.start() - 200) : handed.end() + 300]
    senders = {a.key for a in email.envelope.from_}
    for found in _EMAIL.finditer(near):
        address = Address(email=found[0].rstrip("."), name=_name_before(near[: found.start()]))
        if address.key not in senders and not me.has(address.email):
            return address
    for address in email.envelope.cc:
        if address.name and address.name.split()[0] in near and not me.has(address.email):
            return address
    return None


def _name_before(text: str) -> str:
    found = re.search(rf"({_NAME_WORD} {_NAME_WORD})[\s,(<:]*$", text[-80:])
    return found[1] if found and _is_person(found[1]) else ""


def is_called(greeting: str, known: str) -> bool:
    """Whether a person of whom these names are ``known`` is meant by a salutation's ``greeting``, declined or not: Pani Beato."""
    called = [w for w in plain(greeting).split() if w not in listed("titles")][-1:]
    return any(len(w) > 2 and n.startswith(w[: max(3, len(w) - 2)]) for w in called for n in plain(known).split())


def first_name(address: Address, signed_as: str | None) -> str | None:
    """The given name for a greeting, None unless it is certain."""
    name = _display_name(address.name)
    for candidate in (name, signed_as or ""):
        if candidate and (candidate is name or _fits(candidate, address)):
            given = _given(candidate)
            if given:
                return given
    return None


def _display_name(name: str) -> str:
    name = re.split(r"\s+(?:via|from|at|von|bei|@)\s+|[(\[|]", name, maxsplit=1)[0].strip(" \"'")
    last, comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}" if comma and first.strip() else name


def _given(name: str) -> str | None:
    """The first of a header's or a signature's name, where Ola, Cara and Dag greet nobody."""
    words = [w for w in name.split() if w.lower() not in listed("titles")]
    if not words or not _is_name(" ".join(w.capitalize() if w.isupper() else w for w in words)):
        return None
    given = words[0]
    if len(given.strip(".")) < 2 or given.endswith("."):
        return None
    return "-".join(p.capitalize() for p in given.split("-")) if given.isupper() and len(given) > 2 else given


def _fits(signed_as: str, address: Address) -> bool:
    """Whether the signature is the address's owner: a name of it stands in the local part or in the display name."""
    place = plain(address.email.partition("@")[0].replace(".", " ").replace("_", " ") + " " + address.name).replace(
        " ", ""
    )
    return any(len(w) > 1 and w in place for w in plain(signed_as).split())
