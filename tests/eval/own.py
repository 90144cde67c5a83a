"""What is measured on the project's own corpus and on the table of phrases."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations
from typing import Any
from zoneinfo import ZoneInfo

import holidays

from followupd.core.belonging import best
from followupd.core.dates import find_dates, find_times
from followupd.core.entities import same_company, same_role
from followupd.core.mail import Identities
from followupd.core.messages import gather
from followupd.core.opportunities import Opportunity, understand
from followupd.core.policy import Policy
from followupd.core.ports import Filed
from followupd.core.reader import Reader
from followupd.core.reading import HINT, Absence, Claim, Invite, Origin, Reading, Says
from followupd.core.worktime import WorkCalendar
from tests.eval import corpus, wholes
from tests.eval.corpus import ME, Mail, Process
from tests.eval.table import Tally

ZONE = ZoneInfo("America/Chicago")
CALENDAR = WorkCalendar(zone=ZONE, days_off=holidays.country_holidays("US"))
NOW = datetime(2026, 4, 1, 15, tzinfo=UTC)
PHRASES = corpus.FOLDER.parent / "phrases_dates.toml"
SURE = 3
"""The weight from which a claim of a company keeps opportunities apart."""


def policy_for(address: str) -> Policy:
    """The settings of a user in Chicago who has this one address."""
    return Policy(
        name=ME[0], me=Identities.of([address]), address=address, calendar=CALENDAR, signature=ME[0], country="US"
    )


@dataclass(frozen=True, slots=True)
class Read:
    """The corpus as followupd reads it: all of it is one user's mailbox."""

    processes: list[Process]
    readings: dict[str, Reading]
    opportunities: tuple[Opportunity, ...]
    policy: Policy

    def mails(self) -> Iterator[tuple[Mail, Reading]]:
        for process in self.processes:
            for mail in process.mails:
                yield mail, self.readings[mail.id]

    def of(self, mail: Mail) -> Opportunity | None:
        wanted = f"<{mail.id}@corpus.example>"
        return next((o for o in self.opportunities if wanted in o.message_ids), None)

    def holder(self, process: Process) -> Opportunity | None:
        """The opportunity that has most of the mail of ``process``."""
        found = [o for m in process.mails if (o := self.of(m))]
        return max(found, key=found.count, default=None)


def read(files: Collection[str] = ()) -> Read:
    """Read the whole corpus, or these files of it."""
    policy = policy_for(ME[1])
    reader, filed, readings = Reader(policy), [], {}
    processes = list(corpus.processes(files))
    for mail in (m for p in processes for m in p.mails):
        email = mail.email()
        readings[mail.id] = reader.read(email)
        filed.append(Filed(account="corpus", envelope=email.envelope, reading=readings[mail.id]))
    messages = gather(filed, policy.me, NOW)
    return Read(processes, readings, understand(messages, me=policy.me, words=(), now=NOW), policy)


def tallies(seen: Read) -> Iterator[Tally]:
    """All that is measured on the corpus."""
    yield _is_opportunity(seen)
    yield _belonging(seen)
    yield from _origins(seen)
    yield from _said(seen)
    yield from (_promises(seen), _times(seen), _events(seen), _absences(seen), _referrals(seen))
    yield from _facts(seen)
    yield from wholes.tallies(seen, NOW)


def _is_opportunity(seen: Read) -> Tally:
    tally = Tally("opportunity")
    for process in seen.processes:
        found = seen.holder(process) is not None
        if found and process.hiring:
            tally.hit()
        elif found:
            tally.err(process.id)
        elif process.hiring:
            tally.miss(process.id)
    return tally


def _belonging(seen: Read) -> Tally:
    """Every pair of messages that persons or systems sent: together or apart."""
    tally = Tally("belonging (pairs)")
    for one, other in combinations([m for m, _ in seen.mails() if _counts(m)], 2):
        home = seen.of(one)
        together = home is not None and home is seen.of(other)
        if one.process == other.process and one.process.hiring:
            tally.hit() if together else tally.miss(f"{one.id} {other.id}")
        elif together:
            tally.err(f"{one.id} {other.id}")
    return tally


