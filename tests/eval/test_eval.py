"""The project's own mail, read whole: nothing may fall under its floor."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.eval import corpus, own
from tests.eval.floors import FLOORS, below
from tests.eval.table import Tally, wilson


@pytest.fixture(scope="module")
def rows() -> list[Tally]:
    return [*own.tallies(own.read()), *own.phrase_tallies()]


def test_the_corpus_is_read_above_its_floors(rows: list[Tally]) -> None:
    assert list(below(rows)) == []


def test_no_floor_is_for_a_row_that_is_gone(rows: list[Tally]) -> None:
    names = {t.name for t in rows}
    elsewhere = ("no alarm", "own process", "  and answered", "rejections", "bounces", "quotes")
    assert {name for name in FLOORS if not name.startswith(elsewhere)} <= names


def test_every_label_is_one_that_is_known() -> None:
    keys = {
        "from", "to", "cc", "at", "subject", "body", "html", "ics", "headers", "re", "origin", "says", "promise", "times",
        "signed", "signed_any", "not_company", "status", "returns", "events", "back", "through", "refers",
    }  # fmt: skip
    whole = {
        "is", "company", "company_any", "role", "role_any", "contact", "contact_any", "requisition", "not_company", "stage",
        "turn", "outcome", "interviews", "mail",
    }  # fmt: skip
    for process in corpus.processes():
        assert set(process.label) <= whole, process.id
        for mail in process.mails:
            assert set(mail.label) <= keys, mail.id
            assert mail.may_say <= set(own.Says), mail.id


def test_it_can_be_laid_out_as_a_maildir(tmp_path: Path) -> None:
    corpus.maildir(tmp_path)
    laid = [*tmp_path.glob("cur/*"), *tmp_path.glob(".Sent/cur/*")]
    assert len(laid) == sum(len(p.mails) for p in corpus.processes())


def test_what_is_under_its_floor_is_told() -> None:
    (told,) = below([Tally("company in a message", right=50, missed=50)])
    assert told.startswith("company in a message: recall 50.0 is under")


def test_the_interval_is_wilsons() -> None:
    low, high = wilson(9, 10)
    assert (round(low, 3), round(high, 3)) == (0.596, 0.982)
