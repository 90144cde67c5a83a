"""Looking at everything that a pass will need, one thing after the other; nothing is written anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from followupd.core.errors import FollowupdError, TemplateError
from followupd.core.health import Check, Finding, Level, Verdict, failure, fine
from followupd.core.ledger import Kind
from followupd.core.letters import LetterFacts
from followupd.core.ports import Templates

_BY_NAME = {
    Kind.THANK_YOU: {"interview_on": date(2026, 3, 4), "stage": "interviewed"},
    Kind.CHECK_IN: {"applied_on": date(2026, 3, 2), "stage": "applied"},
    Kind.CLOSING_NOTE: {"last_sent_on": date(2026, 3, 9), "stage": "interviewed"},
    Kind.FEEDBACK_REQUEST: {"stage": "closed"},
}


def examine(checks: Iterable[Check], account: str | None = None) -> Iterator[Finding]:
    """What is found. What raises an error ends these checks: those that follow rest on it."""
    for check in checks:
        try:
            yield Finding(check=check.name, account=account, verdict=check.look())
        except FollowupdError as error:
            verdict = Verdict(Level.FAIL, str(error), error.remedy)
            yield Finding(check=check.name, account=account, verdict=verdict, error=error)
            return


def letters(templates: Templates) -> Verdict:
    """Whether each kind of letter can be written in each language, with all that may be known and with nothing known."""
    languages = templates.languages()
    broken = {}
    for facts in (f for language in languages for kind in Kind for f in _samples(kind, language)):
        try:
            templates.render(facts.kind, facts.language, facts)
        except TemplateError as error:
            broken[str(error)] = error.remedy
    if broken:
        return failure("; ".join(broken), next(iter(broken.values())))
    return fine(f"{len(Kind)} kinds of letter in {len(languages)} languages: {', '.join(languages)}")


def _samples(kind: Kind, language: str) -> Iterator[LetterFacts]:
    bare = {"kind": kind, "language": language, "written_on": date(2026, 3, 16), "my_name": "Dana Reyes"}
    full = {"first_name": "Maria", "salutation_name": "Maria Lopez", "company": "Acme", "role": "Data Engineer"}
    yield LetterFacts(**bare, signature="Dana Reyes")  # type: ignore[arg-type]
    yield LetterFacts(**bare, **full, **_BY_NAME[kind], signature="Dana Reyes", formal=False)  # type: ignore[arg-type]
