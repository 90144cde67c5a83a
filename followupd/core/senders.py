"""What an address and a display name tell of who reads and writes there."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import re2

from followupd.core import domains
from followupd.core.datafiles import load
from followupd.core.mail import Address


@lru_cache(maxsize=1)
def data() -> dict[str, Any]:
    """The patterns of ``data/origin.toml``."""
    return load("origin.toml")


@lru_cache(maxsize=64)
def pattern(section: str, key: str) -> re.Pattern[str]:
    """All patterns of one entry as one."""
    return re.compile("|".join(f"(?:{p})" for p in data()[section][key]), re.IGNORECASE)


@lru_cache(maxsize=64)
def _sieve(section: str, key: str) -> Any:
    """A coarser pattern that finds all that ``pattern`` finds, and more, in a hundredth of the time; None if RE2 has none.

    RE2 knows words and spaces of ASCII only, so its word borders are left out and its classes widened.
    """
    text = "|".join(f"(?:{p})" for p in data()[section][key])
    if _UNLIKE_IN_A_CLASS.search(text):
        return None
    text = _TIGHT.sub("", text)
    for narrow, wide in _WIDER:
        text = text.replace(narrow, wide)
    try:
        return re2.compile(f"(?i){text}", _QUIET)
    except re2.error:
        return None


_TIGHT = re.compile(r"\(\?<?[!=][^()]*\)|\\[bB]|(?<!\\)\$")  # looking around, borders of words, the end
_UNLIKE_IN_A_CLASS = re.compile(r"\[[^\]]*(?:\\[bdsw]|\$)")
_WIDER = ((r"\w", r"[\pL\pM\pN_\w]"), (r"\s", r"[\s\pZ\pC]"), (r"\d", r"\pN"))
_QUIET = re2.Options()
_QUIET.log_errors = False


def has(section: str, key: str, text: str) -> bool:
    """Whether a pattern of the entry is found in ``text``."""
    sieve = _sieve(section, key)
    likely = sieve is None or sieve.search(text.encode("utf-8", "replace"))
    return bool(likely and pattern(section, key).search(text))


@lru_cache(maxsize=4096)
def local_is(key: str, local: str) -> bool:
    """Whether a local part is wholly one of those of the entry."""
    return bool(pattern("addresses", key).fullmatch(local))


def local_of(address: Address) -> str:
    """The local part in lower case."""
    return address.key.rpartition("@")[0] or address.key


def is_no_reply(address: Address) -> bool:
    """Whether the address itself says that nobody reads what is sent to it."""
    return local_is("no_reply", local_of(address).replace("_", "-")) or local_is("no_reply", local_of(address))


def is_robot(address: Address) -> bool:
    """Whether a program writes from this address, and no person reads it: no-reply, mailer daemon, alerts, schedulers."""
    if is_no_reply(address) or local_is("robot", local_of(address)):
        return True
    if is_relay_host(address.domain) and local_is("notice", local_of(address)):
        return True
    return domains.is_host("scheduler", address.domain) and not is_reply_token(address)


def is_reply_token(address: Address) -> bool:
    """Whether mail to this address reaches a person through a system that knows the conversation by the address."""
    if is_no_reply(address):
        return False
    local = local_of(address)
    if not local_is("reply_token", local):
        return False
    tagged_person = "+" in local and local.partition("+")[0] not in ("reply", "r", "c", "m")
    return not tagged_person or _is_relay(address.domain)


def is_relay_host(domain: str) -> bool:
    """Whether a domain is an applicant tracking system's or a job board's."""
    return domains.is_host("ats", domain) or domains.is_host("board", domain)


def _is_relay(domain: str) -> bool:
    return is_relay_host(domain) or bool(pattern("addresses", "reply_host").search(domain))


def person_in(name: str) -> str:
    """The person in a display name, "" if there is none: "Maria Lopez (Acme)", "Maria via Hirestack", "Lopez, Maria"."""
    person = " ".join(pattern("names", "behind").sub("", name).split()).strip(" ,'\"")
    if turned := _TURNED.fullmatch(person):
        person = f"{turned['given']} {turned['family']}"
    elif " " in person.partition(",")[0]:
        person = person.partition(",")[0]
    return "" if not person or len(person.split()) > 4 or has("names", "collective", person) else person


def is_collective(sender: Address) -> bool:
    """Whether a sender is a firm or a department: by its display name, by its mailbox, or since its domain has the same name."""
    if not person_in(sender.name) or local_is("shared", local_of(sender)):
        return True
    name = letters(sender.name)
    label = domains.label_of(sender.domain)
    return name in sender.domain.replace("-", "") or (
        len(label) > 3 and name.startswith(label) and name == local_of(sender)
    )


def letters(text: str) -> str:
    """A name as it would stand in a domain."""
    return "".join(_LETTERS.findall(text.lower()))


_TURNED = re.compile(
    r"(?P<family>[^\W\d_][^\W\d_'’-]+(?:[ -][^\W\d_]+)?), (?P<given>[^\W\d_][\w.'’-]*(?: [^\W\d_]\.?)?)"
)
_LETTERS = re.compile(r"[^\W_]+")
