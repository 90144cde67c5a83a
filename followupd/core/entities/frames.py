"""Companies that the frame of a mail names: sender, signature, calendar, and what the correspondent's domain spells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from followupd.core import domains, senders
from followupd.core.entities.companies import has_legal_form, less_legal_form, tidy
from followupd.core.entities.names import Run, labels_for, runs, spelled_in, spells
from followupd.core.entities.titles import ends_in_head, has_head
from followupd.core.entities.words import listed, plain
from followupd.core.mail import Address, Email
from followupd.core.reading import Claim
from followupd.core.text import Visible

_PARTS = re.compile(r"\s*(?:\s[|·•–—/-]\s|\||[()\[\]]|,|\s(?:via|from|at|bei|de chez|chez|@)\s)\s*", re.IGNORECASE)
_OF = re.compile(r"\s(?:von|vom|de|da|di|van|z)\s", re.IGNORECASE)
_VIA = re.compile(r"[\s(](?:via|through|über|por|par|per|przez)\s.*$", re.IGNORECASE)
_WHO_WHERE = re.compile(r"^\W*(?P<who>\S+ \S.{0,30}?)\s(?:at|from|@|von|bei|de chez|chez|presso|bij)\s", re.IGNORECASE)
_LINE = re.compile(r"\s*(?:,|\||·|•|–|—|\s-\s|\bat\b|\bbei\b|\bchez\b|\ben\b|\bpresso\b|\bbij\b|@)\s*")
_TEAM_OF = re.compile(
    r"(?:team|équipe|equipo|equipe|zespół|department|abteilung|service|ufficio|departamento|hr|personnel|recruit\w*|talent\w*)"
    r"(?:[ -][^\W\d_]+){0,3}? (?:at|of|von|bei|der|de|des|da|do|di|del|van|bij|w|from|@) (?P<name>[^,|]{2,60})$",
    re.IGNORECASE,
)
_ARTICLE = re.compile(
    r"^(?:the|your|das|dein|ihr|euer|deine|ihre|la|le|el|il|het|de|je|uw|twój|o|a|l['’])\s?(?=\S)", re.IGNORECASE
)
_SUMMARY = re.compile(r"^(?:SUMMARY|DESCRIPTION)(?:;[^:\n]*)?:(.*)$", re.MULTILINE)
_FOLDED = re.compile(r"\r?\n[ \t]")
_FAR = 16_000
"""Characters within which a mail that is about the user names the company."""
_SENT_BY = re.compile(
    r"(?:sent|powered|delivered|provided|gesendet|envoyé|enviado|inviato|verzonden|wysłane)\b|this e-?mail is\b",
    re.IGNORECASE,
)
_JOINING = frozenset({"de", "di", "da", "do", "du", "des", "del", "of", "für", "von", "van"})
_CLOSE = ".,;:!?)\n|"
_CUTS = "-–—|:,("


def of_sender(sender: Address) -> Iterator[Claim]:
    """The company of a display name: ``Acme Careers via Greenhouse``, ``Maria (Acme)``, ``Acme | Maria Lopez`` …"""
    parts = _shown(sender)
    personal = [_is_owner(p, sender) or _is_half(p, parts, sender) or _is_where(p, sender) for p in parts]
    labels = labels_for(sender)
    for part, owner in zip(parts, personal, strict=True):
        weight = 0 if owner else _weight(part, sender, labels, beside=any(personal) or any(map(_is_office, parts)))
        name, _ = _without_department(part)
        if weight and (value := tidy(name)) and not ends_in_head(value):
            yield Claim(value=value, weight=weight, part="header", end=len(sender.name))
    shown, apart = sender.name, any(spells(label, p) for label in labels for p in parts)
    if len(parts) > 1 and not apart and any(spells(label, shown) for label in labels) and (value := tidy(shown)):
        yield Claim(value=value, weight=4, part="header", end=len(shown))  # a particle stands in the name


def of_subject_at_system(subject: str, sender: Address) -> Iterator[Claim]:
    """What a tracking system puts first in a subject, since its addresses tell no employer: ``Fernhill Robotics: a question``."""
    found = _FIRST.match(subject)
    first = found[1] if found else ""
    words = first.split()
    named = 1 < len(words) < 6 and all(w[0].isupper() or plain(w) in _SMALL for w in words) and _may_belong(words)
    if named and domains.system(sender.email) and (value := tidy(first)):
        yield Claim(value=value, weight=3, part="subject", end=len(subject))


_FIRST = re.compile(r"([^:|–—]{4,60}?)(?::\s|\s[-–—|]\s).")
_SMALL = frozenset({"and", "of", "for", "the", "und", "et", "de", "y", "e", "en", "i", ""})


def _weight(part: str, sender: Address, labels: Iterable[str], *, beside: bool) -> int:
    """How sure it is that ``part`` of a display name is a company; ``beside``: another part is the person's name."""
    name, department = _without_department(part)
    if plain(part) in listed("asides"):
        return 0
    if department or has_legal_form(part) or any(spells(label, name) for label in labels):
        return 4
    if senders.is_robot(sender):
        own = senders.letters(sender.domain).startswith(senders.letters(part))
        return 2 if own else 4
    noble = re.search(rf"\s(?:von|vom|van|de|da|di|z)\s+{re.escape(part)}", sender.name)  # as much a name as a firm
    return 3 if beside and name and not noble else 0


