"""Whose a mail domain is: an employer's own, or one that many share."""

from __future__ import annotations

from functools import lru_cache

from publicsuffixlist import PublicSuffixList

from followupd.core.datafiles import load


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    """The list as it stands in Unicode alone: reading its punycode forms too would double the time."""
    return PublicSuffixList(accept_unknown=True, accept_encoded_idn=False)


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
    found = _suffixes().privatesuffix(domain) if "." in domain else None
    return found or None


@lru_cache(maxsize=8192)
def is_host(kind: str, domain: str) -> bool:
    """Whether ``domain`` or a domain above it is listed as ``kind``: ats, scheduler, freemail or staffing."""
    labels = domain.split(".")
    return any(".".join(labels[i:]) in _hosts()[kind] for i in range(len(labels) - 1))


def is_shared(domain: str) -> bool:
    """Whether people of many employers write from ``domain``."""
    return any(is_host(kind, domain) for kind in _hosts())


def employer_domain(email: str) -> str | None:
    """The registrable domain of an employer's address; None for shared domains: freemail, ATS, schedulers, agencies."""
    domain = domain_of(email)
    return None if is_shared(domain) else registrable(domain)
