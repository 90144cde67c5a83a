"""Role names and requisition ids: as a mail writes them, less what advertisements add; when two are the same."""

from __future__ import annotations

import re
from functools import lru_cache

import re2

from followupd.core.entities.names import UPPER
from followupd.core.entities.titles import has_head, may_be_title
from followupd.core.entities.words import listed, plain

_GENDER = re.compile(
    r"\s*[(\[]\s*(?:(?:[mwfdxhigne*]|div\.?|gn)(?:\s*[/|,*]\s*(?:[mwfdxhie*]|div\.?|gn))+|gn|all genders|remote|hybrid)\s*[)\]]"
    r"|\s+[hf]/[hf]\b|\s+[mfw]/[mfw](?:/[dx])?\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\s*[(\[#]\s*(?:[A-Za-z. :#-]{0,14})?[A-Z]{0,4}-?\d[\w/-]*\s*[)\]]?")
_FILED = re.compile(
    r"^(?:(?:JR|REQ|R|ID)[-_ ]?\d{3,}|\d{5,})[\s:–-]+|(?:,\s*|\s+[-–#]?\s*|(?<=\w)-)(?:(?:JR|REQ|R|ID)[-_ ]?\d{3,}|\d{5,})$"
)
"""A requisition's number before or behind a title, as systems file it: ``Yield Engineer, R9917``."""
_SHARE = re.compile(r",?\s*\d{2,3}\s*(?:-|–|bis)?\s*\d{0,3}\s*%")
_TAIL = re.compile(
    r"\s+(?:role|position|job|opening|vacancy|stelle|opportunity)$|\s*[-–,|]\s*(?:remote|hybrid|full[- ]time|part[- ]time|vollzeit|teilzeit)\b.*$",
    re.IGNORECASE,
)
_INFLECTED = re.compile(
    r"\b((?:engineer|develop|manag|test|design|master|owner|lead|recruit|copywrit|control)(?:er|ler)?)a$", re.IGNORECASE
)
"""English heads of roles as Polish declines them: Engineera."""
_DANGLING = re.compile(r"(?:\s+(?:im|in|am|bei|für|zum|und|binnen|bij|van|voor|en|w|we|na|do|i|dla|and|at|for|of))+$")
_HEAD = re.compile(
    r"^(?:the|a|an|our|your|this|open|new|als|eine?[rnms]?|der|die|das|le|la|un|une|el|il|lo|de|het)\s+", re.IGNORECASE
)
_LEAD = re.compile(
    r"^(?:[^\W\d_]+ ){0,3}?(?:position|role|stelle|poste|puesto|vaga|posizione|functie|stanowisko) (?:(?:of|as|als|de|di|van|da|do) )?",
    re.IGNORECASE,
)
_TALK = re.compile(
    r"^(?:(?:phone|video|panel|final|technical|virtual)\s+)?(?:interview|vorstellungsgespräch|entretien|entrevista|colloquio|sollicitatiegesprek"
    r"|case study|fallstudie|take-?home|(?:probe|test)aufgabe|coding challenge|zadanie rekrutacyjne)"
    r"(?:\s+(?:for|as|with|als|für|pour|para|per|voor))?[\s:–-]+(?!(?:coordinator|scheduler|specialist|coach|trainer)\b)",
    re.IGNORECASE,
)
_NAMELIKE = re.compile(
    r"^(?:[A-ZÀ-Þ][\w'’.]+(?:-[A-ZÀ-Þ]\w+)?)(?: (?:van|von|de|der|la|di|[A-ZÀ-Þ][\w'’.]*(?:-[A-ZÀ-Þ]\w+)?)){1,3}$"
)
_VERBS = re.compile(
    r"\b(?:is|are|was|were|will|would|have|has|had|can|could|you|your|we|our|us|i|my|me|they|please|thank|thanks|applied|applying|ist|sind|wir|ich|vous|nous|je|usted|nosotros)\b",
    re.IGNORECASE,
)
_REQUISITION = re.compile(
    r"(?:\b(?:req(?:uisition)?|job|position|posting|vacancy|stellen|ref(?:erence)?|referenz|kennziffer|réf(?:érence)?|referencia|rif|vacature|nr)"
    r"[ .-]{0,2}(?:id|nr|no|number|code|nummer|n[º°])?[.:#]?\s{0,2}[:#]?\s{0,2}#?)(?P<id>(?=[\w/-]*\d)[A-Za-z]{0,5}[-_]?\d[\w/-]{1,14})"
    r"|[(\[](?P<bare>(?:R|JR|REQ|J|ID|P|A)[-_ ]?\d{2,9}|[A-Z]{2,5}-\d{3,9})[)\]]",
    re.IGNORECASE,
)
_SIEVE = re2.compile(
    r"(?i)(?:req|requisition|job|position|posting|vacancy|stellen|ref|reference|referenz|kennziffer|réf|référence|referencia|rif|vacature|nr)"
    r"[ .-]{0,2}(?:id|nr|no|number|code|nummer|n[º°])?[.:#]?\s{0,2}[:#]?\s{0,2}#?[a-z]{0,5}[-_]?\d|[(\[](?:R|JR|REQ|J|ID|P|A)[-_ ]?\d{2}|[(\[][a-z]{2,5}-\d{3}"
)
"""A coarser pattern that finds all that the other finds, in a hundredth of its time."""
_SHORT = {"sr": "senior", "snr": "senior", "jr": "junior", "jnr": "junior", "eng": "engineer", "dev": "developer", "mgr": "manager",
          "ml": "machine learning", "ai": "artificial intelligence", "qa": "quality assurance", "swe": "software engineer",
          "sre": "site reliability engineer", "pm": "product manager", "vp": "vice president", "ops": "operations", "&": "and"}  # fmt: skip


