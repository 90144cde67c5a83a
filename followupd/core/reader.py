"""From an Email to its Reading: the one place where all the ways of reading come together.

Headers come first, words second. What a machine wrote automatically (a bounce, an auto-reply, a newsletter) is not searched
for what a person might say, and a text in a language without phrases is told by its headers and calendar parts alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import blake2b
from itertools import chain

from followupd import __version__
from followupd.core import closeness, dates, invites, language, origin, phrases, promises, text, vocabulary
from followupd.core.address_form import is_formal
from followupd.core.entities.facts import facts as facts_of
from followupd.core.entities.frames import described
from followupd.core.entities.persons import successor
from followupd.core.mail import Address, Email, MailboxRole
from followupd.core.messages import moment
from followupd.core.policy import Policy
from followupd.core.reading import READER_VERSION, Absence, Finding, Invite, Origin, Promise, Reading, Says, TimeMention
from followupd.core.text import Visible

_SHORT = 400
"""Characters below which the language of a text is better told together with what it quotes."""

_ARRANGING = (
    Says.INVITES, Says.OFFERS_TIMES, Says.CONFIRMS, Says.MOVES, Says.CANCELS, Says.ACCEPTS_TIME, Says.DECLINES_TIME,
    Says.ASKS_TIMES, Says.SCHEDULING_LINK,
)  # fmt: skip
_ASKED = re.compile(r"(?:[^.!?\n]|\n(?!\n)){0,80}\?")
_AS_A_LIMIT = re.compile(r"\b(?:by|before|until|till|bis|vor|avant|antes|entro|voor)\W+(?:\w+\W+){0,3}$", re.IGNORECASE)
_OF_ANOTHER = re.compile(
    r"\b(?:recruit|coordinat|organi[sz]|contact|quest(?:ions?|ões)|fragen|preguntas|domande|vragen|pyta|help|support|candidate|bewerber)",
    re.IGNORECASE,
)
"""Of whom a line with an address speaks that names no interviewer."""
_NAMED_ADDRESS = re.compile(
    r"(?P<name>[^\W\d_][\w.'’-]*(?: [^\W\d_][\w.'’-]*){1,3}) ?[(<\[](?P<email>[^\s()<>\[\]]+@[^\s()<>\[\]]+)[)>\]]"
)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads messages for one user. Two readers with the same ``fingerprint`` read alike."""

    policy: Policy

    @property
    def fingerprint(self) -> str:
        """Changes with the program's version and with every setting that a reading depends on."""
        policy = self.policy
        facts = (__version__, READER_VERSION, sorted(policy.me.emails), policy.calendar.zone.key, policy.country)
        return blake2b(repr(facts).encode(), digest_size=8).hexdigest()

    def read(self, email: Email) -> Reading:
        """All that ``email`` says. Never raises on any content."""
        seen = text.visible(email)
        verdict = origin.classify(email, seen)
        if verdict.origin in (Origin.BOUNCE, Origin.BULK):
            return Reading(
                origin=verdict.origin,
                origin_rule=verdict.rule,
                bounced=verdict.bounced,
                returned_id=verdict.returned_id,
            )
        code = self._language(email, seen)
        if verdict.origin is Origin.AUTO_REPLY:
            return self._auto_reply(email, seen, verdict.rule, code)
        return self._message(email, seen, verdict, code)

    def _language(self, email: Email, seen: Visible) -> str | None:
        """The language of the text; a short one is judged together with its subject and what it answers.

        Short texts of names and job titles pass for English, seldom for another language: that one is believed.
        """
        own = language.detect(seen.text)
        if own and (len(seen.text) > _SHORT // 4 or own in phrases.codes() - {"en"}):
            return own
        return language.detect(f"{seen.text}\n{email.envelope.subject}\n{seen.signature}\n{seen.quoted[:_SHORT]}")

    def _auto_reply(self, email: Email, seen: Visible, rule: str, code: str | None) -> Reading:
        absence = promises.absence(
            seen.text,
            subject=email.envelope.subject,
            language=code or "en",
            written=moment(email.envelope),
            calendar=self.policy.calendar,
            country=self.policy.country or None,
        )
        found = (Finding(says=Says.AWAY, rule=rule, part="header"),)
        return Reading(
            origin=Origin.AUTO_REPLY,
            origin_rule=rule,
            language=code,
            findings=found,
            absence=absence,
            referral=successor(email, seen, self.policy.me),
        )

    def _message(self, email: Email, seen: Visible, verdict: origin.Verdict, code: str | None) -> Reading:
        mine, written = self._is_mine(email), moment(email.envelope)
        called = self._invites(email)
        understood = code is None or code in phrases.codes()
        spoken = code if code in phrases.codes() else "en"
        findings = (
            phrases.find(seen.text, subject=email.envelope.subject, language=spoken, mine=mine) if understood else ()
        )
        facts = facts_of(email, seen, language=spoken if understood else None, mine=mine, me=self.policy.me)
        called_so = "\n".join(i.summary for i in called)
        ideas = vocabulary.ideas(f"{email.envelope.subject}\n{called_so}\n{seen.text}", spoken) if understood else 0
        hiring = bool(ideas) or bool(facts.roles) or any(f.says in _ARRANGING for f in findings)
        timed = understood and (hiring or bool(email.envelope.in_reply_to))
        times = self._times(seen, spoken, written) if timed else ()
        answers = mine and bool(email.envelope.in_reply_to)
        findings = (*findings, *_offered(times, seen.text, findings)) if hiring or answers else findings
        arranging = any(f.says in _ARRANGING for f in findings)
        return Reading(
            origin=verdict.origin,
            origin_rule=verdict.rule,
            language=code,
            understood=understood,
            empty=not seen.text.strip(),
            findings=findings,
            times=times,
            days=self._days(seen, spoken, written) if timed else (),
            hours=self._hours(seen, spoken, written) if timed and not times else (),
            shift_minutes=dates.find_shift(seen.text, spoken) if timed else None,
            hour_kept=timed and dates.keeps_hour(seen.text, spoken),
            duration_minutes=dates.find_duration(seen.text, spoken) if timed else None,
            invites=called,
            promise=self._promise(seen, findings, spoken, written) if not mine else None,
            absence=self._absence(seen, findings, spoken, written) if not mine else None,
            referral=facts.referral,
            interviewers=tuple(self._interviewers(email, seen)) if (arranging or called) and not mine else (),
            formal=is_formal(seen.text, code),
            companies=facts.companies,
            roles=facts.roles,
            requisitions=facts.requisitions,
            ideas=ideas,
            candidacy=bool(ideas) and not mine and vocabulary.candidacy(seen.text, spoken),
            signed=facts.signed,
            greeted=facts.greeted,
            sketch=closeness.sketch(seen.text) if mine else (),
        )

    def _is_mine(self, email: Email) -> bool:
        envelope = email.envelope
        return envelope.role is MailboxRole.SENT or any(self.policy.me.has(a.email) for a in envelope.from_)

    def _invites(self, email: Email) -> tuple[Invite, ...]:
        written, zone = moment(email.envelope), self.policy.calendar.zone
        return tuple(chain.from_iterable(invites.read(p, zone=zone, written=written) for p in email.calendars))

    def _times(self, seen: Visible, code: str, written: datetime) -> tuple[TimeMention, ...]:
        zone, country = self.policy.calendar.zone, self.policy.country or None
        found = dates.find_times(seen.text, language=code, written=written, zone=zone, country=country)
        return tuple(
            t for t in found if seen.text[max(0, t.text_start - 4) : t.text_start].lower() != " my "
        )  # my 8:30: their own

    def _hours(self, seen: Visible, code: str, written: datetime) -> tuple[TimeMention, ...]:
        zone, country = self.policy.calendar.zone, self.policy.country or None
        return dates.find_hours(seen.text, language=code, written=written, zone=zone, country=country)

    def _days(self, seen: Visible, code: str, written: datetime) -> tuple[date, ...]:
        calendar, country = self.policy.calendar, self.policy.country or None
        found = dates.find_dates(seen.text, language=code, written=written, calendar=calendar, country=country)
        return tuple(d.start for d in found if d.start == d.end and not d.past)

    def _promise(self, seen: Visible, findings: tuple[Finding, ...], code: str, written: datetime) -> Promise | None:
        made = [f for f in findings if f.says is Says.PROMISES and f.part == "text"]
        if not made or any(f.says is Says.REJECTS for f in findings):
            return None
        return promises.promise(
            seen.text,
            findings=made,
            language=code,
            written=written,
            calendar=self.policy.calendar,
            country=self.policy.country or None,
        )

    def _absence(self, seen: Visible, findings: tuple[Finding, ...], code: str, written: datetime) -> Absence | None:
        """When a person who writes of being away is back."""
        away = next((f for f in findings if f.says is Says.AWAY and f.part == "text"), None)
        if away is None:
            return None
        return promises.absence(
            seen.text,
            said=away,
            language=code,
            written=written,
            calendar=self.policy.calendar,
            country=self.policy.country or None,
        )

    def _interviewers(self, email: Email, seen: Visible) -> Iterator[Address]:
        """People whom the text or the invite names and whose address it gives, or who read it in copy."""
        told = f"{seen.text}\n{described(email)}".splitlines()
        lines = (line for line in told if "@" in line and not _OF_ANOTHER.search(line))
        for found in chain.from_iterable(map(_NAMED_ADDRESS.finditer, lines)):
            address = Address(name=found["name"], email=found["email"])
            if not self.policy.me.has(address.email):
                yield address
        for address in (*email.envelope.to, *email.envelope.cc):
            named = address.name and address.name.split()[0] in seen.text
            if named and not self.policy.me.has(address.email):
                yield address


def _offered(times: tuple[TimeMention, ...], words: str, findings: tuple[Finding, ...]) -> Iterator[Finding]:
    """That an hour named in a question is an offer, where no phrase says so: "Tuesday at 2?"; a limit ("by Friday, 5 pm") is none."""
    if any(f.says in (Says.OFFERS_TIMES, Says.CONFIRMS, Says.CANCELS) for f in findings):
        return
    for time in times:
        asked = _ASKED.match(words, time.text_end)
        if asked and not _AS_A_LIMIT.search(words[max(0, time.text_start - 40) : time.text_start]):
            yield Finding(says=Says.OFFERS_TIMES, rule="an hour in a question", start=time.text_start, end=asked.end())
            return
