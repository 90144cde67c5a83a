"""The JSON of once, status and explain: the keys and values that scripts rely on."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from followupd import cli, demo
from followupd.core.course import Outcome, Stage, Turn
from followupd.core.decide import Hold
from tests.cli.conftest import AT, Ask

KEYS = {
    "": ["at", "accounts", "opportunities", "drafts", "warnings"],
    "accounts": ["name", "ok", "error", "seen", "synced_at"],
    "opportunities": [
        "id", "company", "role", "contact", "stage", "turn", "outcome", "interviews", "promise", "waiting_since", "threads",
        "message_ids", "next", "hold", "reasons",
    ],
    "drafts": [
        "id", "opportunity", "kind", "ordinal", "action", "state", "to", "cc", "subject", "message_id", "in_reply_to", "reason",
    ],
    "warnings": ["code", "message", "opportunity"],
}  # fmt: skip

YESTERDAY = "2026-03-16T08:30:00+01:00"


@pytest.fixture
def document(home: Path, ask: Ask) -> Any:
    return ask("once", "--at", AT)


def test_every_key_of_the_contract_is_there(document: Any) -> None:
    assert set(KEYS[""]) <= set(document)
    for part, keys in KEYS.items():
        for item in document[part] if part else ():
            assert set(keys) <= set(item), part


def test_parts_of_an_opportunity(document: Any) -> None:
    for opportunity in document["opportunities"]:
        assert set(opportunity["contact"] or {}) in ({"name", "email"}, set())
        assert all(set(i) == {"start", "end", "state"} for i in opportunity["interviews"])
        assert set(opportunity["promise"] or {}) in ({"date", "quote", "message_id"}, set())
        assert set(opportunity["next"] or {}) in ({"kind", "ordinal", "due"}, set())


def test_words_are_those_of_the_contract(document: Any) -> None:
    for opportunity in document["opportunities"]:
        assert opportunity["stage"] in {*Stage}
        assert opportunity["turn"] in {*Turn}
        assert opportunity["hold"] in {None, *Hold}
        assert opportunity["outcome"] in {None, *Outcome}
    assert {d["action"] for d in document["drafts"]} <= {"created", "withdrawn", "kept", "none"}


def test_nothing_unknown_is_an_empty_string(document: Any) -> None:
    def strings(value: Any) -> list[str]:
        if isinstance(value, dict):
            return [s for v in value.values() for s in strings(v)]
        return [s for v in value for s in strings(v)] if isinstance(value, list) else [value]

    assert "" not in strings(document)


def test_instants_have_the_users_offset(document: Any) -> None:
    assert document["at"] == AT
    assert document["accounts"][0]["synced_at"] == AT
    dues = [o["next"]["due"] for o in document["opportunities"] if o["next"]]
    assert dues
    assert all(datetime.fromisoformat(due).tzinfo for due in dues)


def test_ids_are_stable_from_an_empty_state(home: Path, ask: Ask, document: Any) -> None:
    assert cli.run(["forget", "--yes"]) == 0
    again = ask("once", "--at", AT)
    assert {o["id"] for o in again["opportunities"]} == {o["id"] for o in document["opportunities"]}
    assert {d["id"] for d in again["drafts"]} == {d["id"] for d in document["drafts"]}


def test_status_tells_the_same_and_did_nothing(home: Path, ask: Ask, document: Any) -> None:
    status = ask("status", "--at", AT)
    assert [o["id"] for o in status["opportunities"]] == [o["id"] for o in document["opportunities"]]
    assert {d["action"] for d in status["drafts"]} == {"none"}


def test_a_second_pass_changes_nothing(home: Path, ask: Ask, document: Any) -> None:
    again = ask("once", "--at", AT)
    assert {d["action"] for d in again["drafts"]} == {"kept"}
    assert again["opportunities"] == document["opportunities"]


def test_an_answer_takes_the_draft_back(home: Path, ask: Ask) -> None:
    made = {d["to"][0]: d["action"] for d in ask("once", "--at", YESTERDAY)["drafts"]}
    now = {d["to"][0]: d["action"] for d in ask("once", "--at", AT)["drafts"]}
    assert made["tom.whitfield@haldenrobotics.example"] == "created"
    assert now["tom.whitfield@haldenrobotics.example"] == "withdrawn"


def test_a_dry_run_writes_neither_draft_nor_state(home: Path, ask: Ask) -> None:
    before = sorted(home.rglob("*"))
    drafts = ask("once", "--dry-run", "--at", AT)["drafts"]
    assert {(d["action"], d["state"]) for d in drafts} == {("would_create", None)}
    assert {d["to"][0].partition("@")[0] for d in drafts} == {"amara.osei", "felix.brandt", "claire.fontaine"}
    written = [p for p in set(home.rglob("*")) - set(before) if p.is_file() and "Maildir" in p.parts]
    assert written == []
    assert ask("status", "--at", AT)["opportunities"] == []


def test_a_draft_that_the_user_sent_is_listed_once_more(home: Path, ask: Ask) -> None:
    ask("once", "--at", YESTERDAY)
    demo.send(home, "tom.whitfield@", datetime.fromisoformat(YESTERDAY) + timedelta(hours=1))
    drafts = ask("once", "--at", AT)["drafts"]
    (sent,) = (d for d in drafts if d["to"] == ["tom.whitfield@haldenrobotics.example"])
    assert (sent["state"], sent["action"]) == ("sent", "none")
    assert {d["action"] for d in drafts} == {"created", "none"}
    again = {d["state"] for d in ask("once", "--at", AT)["drafts"]}
    assert again == {"open"}


def test_the_quote_is_the_mails_own_words(document: Any) -> None:
    promises = [o["promise"] for o in document["opportunities"] if o["company"] == "Ardoise"]
    assert promises == [
        {"date": "2026-03-13", "quote": promises[0]["quote"], "message_id": "<ardoise.3@ardoise.example>"}
    ]
    assert "vendredi" in promises[0]["quote"]


def test_explain_names_messages_words_rules_and_what_would_change_it(home: Path, ask: Ask, document: Any) -> None:
    told = ask("explain", "<halden.1@haldenrobotics.example>", "--at", AT)
    assert set(told) >= {"opportunity", "rules", "would_change", "messages"}
    assert told["messages"][0]["message_id"] == "<halden.1@haldenrobotics.example>"
    quotes = [said["quote"] for message in told["messages"] for said in message["says"]]
    assert any("end of next week" in q or "still deciding" in q for q in quotes if q)
    assert told["rules"]


@pytest.mark.parametrize("which", ["id", "thread", "message", "draft"])
def test_any_id_names_the_opportunity(home: Path, ask: Ask, document: Any, which: str) -> None:
    opportunity = next(o for o in document["opportunities"] if o["company"] == "Ardoise")
    draft = next(d for d in document["drafts"] if d["opportunity"] == opportunity["id"])
    ident = {
        "id": opportunity["id"],
        "thread": opportunity["threads"][0],
        "message": opportunity["message_ids"][-1],
        "draft": draft["id"],
    }[which]
    assert ask("explain", ident, "--at", AT)["opportunity"]["id"] == opportunity["id"]