@lru_cache(maxsize=4096)
def tidy(role: str) -> str | None:
    """``role`` without gender markers, numbers, shares of employment and articles; None if what is left is no role."""
    role = _FILED.sub("", _SHARE.sub("", _NUMBER.sub("", _GENDER.sub("", " ".join(role.split())))))
    role = _TALK.sub("", _LEAD.sub("", _less_lead_in(_without_name(role))))
    role = _TAIL.sub("", _HEAD.sub("", role.strip(" ,;:.!?\"'“”„*_<>-–"))).strip(" ,;:.!?\"'“”„*_<>-–")
    role = _DANGLING.sub("", _INFLECTED.sub(r"\1", role))
    if not role or len(role) > 70 or len(role.split()) > 8 or _VERBS.search(role) or "@" in role:
        return None
    low = role.lower()
    if low in listed("nothing") or not re.search(r"[^\W\d_]{2}", role):
        return None
    return role if any(c.isupper() for c in role) or has_head(role) else None


def called(role: str) -> str | None:
    """A few plain words that a mail calls a position though none of them tells it: procesoperator, agronoma."""
    words = role.split()
    plain_words = 1 <= len(words) <= 3 and all(w.replace("-", "").isalpha() and len(w) > 1 for w in words)
    if not plain_words or len(role) < 5 or not may_be_title(role) or _VERBS.search(role):
        return None
    return None if any(plain(w) in listed("nothing") | listed("lead_words") for w in words) else role


def joined(text: str) -> str:
    """``text`` with the gender marker blanked out that parts one word of a role from its field; places stay as they were.

    "Sachbearbeiter (m/w/d) Exportkontrolle"; behind two words and more a place follows rather than a field.
    """
    return _PARTED.sub(lambda m: m["head"] + " " * len(m["marker"]), text) if _MARKER.search(text) else text


_MARKER = re.compile(r" \([mwfdxgn]{1,3} ?[/|,*]")
_PARTED = re.compile(
    r"(?P<head>(?:^|[:,;|–-] |\b[^\W\dA-ZÄÖÜ]\w*[:,]? |\bStelle |\bPosition )[A-ZÄÖÜ][\w*:/-]*[^\W\d_])(?P<marker> \([mwfdxgn]{1,3}(?: ?[/|,*] ?[mwfdxgn]{1,3}){1,3}\))"
    r"(?= [A-ZÄÖÜ][\wäöüß-]+)",
    re.MULTILINE,
)


def grown(text: str, start: int, end: int) -> str:
    """The role between ``start`` and ``end`` in full: Polish roles go on behind "ds." ("for the matters of")."""
    found = _MATTERS.match(text, end - 2) if text[start:end].endswith("ds") else None
    return text[start : found.end()] if found else text[start:end]


_MATTERS = re.compile(r"ds\. [^\W\d_]+(?: i [^\W\d_]+)?")


_LEAD_IN = re.compile(rf"^(?P<lead>[^\n]{{1,40}}? (?:for|on|about|regarding|re)) (?=[{UPPER}])")


def _less_lead_in(role: str) -> str:
    """``role`` less words that only lead to it: "Good news on Claims Analyst", "onsite loop for Data Engineer"."""
    found = _LEAD_IN.match(role)
    if found is None or has_head(found["lead"]) or not has_head(role[found.end() :]):
        return role
    return role[found.end() :]


def _without_name(role: str) -> str:
    """``role`` less the name or place that a calendar entry or an advertisement puts behind a dash."""
    head, dash, tail = role.rpartition(" - ")
    return head if dash and len(head) > 2 and _NAMELIKE.match(tail.strip()) else role


@lru_cache(maxsize=8192)
def same_role(a: str, b: str) -> bool:
    """Whether two names are one role's: order, case, markers and usual abbreviations aside. Level words count."""
    return _key(a) == _key(b)


def written_out(role: str) -> bool:
    """Whether it stands in full and with capitals: of two spellings of one role the one to show."""
    return any(c.isupper() for c in role) and not any(w in _SHORT for w in plain(role).split())


def _key(role: str) -> frozenset[str]:
    words = " ".join(_SHORT.get(w, w) for w in plain(tidy(role) or role).split()).split()
    return frozenset(words) - {"and", "of", "for", "the", "in", "und", "de"}


def filed(subject: str) -> list[str]:
    """The requisition ids that a system's subject puts beside a title, with no word that says so."""
    return [f["marked"] or f["bare"] for f in _BESIDE.finditer(subject)]


_BESIDE = re.compile(r"\b(?P<marked>(?:JR|REQ|R)-?\d{4,9})\b|(?<=[^\W\d_]{3})-(?P<bare>\d{5,8})\b")


def is_opening(requisition: str) -> bool:
    """Whether an id by itself says that it numbers an opening, and no claim, order or account: JR-10233, R0041187."""
    return bool(_OPENING.match(requisition))


_OPENING = re.compile(r"(?:J?R|REQ|JOB|VAC)[-_ ]?\d{3,}", re.IGNORECASE)


def requisitions(text: str) -> list[str]:
    """The requisition ids that ``text`` names, as it writes them."""
    places = ((m.start(), m.end() + 40) for m in _SIEVE.finditer(text))
    found = (_REQUISITION.search(text, start, end) for start, end in places)
    return [f["id"] or f["bare"] for f in found if f]
