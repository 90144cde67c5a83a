"""Who looks for people on behalf of others: then the client is the employer, and the sender's firm is not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import re2

from followupd.core.entities.companies import same_company, tidy
from followupd.core.entities.names import run_at
from followupd.core.entities.words import listed, plain
from followupd.core.reading import Claim

_CLIENT = re2.compile(
    r"(?i)\b(?:(?:our|my|a|another|the|of (?:our|my)(?: other)?) clients?|(?:unser|mein)(?:e[nms]?)? (?:Kunden?|Mandanten?|Auftraggebers?|Klienten)|"
    r"(?:notre|mon) client|(?:nuestro|mi) cliente|(?:nosso|meu) cliente|(?:nostro|mio|un) cliente|(?:onze|mijn) (?:opdrachtgever|klant)|"
    r"(?:nasz|mój|naszego|mojego|naszym) klient(?:a|em)?)\b(?P<name>(?:,| is| being| here is| -| –|:)? (?:the |die |der |das |la |le |el )?)?",
)


def clients(text: str) -> tuple[bool, list[Claim]]:
    """Whether the text speaks of a client, and the clients that it names."""
    low, spoken, named = text.lower(), False, list[Claim]()
    if not any(w in low for w in ("client", "kund", "mandant", "auftraggeber", "klient", "opdrachtgever", "klant")):
        return spoken, named
    for found in _CLIENT.finditer(text):
        spoken = True
        run = run_at(text, found.end()) if found["name"] else None
        value = tidy(run.text) if run else None
        if run and value:
            named.append(Claim(value=value, weight=5, start=run.start, end=run.start + len(value)))
    return spoken, named


def puts_forward(text: str) -> bool:
    """Whether somebody offers the user to a third, or has done so."""
    return bool(_PUTS_FORWARD.search(text))


_PUTS_FORWARD = re2.compile(
    r"(?i)\b(?:(?:put|putting|propos(?:e|ed|ing)|submit|submitted|submitting|represent|representing) you\b|(?:send|sent|sending|submit|submitted|submitting|forward|forwarded|"
    r"present|presented|shared?)(?: on| over)?(?: them| him| her)? your (?:cv|profile|details|r[eé]sum[eé]))"
)


def of_employer(claims: Iterable[Claim], firm: Iterable[Claim], *, for_client: bool) -> Iterator[Claim]:
    """``claims`` less those of a firm that finds people for others; ``firm`` is what the frame calls the sender's."""
    own = [c.value for c in firm] if for_client else []
    for claim in claims:
        if not is_agency(claim.value) and not any(same_company(claim.value, o) for o in own):
            yield claim


def is_agency(name: str) -> bool:
    """Whether a word of ``name`` says that the firm finds people for others."""
    return not listed("agencies").isdisjoint(plain(name).split())
