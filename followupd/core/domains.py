"""Whose a mail domain is: an employer's own, or one that many share."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from publicsuffixlist import PSLFILE, PublicSuffixList

from followupd.core.datafiles import load


@lru_cache(maxsize=64)
def _suffixes(top: str) -> PublicSuffixList:
    """The list as far as it is about one top-level domain, in Unicode alone: to read all of it takes 50 ms."""
    return PublicSuffixList((rule for rule in _rules() if rule.rpartition(".")[2] == top), accept_encoded_idn=False)


@lru_cache(maxsize=1)
def _rules() -> list[str]:
    with Path(PSLFILE).open(encoding="utf-8") as file:
        return [line.partition(" ")[0].rstrip() for line in file if not line.startswith("//")]


@lru_cache(maxsize=1)
def _hosts() -> dict[str, frozenset[str]]:
    return {kind: frozenset(domains) for kind, domains in load("hosts.toml").items()}


def domain_of(email: str) -> str:
    """What stands behind the last @, in lower case and ASCII form; "" if there is none."""
    domain = email.rpartition("@")[2].strip().strip(">").rstrip(".").lower() if "@" in email else ""
    if domain.isascii():
        return domain
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain


@lru_cache(maxsize=8192)
def registrable(domain: str) -> str | None:
    """The registrable domain (one label more than a public suffix), None where there is none.

    Under unknown top-level domains, ``.example`` among them, these are the last two labels.
    """
    found = _suffixes(domain.rstrip(".").rpartition(".")[2]).privatesuffix(domain) if "." in domain else None
    return found or None


@lru_cache(maxsize=4096)
def label_of(domain: str) -> str:
    """The label under the public suffix, or the tenant of a system, without hyphens."""
    if "@" in domain:
        return domain.lower().partition("@")[0].replace("-", "")
    return (registrable(domain.lower()) or domain.lower()).partition(".")[0].replace("-", "")


@lru_cache(maxsize=8192)
def is_host(kind: str, domain: str) -> bool:
    """Whether ``domain`` or a domain above it is listed as ``kind``: ats, scheduler, freemail or staffing."""
    labels = domain.split(".")
    return any(".".join(labels[i:]) in _hosts()[kind] for i in range(len(labels) - 1))


def is_shared(domain: str) -> bool:
    """Whether people of many employers write from ``domain``."""
    return any(is_host(kind, domain) for kind in _hosts())


def tenant(email: str) -> str:
    """For whom a tracking system or help desk writes from this address, as it spells it there; "" where it does not tell.

    ``skagen`` of no-reply@skagen.teamtailor-mail.com, ``harborline`` of harborline@myworkday.com.
    """
    domain = domain_of(email)
    if not (is_host("ats", domain) or is_host("helpdesk", domain)):
        return ""
    spelled = domain.removesuffix(registrable(domain) or domain).strip(".").rpartition(".")[2]
    if spelled in _hosts_labels() and is_host("tenant_before_at", domain):
        spelled = _ASIDE.sub("", email.rpartition("@")[0].lower().partition("+")[0])
    return "" if spelled in _hosts_labels() or len(spelled) < 4 else spelled


_ASIDE = re.compile(r"[-_.](?:jobs?|careers?|recruiting|recruitment|hr|talent|karriere|bewerbung)$")


@lru_cache(maxsize=1)
def _hosts_labels() -> frozenset[str]:
    """Labels and local parts at such a host that are the host's own."""
    return frozenset({"", *load("entities.toml")["host_labels"]})


def system(email: str) -> str | None:
    """The applicant tracking system that an address belongs to, None for all others."""
    domain = domain_of(email)
    return registrable(domain) if is_host("ats", domain) else None


def employer(email: str) -> str | None:
    """What an address tells its employer by: the employer's own domain, or the tenant of a system, as TENANT@SYSTEM."""
    if own := employer_domain(email):
        return own
    spelled = tenant(email)
    return f"{spelled}@{registrable(domain_of(email))}" if spelled else None


def employer_domain(email: str) -> str | None:
    """The registrable domain of an employer's address; None for shared domains: freemail, ATS, schedulers, agencies."""
    domain = domain_of(email)
    return None if is_shared(domain) else registrable(domain)