def _is_office(part: str) -> bool:
    """Whether ``part`` is a department and nothing else: ``Dezernat Personal``, ``HR``."""
    name, department = _without_department(part)
    return department and (not name or name.lower() in listed("nothing"))


def _is_owner(part: str, sender: Address) -> bool:
    """Whether it is a person's name: a word of it stands in the local part, and is not what the domain spells."""
    local = plain(sender.key.partition("@")[0].replace("_", " ")).replace(" ", "")
    words = [w for w in plain(part).split() if len(w) > 2 and w in local]
    return any(not any(spells(label, w) for label in labels_for(sender)) for w in words)


def _is_half(part: str, parts: list[str], sender: Address) -> bool:
    """Whether it is the given name of a name written with a comma: ``Albrecht, Jonas``."""
    at = parts.index(part)
    if all(len(w) == 1 for w in plain(part).split()):
        return at > 0  # initials
    return (
        at > 0 and " " not in part and f"{parts[at - 1]}, {part}" in sender.name and _is_owner(parts[at - 1], sender)
        and " " not in parts[at - 1]
    )  # fmt: skip


def _is_where(part: str, sender: Address) -> bool:
    """Whether it is a name of two words or more before "at": ``Sofia Brandt at Acme``; departments are not meant."""
    found = _WHO_WHERE.match(sender.name)
    return (
        found is not None
        and found["who"].strip() == part
        and not (_without_department(part)[1] or set(plain(part).split()) & listed("collective"))
    )


def owner(sender: Address) -> str:
    """The part of a display name that is the person's own; "" if none can be told from the company's."""
    return next((p for p in _shown(sender) if _is_owner(p, sender)), "")


def _shown(sender: Address) -> list[str]:
    shown, labels = _VIA.sub("", f"{sender.name} ").strip(" \"'"), labels_for(sender)
    parts = (p.strip() for p in _PARTS.split(shown) if p and p.strip())
    return [piece for part in parts for piece in _less_of(part, labels)]


def _less_of(part: str, labels: frozenset[str]) -> list[str]:
    """``part``, or person and company where the domain says that the particle is none of a name's: ``Anna von Acme``."""
    for found in _OF.finditer(part):
        before, after = part[: found.start()].strip(), part[found.end() :].strip()
        if before and any(spells(label, _without_department(after)[0]) for label in labels):
            return [before, after]
    return [part]


def _without_department(name: str) -> tuple[str, bool]:
    words = name.strip().strip("\"'").split()
    if " ".join(words).lower() in listed("departments"):
        return "", False
    for n in range(1, len(words)):
        if " ".join(words[n:]).lower() in listed("departments") and words[n - 1].lower() not in _JOINING:
            return " ".join(words[:n]), True
    for n in range(len(words) - 1, 0, -1):
        if " ".join(words[:n]).lower() in listed("departments_before") and words[n][0].isupper():
            return " ".join(words[n:]), True
    return " ".join(words), False


def of_signature(visible: Visible, sender: Address) -> Iterator[Claim]:
    """The company of the lines under a text: ``Talent Partner, Acme``, ``Acme Inc.``, ``The Acme Team``."""
    labels = labels_for(sender)
    lines = [*visible.text.splitlines()[-4:], *visible.signature.splitlines()[:10]]
    names = set(owner(sender).split())
    for line in (ln.strip(" *_>-") for ln in lines):
        if (
            names.issuperset(line.split())
            or not 3 <= len(line) <= 90
            or line.count(" ") > 10
            or "@" in line
            or line[-1] in "?!"
            or _SENT_BY.match(line)
        ):
            continue
        weight, name = _of_line(line, labels)
        if weight and (value := tidy(name)) and not ends_in_head(value):
            yield Claim(value=value, weight=weight, part="header", end=len(line))