def _counts(mail: Mail) -> bool:
    return mail.label.get("origin", "human") not in ("auto_reply", "bounce")


def _origins(seen: Read) -> Iterator[Tally]:
    of = {origin: Tally(f"origin {origin}") for origin in Origin}
    for mail, reading in seen.mails():
        if mail.label.get("origin") == "?":
            continue
        wanted = Origin(mail.label.get("origin", "human"))
        if reading.origin is wanted:
            of[wanted].hit()
        else:
            of[wanted].miss(f"{mail.id}: {reading.origin} by {reading.origin_rule}")
            of[reading.origin].err(f"{mail.id}: is {wanted}")
    yield from of.values()


def _said(seen: Read) -> Iterator[Tally]:
    of = {
        says: Tally(f"says {says}") for says in Says if says is not Says.CANDIDACY
    }  # said along with nearly everything
    for mail, reading in seen.mails():
        found = {f.says.value for f in reading.findings}
        for says, tally in of.items():
            one = frozenset({says.value})
            tally.sets(one & found, one & mail.says, mail.may_say, mail.id)
    yield from (t for t in of.values() if t.total or t.wrong)


def _promises(seen: Read) -> Tally:
    tally = Tally("promise date (corpus)")
    for mail, reading in seen.mails():
        wanted = mail.label.get("promise")
        found = str(reading.promise.by) if reading.promise else None
        if wanted != "?" and (wanted or found):
            tally.answer(found, [wanted] if wanted else [], mail.id)
    return tally


def _times(seen: Read) -> Tally:
    tally = Tally("interview times (corpus)")
    for mail, reading in seen.mails():
        if "times" in mail.label:
            wanted = frozenset(datetime.fromisoformat(t).astimezone(UTC).isoformat() for t in mail.label["times"])
            found = frozenset(t.start.astimezone(UTC).isoformat() for t in reading.times)
            tally.sets(found, wanted, wanted, mail.id)
    return tally


def _events(seen: Read) -> Tally:
    tally = Tally("calendar parts")
    for mail, reading in seen.mails():
        if mail.events is not None:
            wanted, found = mail.events, frozenset(map(_event, reading.invites))
            tally.sets(found, wanted, wanted, mail.id)
    return tally


def _event(invite: Invite) -> str:
    if invite.start is None or not invite.certain:
        return f"{invite.method} uncertain"
    day = invite.start.astimezone(ZONE).date()
    return f"{invite.method} {day if invite.all_day else invite.start.astimezone(UTC).isoformat()}"


def _absences(seen: Read) -> Tally:
    """The day that ends an absence: the first one back, or the last one away."""
    tally = Tally("absence")
    for mail, reading in seen.mails():
        if "away" not in mail.may_say:
            continue
        wanted = [f"{key} {mail.label[key]}" for key in ("back", "through") if key in mail.label]
        found = reading.absence and _away(reading.absence)
        if wanted or found:
            tally.answer(found, wanted, mail.id)
    return tally


def _away(absence: Absence) -> str | None:
    if absence.back_on:
        return f"back {absence.back_on}"
    return f"through {absence.through}" if absence.through else None


def _referrals(seen: Read) -> Tally:
    tally = Tally("referral")
    for mail, reading in seen.mails():
        wanted = [mail.label["refers"]] if "refers" in mail.label else []
        found = reading.referral and reading.referral.email
        if wanted or found:
            tally.answer(found, wanted, mail.id)
    return tally


# ---------------------------------------------------------------- facts of one message


