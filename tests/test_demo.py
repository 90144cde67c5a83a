"""The demo: every judgement on the sample mailbox, against what the policy says by hand."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from followupd import cli, demo

CHECK_IN, THANK_YOU = "check_in", "thank_you"

EXPECTED: dict[str, tuple[str, str, str | None, str | None, tuple[str, int, str] | None]] = {
    # stage, turn, outcome, hold, what comes next
    "brightwater": ("interviewed", "theirs", None, "draft_open", None),
    "halden": ("interviewed", "theirs", None, None, (CHECK_IN, 1, "2026-03-31T08:00:00+02:00")),
    "meridian": ("applied", "theirs", None, "draft_open", None),
    "quillworks": ("scheduling", "theirs", None, None, (CHECK_IN, 2, "2026-03-23T08:00:00+01:00")),
    "kupferwerk": ("assignment", "theirs", None, "draft_open", None),
    "wisla": ("interviewed", "theirs", None, "draft_open", None),
    "ardoise": ("interviewed", "theirs", None, "draft_open", None),
    "northgate": ("interviewed", "theirs", None, "draft_open", None),
    "duinland": ("interviewed", "theirs", None, "draft_open", None),
    "stonebridge": ("interviewed", "theirs", None, "draft_open", None),
    "ribeira": ("interviewed", "theirs", None, "draft_open", None),
    "colleverde": ("applied", "theirs", None, None, (CHECK_IN, 1, "2026-03-18T08:00:00+01:00")),
    "fjordline": ("interviewed", "theirs", None, None, (CHECK_IN, 1, "2026-03-30T08:00:00+02:00")),
    "palisade": ("interviewed", "theirs", None, None, (CHECK_IN, 1, "2026-03-20T08:00:00+01:00")),
    "saule": ("scheduling", "theirs", None, None, (CHECK_IN, 1, "2026-03-18T08:00:00+01:00")),
    "tallis-lumen": ("applied", "theirs", None, None, (CHECK_IN, 1, "2026-03-24T08:00:00+01:00")),
    "tallis-orbis": ("applied", "theirs", None, None, (CHECK_IN, 1, "2026-03-26T08:00:00+01:00")),
    "cedar": ("applied", "mine", None, "my_turn", None),
    "tindle": ("scheduling", "mine", None, "my_turn", None),
    "felsquell": (
        "interview_scheduled",
        "nobody",
        None,
        "interview_ahead",
        (THANK_YOU, 1, "2026-03-19T14:00:00+01:00"),
    ),
    "osprey": ("interview_scheduled", "nobody", None, "interview_ahead", (THANK_YOU, 1, "2026-03-18T19:45:00+01:00")),
    "wavecrest": ("on_hold", "nobody", None, "on_hold", None),
    "pinemoor": ("applied", "theirs", None, "bounced", None),
    "glasshouse": ("applied", "theirs", None, "no_address", None),
    "moorhen": ("applied", "theirs", None, "limit", None),
    "larkfield": ("interviewed", "theirs", None, "draft_open", None),
    "vantage": ("closed", "nobody", "rejected", None, None),
    "harbour": ("offer", "mine", None, "my_turn", None),
    "silverbirch": ("closed", "nobody", "accepted", None, None),
    "greymarsh": ("closed", "nobody", "position_closed", None, None),
    "oakhanger": ("closed", "nobody", "silent", None, None),
    "lindenhof": ("closed", "nobody", "silent", None, None),
    "copperleaf": ("closed", "nobody", "withdrawn", None, None),
    "aljibe": ("closed", "nobody", "rejected", None, None),
    "initium": ("applied", "theirs", None, "skipped", None),
}
UNCERTAIN = "pacific"

DRAFTS = {
    ("created", "check_in", 1, "claire.fontaine@ardoise.example"),
    ("created", "check_in", 1, "grace.okafor@northgate-press.example"),
    ("created", "check_in", 1, "ines.carvalho@ribeira.example"),
    ("created", "check_in", 2, "fenna.dewit@duinland.example"),
    ("created", "closing_note", 1, "oliver.grant@stonebridge.example"),
    ("created", "thank_you", 1, "amara.osei@brightwater.example"),
    ("created", "thank_you", 1, "felix.brandt@brightwater.example"),
    ("withdrawn", "check_in", 1, "tom.whitfield@haldenrobotics.example"),
    ("kept", "check_in", 1, "katarzyna.nowicka@wisladata.example"),
    ("kept", "check_in", 1, "katrin.vogel@kupferwerk.example"),
    ("kept", "check_in", 1, "lena.hoffmann@meridianfreight.example"),
}


@pytest.fixture(scope="module")
def samples() -> list[demo.Sample]:
    return list(demo.mail())


def test_it_is_a_mailbox_of_a_life(samples: list[demo.Sample]) -> None:
    hiring = {s.process for s in samples if s.id in _hiring_ids(samples)}
    assert len(hiring) == len(EXPECTED) + 1
    assert sum(s.process.startswith("ordinary") for s in samples) > 300


def test_every_id_and_file_is_its_own(samples: list[demo.Sample], tmp_path: Path) -> None:
    assert max(Counter(s.id for s in samples).values()) == 1
    demo.write(tmp_path)
    assert len(list(tmp_path.glob("Maildir/**/cur/*"))) == len(samples)


def test_it_is_the_same_every_day(samples: list[demo.Sample]) -> None:
    assert [s.message.as_bytes() for s in samples] == [s.message.as_bytes() for s in demo.mail()]


def test_nobody_in_it_exists(samples: list[demo.Sample]) -> None:
    text = "\n".join(_text(s) for s in samples)
    domains = {d.lower().rstrip(".") for d in re.findall(r"@([\w.-]+\w)|https?://([\w.-]+)", text) for d in d if d}
    assert {d for d in domains if not re.search(r"(^|\.)example(\.org)?$", d)} == set()


def test_all_of_it_lies_before_the_demos_now(samples: list[demo.Sample]) -> None:
    assert [s.id for s in samples if s.at >= demo.NOW] == []


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    """The document that ``followupd demo --json`` prints."""
    import io
    from contextlib import redirect_stdout

    with redirect_stdout(io.StringIO()) as out:
        assert cli.run(["demo", "--json"]) == 0
    document: dict[str, Any] = json.loads(out.getvalue())
    return document


@pytest.mark.slow
def test_every_process_is_judged_as_the_policy_says(told: dict[str, Any], samples: list[demo.Sample]) -> None:
    found = {}
    for opportunity in told["opportunities"]:
        step = opportunity["next"]
        found[_process(opportunity, samples)] = (
            *(opportunity[key] for key in ("stage", "turn", "outcome", "hold")),
            (step["kind"], step["ordinal"], step["due"]) if step else None,
        )
    doubted = found.pop(UNCERTAIN)
    assert found == EXPECTED
    assert doubted[3] == "uncertain"


@pytest.mark.slow
def test_every_process_holds_its_own_mail_and_no_other(told: dict[str, Any], samples: list[demo.Sample]) -> None:
    hiring = _hiring_ids(samples)
    for opportunity in told["opportunities"]:
        name = _process(opportunity, samples)
        mail = {s.id for s in samples if s.process == name and s.folder != "drafts"}
        held = set(opportunity["message_ids"])
        robots = {i for i in mail if samples_by_id(samples)[i].message["Auto-Submitted"]}
        assert held & hiring <= mail, name
        assert mail - robots <= held, name


@pytest.mark.slow
def test_every_process_has_a_company_and_a_role(told: dict[str, Any]) -> None:
    nameless = [o["message_ids"][0] for o in told["opportunities"] if not (o["company"] and o["role"])]
    assert nameless == []


@pytest.mark.slow
def test_exactly_the_drafts_that_are_due(told: dict[str, Any]) -> None:
    shown = {(d["action"], d["kind"], d["ordinal"], *d["to"]) for d in told["drafts"] if d["state"] != "sent"}
    assert shown == DRAFTS


@pytest.mark.slow
def test_the_changed_draft_is_known_as_changed(told: dict[str, Any]) -> None:
    states = {d["to"][0]: d["state"] for d in told["drafts"]}
    assert states["katarzyna.nowicka@wisladata.example"] == "edited"


@pytest.mark.slow
def test_what_is_left_over_is_said(told: dict[str, Any]) -> None:
    assert sorted(w["code"] for w in told["warnings"]) == ["bounce", "limit", "uncertain"]


@pytest.mark.slow
def test_the_telling_fits_a_terminal_and_leaves_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["demo", "--keep"]) == 0
    out = capsys.readouterr().out
    home = Path(re.findall(r"FOLLOWUPD_CONFIG=(\S+)/config\.toml", out)[0])
    assert (home / "config.toml").stat().st_mode & 0o077 == 0
    assert "Hi Grace," in out
    assert "\x1b" not in out
    shutil.rmtree(home)


def _text(sample: demo.Sample) -> str:
    parts = [str(p.get_payload(decode=True), "utf-8") for p in sample.message.walk() if not p.is_multipart()]
    return "\n".join([*map(str, sample.message.values()), *parts])


def samples_by_id(samples: list[demo.Sample]) -> dict[str, demo.Sample]:
    return {s.id: s for s in samples}


def _hiring_ids(samples: list[demo.Sample]) -> set[str]:
    return {s.id for s in samples if s.process in EXPECTED or s.process == UNCERTAIN}


def _process(opportunity: dict[str, Any], samples: list[demo.Sample]) -> str:
    by_id = samples_by_id(samples)
    return next(by_id[i].process for i in opportunity["message_ids"] if i in by_id)