def _of_line(line: str, labels: frozenset[str]) -> tuple[int, str]:
    if found := _TEAM_OF.search(line):
        return 4, found["name"]
    name, department = _without_department(_ARTICLE.sub("", line, count=1))
    agency = any(_spells_agency(label, line) for label in labels)
    if department and not agency and name[:1].isupper() and line[-1] != ".":
        return 4, name
    pieces = _with_forms([p for p in _LINE.split(line) if p.strip()])
    if agency or (len(pieces) == 1 and any(spells(label, line) for label in labels)):
        return 4, _less_title(line)
    for piece, before in zip(pieces[::-1], [*pieces[-2::-1], ""], strict=True):
        if piece[:1].isupper() and (has_legal_form(piece) or any(spells(label, tidy(piece) or "") for label in labels)):
            return 4, piece
        if len(pieces) > 1 and piece is pieces[-1] and _is_title(before) and not _is_title(piece):
            return 3, piece
    return 0, ""


def _with_forms(pieces: list[str]) -> list[str]:
    """The pieces of a line, a legal form that stands behind a comma with its name: ``Acme, Inc.``"""
    joined: list[str] = []
    for piece in pieces:
        if joined and not has_legal_form(joined[-1]) and less_legal_form(f"{joined[-1]} {piece}") == joined[-1]:
            joined[-1] = f"{joined[-1]} {piece}"
        else:
            joined.append(piece)
    return joined


def _spells_agency(label: str, line: str) -> bool:
    """Whether ``label`` spells the line with the word that looks like a department's: Thistle Recruitment, thistlerecruit."""
    words = plain(line).split()
    last = listed("agencies").intersection(words[-1:])
    before = "".join(words[:-1])
    return bool(last and before) and label.startswith(before) and words[-1].startswith(label[len(before) :][:5] or " ")


def _less_title(line: str) -> str:
    """``line`` less what somebody is, before the company: ``HR-adviseur Havenlicht``."""
    words = line.split()
    while len(words) > 1 and _is_title(words[0]):
        words.pop(0)
    return " ".join(words)


def _is_title(text: str) -> bool:
    words = set(plain(text).split())
    return has_head(text) or any(set(plain(t).split()) <= words for t in listed("title_words"))


# ---------------------------------------------------------------- what a domain spells


def spelled(email: Email, visible: Visible, *, mine: bool) -> Iterator[Claim]:
    """A name in the mail that the correspondent's domain spells: Cobalt Ridge, cobaltridge.example.

    Words beside it belong to it where the mail closes the name there, or writes it so twice: Lumiar Tecnologia, lumiar.
    """
    envelope = email.envelope
    people = (*envelope.to, *envelope.cc) if mine else envelope.from_
    labels = frozenset[str]().union(*(labels_for(a) for a in people))
    if not labels:
        return
    names = {w for a in people for w in owner(a).split()}
    found: dict[str, int] = {}
    for part, words in (
        ("subject", envelope.subject),
        ("text", visible.text),
        ("", visible.signature),
        ("", described(email)),
    ):
        for run in runs(words[:_FAR]):
            span = spelled_in(run, labels)
            if span is None or names.issuperset(run.text.split()[slice(*span)]):
                continue
            if value := tidy(_whole(run, span, words, piece=part == "subject")):
                found[value] = found.get(value, 0) + 1
                if part and found[value] == 1:
                    at = run.start + max(0, run.text.find(value))
                    yield Claim(value=value, weight=4, part=part, start=at, end=at + len(value))
                elif not part and found[value] == 1:
                    yield Claim(value=value, weight=4, part="header", end=len(value))


def _whole(run: Run, span: tuple[int, int], text: str, *, piece: bool) -> str:
    """The spelled words, with those beside them that cannot but belong to the name; in a subject a whole ``piece`` of it."""
    words, (first, last) = run.text.split(), span
    before, after = text[max(0, run.start - 2) : run.start], text[run.end : run.end + 3].strip(" ")[:1]
    closed = (before.strip() in _CUTS and after in _CUTS) if piece else text[run.end :][:1] in _CLOSE
    while last < len(words) and not piece and plain(words[last]) in listed("firm_words"):
        last += 1
    if last < len(words) and closed and _may_belong(words[last:]):
        last = len(words)
    if any(plain(w) in listed("agencies") and plain(w) not in listed("departments") for w in words[last:]):
        last = len(words)
    if first and before[-1:] == " " and before[:1].islower() and last == len(words) and _may_belong(words[:first]):
        first = 0
    return " ".join(words[first:last])


def _may_belong(words: list[str]) -> bool:
    if has_head(" ".join(words)):
        return False
    stop = listed("nothing") | listed("departments") | listed("title_words") | listed("services") | listed("no_part")
    return not any(plain(w) in stop for w in words if w[0].isupper())


def described(email: Email) -> str:
    """Titles and descriptions of the calendar parts."""
    text = "\n".join(_FOLDED.sub("", c.text[:8000]) for c in email.calendars)
    return "\n".join(m.replace("\\n", "\n").replace("\\,", ",") for m in _SUMMARY.findall(text))