def _facts(seen: Read) -> Iterator[Tally]:
    companies, sure, roles, signed = (
        Tally(n) for n in ("company in a message", "company, sure claims", "role in a message", "signed")
    )
    for mail, reading in seen.mails():
        if reading.origin in (Origin.AUTO_REPLY, Origin.BOUNCE):
            continue  # nothing is named in these but by chance
        _fact(companies, best((c for c in reading.companies if c.weight > HINT), same_company), mail, "company")
        _sure(sure, reading.companies, mail)
        _fact(roles, best(reading.roles, same_role), mail, "role")
        if not mail.mine and mail.label.get("origin", "human") == "human":
            _signed(signed, reading.signed, mail)
    yield from (companies, sure, roles, signed, _requisitions(seen))


def _fact(tally: Tally, value: str | None, mail: Mail, key: str) -> None:
    """Missed only where the message writes it out."""
    right = mail.process.right(key) if mail.process.hiring else []
    if value is None and not any(mail.writes(r) for r in right):
        return
    if mail.process.hiring:
        tally.answer(value, right, mail.id)


def _sure(tally: Tally, claims: tuple[Claim, ...], mail: Mail) -> None:
    for claim in (c for c in claims if c.weight >= SURE and mail.process.hiring):
        right = mail.process.right("company")
        short = any(_one_begins_the_other(claim.value, r) for r in right)  # it keeps nothing apart
        tally.answer(right[0] if short else claim.value, right, f"{mail.id} ({claim.weight})")


def _signed(tally: Tally, value: str | None, mail: Mail) -> None:
    right = mail.label.get("signed_any") or ([mail.label["signed"]] if "signed" in mail.label else [])
    if "?" in right or (value is None and not right):
        return
    same = value is not None and any(_one_begins_the_other(value, r) for r in right)
    tally.answer(right[0] if same else value, right, mail.id)


def _one_begins_the_other(one: str, other: str) -> bool:
    ours, theirs = one.casefold().split(), other.casefold().split()
    return ours[: len(theirs)] == theirs or theirs[: len(ours)] == ours


def _requisitions(seen: Read) -> Tally:
    tally = Tally("requisition in a message")
    for mail, reading in seen.mails():
        number = mail.process.label.get("requisition")
        wanted = frozenset({number} if number and mail.writes(number) else ())
        tally.sets(frozenset(reading.requisitions), wanted, frozenset({number}), mail.id)
    return tally


# ---------------------------------------------------------------- the table of phrases


def phrase_tallies() -> Iterator[Tally]:
    """Days and times in words: all of a phrase exact, some of it missing, or a wrong one in it."""
    days, times = Tally("days (phrase table)"), Tally("times (phrase table)")
    for language, parts in tomllib.loads(PHRASES.read_text("utf-8")).items():
        for part in parts.values():
            for phrase in part["phrases"]:
                written = datetime.fromisoformat(phrase.get("written", part["written"]))
                if "dates" in phrase:
                    _phrase(days, _days(phrase, language, written), phrase["dates"], phrase["text"])
                if "times" in phrase:
                    _phrase(times, _clock(phrase, language, written), phrase["times"], phrase["text"])
    yield from (days, times)


def _phrase(tally: Tally, found: list[str], wanted: list[str], text: str) -> None:
    if found == wanted:
        tally.hit()
    elif set(found) <= set(wanted):
        tally.miss(text)
    else:
        tally.err(f"{text}: {found}, not {wanted}")
        tally.missed += 1


def _days(phrase: dict[str, Any], language: str, written: datetime) -> list[str]:
    found = find_dates(
        phrase["text"], language=language, written=written, calendar=CALENDAR, country=phrase.get("country")
    )
    return [str(d.start) if d.start == d.end else f"{d.start}..{d.end}" for d in found if not d.past]


def _clock(phrase: dict[str, Any], language: str, written: datetime) -> list[str]:
    found = find_times(phrase["text"], language=language, written=written, zone=ZONE, country=phrase.get("country"))
    return [
        ("" if t.certain else "?") + t.start.isoformat(timespec="minutes") + (f"/{t.end:%H:%M}" if t.end else "")
        for t in found
    ]
