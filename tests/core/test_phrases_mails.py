"""Whole English mails in recruiters' and candidates' many tones: everything that each says, and nothing else."""

import tomllib
from pathlib import Path
from time import process_time
from typing import Any

import pytest

from followupd.core.phrases import claims, find
from followupd.core.reading import Says

MAILS = tomllib.loads(Path(__file__).with_name("hiring_mails_en.toml").read_text(encoding="utf-8"))["mail"]

FACTS = [
    (
        "Thank you for applying to the Senior Product Designer position at Northwind Traders.",
        "",
        {("role", "Senior Product Designer"), ("company", "Northwind Traders")},
    ),
    ("", "Data Engineer interview at Acme", {("role", "Data Engineer"), ("company", "Acme")}),
    ("", "Interview for Data Engineer at Acme", {("role", "Data Engineer"), ("company", "Acme")}),
    ("", "Your application to Acme Corp - Data Engineer", {("role", "Data Engineer"), ("company", "Acme Corp")}),
    ("", "Invitation: ML Engineer interview - Dana Reyes @ Wed Apr 8, 2026 10am", {("role", "ML Engineer")}),
    ("I'd like to apply for the data analyst position at Acme.", "", {("role", "data analyst"), ("company", "Acme")}),
    ("Thanks for applying to be a Barista at Bean & Co.", "", {("role", "Barista"), ("company", "Bean & Co")}),
    ("We would like to talk about the VP of Sales opening.", "", {("role", "VP of Sales")}),
    (
        "We have an opening for a Machine Learning Engineer II (Req 20417) in Austin.",
        "",
        {("role", "Machine Learning Engineer II"), ("requisition", "20417")},
    ),
    (
        "Thank you for applying for the R0041187 Associate Scientist position.",
        "",
        {("role", "Associate Scientist"), ("requisition", "R0041187")},
    ),
    ("It would be great to have you join the team on Monday in London.", "", set()),
    ("The position of the company is strong, and the role is open.", "", set()),
]


def said(mail: dict[str, Any]) -> list[str]:
    found = find(mail["text"], subject=mail.get("subject", ""), language="en", mine=mail.get("mine", False))
    return sorted({f.says for f in found if f.says is not Says.CANDIDACY})  # said along with nearly everything else


@pytest.mark.parametrize("mail", MAILS, ids=lambda m: f"{m['text'].strip()[:50]!r}")
def test_a_mail_says_what_it_says_and_no_more(mail: dict[str, Any]) -> None:
    assert said(mail) == mail["says"]


@pytest.mark.parametrize("mail", MAILS, ids=lambda m: f"{m['text'].strip()[:50]!r}")
def test_typographic_signs_and_long_lines_change_nothing(mail: dict[str, Any]) -> None:
    text = mail["text"].replace("'", "\u2019").replace(" - ", " \u2013 ").replace(". ", ".  ")
    assert said(mail | {"text": text}) == mail["says"]


@pytest.mark.parametrize(("text", "subject", "facts"), FACTS)
def test_facts_are_taken_as_written(text: str, subject: str, facts: set[tuple[str, str]]) -> None:
    named = claims(text, subject=subject, language="en", mine=False)
    assert {(n.kind, n.value) for n in named} == facts
    for n in named:
        assert (subject if n.part == "subject" else text)[n.start : n.end].strip() == n.value


def test_places_quote_the_words_that_say_it() -> None:
    text = "Hi Dana,\n\nthank you.  We have decided\nto move forward with another candidate.\n"
    (finding,) = (f for f in find(text, subject="", language="en", mine=False) if f.says == "rejects")
    assert " ".join(text[finding.start : finding.end].split()) == "have decided to move forward with another candidate"


def test_the_subject_of_an_answer_says_nothing() -> None:
    assert not find("Thank you.", subject="Re: Interview for Data Engineer at Acme", language="en", mine=True)


@pytest.mark.parametrize(
    "text", ["would you like to " * 20_000, "a " * 150_000, "we " + "not " * 80_000, "the QA Lead role " * 15_000]
)
def test_no_text_takes_more_than_linear_time(text: str) -> None:
    def seconds(part: str) -> float:
        started = process_time()
        find(part, subject="", language="en", mine=False)
        claims(part, subject="", language="en", mine=False)
        return process_time() - started

    seconds(text[:1000])
    assert seconds(text) < max(12 * seconds(text[: len(text) // 4]), 0.5)
