"""`followupd doctor`: what it finds, with which remedy and exit status, and that it writes nothing."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from followupd import bootstrap, cli
from followupd.adapters.gmail import GmailAccount, auth
from followupd.adapters.gmail.checkup import prove
from followupd.core.health import Level
from followupd.daemon.health import examine
from tests.contracts.messages import message
from tests.e2e.gmail_boxes import TokenFiles
from tests.fakes.gmail import FakeGmail
from tests.servers.dovecot import Dovecot

ME = """
[me]
name = "Dana Reyes"
emails = ["dana.reyes@example.org"]
time_zone = "America/Chicago"
"""
SCOPES = auth.scopes(labels=True)


@dataclass
class Patient:
    """A user with a home folder and a config."""

    home: Path
    accounts: str = ""
    env: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.env = {
            "HOME": str(self.home),
            "XDG_STATE_HOME": str(self.home / "state"),
            "XDG_CONFIG_HOME": "",
            "XDG_DATA_HOME": "",
        }

    def has(self, **account: str) -> None:
        self.accounts += "[[accounts]]\n" + "".join(f"{key} = {value}\n" for key, value in account.items())

    def maildir(self) -> Path:
        for name in ("", ".Sent", ".Drafts"):
            for sub in ("cur", "new", "tmp"):
                (self.home / "Maildir" / name / sub).mkdir(parents=True)
        self.has(name='"archive"', backend='"maildir"', path='"Maildir"')
        return self.home / "Maildir"

    def run(self, *options: str, text: str | None = None) -> tuple[int, dict[str, Any]]:
        path = self.home / "config.toml"
        path.write_text(ME + self.accounts if text is None else text)
        done = CliRunner().invoke(
            cli.cli, ["--config", str(path), "doctor", *options, "--json"], env=self.env, standalone_mode=False
        )
        assert done.exception is None, done.exception
        return done.return_value, json.loads(done.stdout)

    def found(self, *options: str, text: str | None = None) -> tuple[int, Mapping[str, Mapping[str, Any]]]:
        status, document = self.run(*options, text=text)
        assert document["ok"] is (status == 0)
        assert all(bool(c["remedy"]) is (c["status"] != "ok") for c in document["checks"])
        return status, {f"{c['account'] or ''}.{c['check']}": c for c in document["checks"]}


@pytest.fixture
def patient(tmp_path: Path) -> Patient:
    return Patient(tmp_path)


@pytest.fixture
def fake() -> Iterator[FakeGmail]:
    with FakeGmail() as fake:
        yield fake
        assert fake.violations == []


Sign = Callable[..., None]


@pytest.fixture
def signed_in(patient: Patient, fake: FakeGmail) -> Sign:
    """Adds a Gmail account whose token tells ``more``."""

    def sign(**more: Any) -> None:
        given = json.loads(fake.sign_in.token(frozenset(more.get("scopes", SCOPES)))) | more
        account = TokenFiles(patient.home).account(fake.root, json.dumps(given))
        patient.has(
            name='"personal"', backend='"gmail"', api_endpoint=f'"{fake.root}"',
            token=f'{{file = "{account["token"]["file"]}"}}',
        )  # fmt: skip

    return sign


def levels(found: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    return {name: check["status"] for name, check in found.items()}


# ------------------------------------------------------------------------------------------------ all is well


def test_a_healthy_user_writes_nothing(patient: Patient, signed_in: Sign, fake: FakeGmail) -> None:
    patient.maildir()
    signed_in(scopes=list(SCOPES), granted_at=bootstrap.clock().now().isoformat())
    unit = patient.home / ".config/systemd/user/followupd.service"
    unit.parent.mkdir(parents=True)
    unit.touch()
    before = fake.account.fingerprint()
    status, found = patient.found()
    assert status == 0
    assert levels(found) == dict.fromkeys(
        [".config", "archive.folders", "archive.times", "personal.secret", "personal.scopes", "personal.token_age",
         "personal.sign_in", "personal.clock", ".state", ".templates", ".service"], "ok"
    )  # fmt: skip
    assert fake.account.fingerprint() == before
    assert not (patient.home / "state").exists()


def test_for_people_it_is_lines_of_text(patient: Patient) -> None:
    patient.maildir()
    (patient.home / "config.toml").write_text(ME + patient.accounts)
    done = CliRunner().invoke(cli.cli, ["--config", str(patient.home / "config.toml"), "doctor"], env=patient.env)
    assert "ok   archive: folders" in done.stdout
    assert "warn service" in done.stdout
    assert "systemctl --user enable" in done.stdout


# ------------------------------------------------------------------------------------------------ what is wrong


def test_every_problem_of_the_config(patient: Patient) -> None:
    status, document = patient.run(text='[me]\nname = ""\n')
    assert (status, document["ok"]) == (78, False)
    assert len(document["checks"]) == 4
    assert {(c["check"], c["status"], bool(c["remedy"])) for c in document["checks"]} == {("config", "fail", True)}


def test_one_bad_account_hides_no_other(patient: Patient) -> None:
    patient.has(name='"away"', backend='"maildir"', path='"nowhere"')
    patient.maildir()
    status, found = patient.found()
    assert status == 69
    assert (found["away.folders"]["status"], found["archive.folders"]["status"]) == ("fail", "ok")
    assert "away.times" not in found


def test_folders_that_are_missing_or_closed(patient: Patient) -> None:
    mail = patient.maildir()
    for sub in (mail / ".Sent").iterdir():
        sub.rmdir()
    assert patient.found()[1]["archive.folders"]["status"] == "warn"
    (mail / ".Drafts").chmod(0o500)
    if os.geteuid() != 0:  # nothing is closed to root
        assert patient.found()[1]["archive.folders"]["status"] == "fail"
    (mail / ".Drafts").chmod(0o700)


def test_mail_copied_without_its_times(patient: Patient) -> None:
    mail = patient.maildir()
    for n in range(30):
        (mail / "cur" / f"{n}.x:2,S").write_bytes(message(f"m{n}"))
    found = patient.found()[1]["archive.times"]
    assert (found["status"], "CopyArrivalDate" in found["remedy"]) == ("warn", True)
    for file in (mail / "cur").iterdir():
        os.utime(file, (1_772_452_800, 1_772_452_800))
    assert patient.found()[1]["archive.times"]["status"] == "ok"


def test_a_state_that_is_damaged_or_open_to_others(patient: Patient) -> None:
    patient.maildir()
    state = patient.home / "state" / "followupd" / "state.sqlite"
    with bootstrap.service(bootstrap.settings(_config(patient), patient.env)):
        pass
    assert patient.found()[1][".state"]["status"] == "ok"
    state.chmod(0o644)
    found = patient.found()[1][".state"]
    assert (found["status"], "chmod" in found["remedy"]) == ("warn", True)
    state.write_bytes(b"no database" * 1000)
    assert patient.found()[0] == 74


def _config(patient: Patient) -> str:
    path = patient.home / "config.toml"
    path.write_text(ME + patient.accounts)
    return str(path)


def test_a_letter_that_is_broken(patient: Patient) -> None:
    patient.maildir()
    (patient.home / "templates").mkdir()
    (patient.home / "templates" / "check_in.txt.j2").write_text("Hello {{ first_nam }},\n")
    status, found = patient.found()
    assert status != 0
    assert "check_in.txt.j2:1" in found[".templates"]["message"]


# ------------------------------------------------------------------------------------------------ Gmail


@pytest.mark.parametrize(
    ("scopes", "level", "word"),
    [(auth.scopes(labels=False), "warn", "gmail.modify"), ((auth.READ,), "fail", "drafts"),
     ((auth.COMPOSE,), "fail", "reading"), ((auth.EVERYTHING,), "ok", "mail.google.com")],
)  # fmt: skip
def test_scopes(patient: Patient, signed_in: Sign, scopes: tuple[str, ...], level: str, word: str) -> None:
    signed_in(scopes=list(scopes))
    found = patient.found()[1]["personal.scopes"]
    assert (found["status"], word in found["message"]) == (level, True)


@pytest.mark.parametrize(("days", "level"), [(4.9, "ok"), (5.1, "warn"), (6.9, "warn"), (7.1, "fail")])
def test_a_client_in_status_testing_is_warned_of_from_day_5(days: float, level: str) -> None:
    granted = datetime(2026, 3, 2, 12, tzinfo=UTC)
    given = {
        "token": "access", "granted_at": granted.isoformat(), "refresh_token": "r", "client_id": "c", "client_secret": "s",
        "refresh_token_expires_at": (granted + timedelta(days=7)).isoformat(),
    }  # fmt: skip
    account = GmailAccount(name="personal", secret=lambda: json.dumps(given))
    found = next(f for f in examine(account.checks(granted + timedelta(days=days))) if f.check == "token_age")
    assert found.verdict.level == level


def test_a_sign_in_that_is_gone(patient: Patient, signed_in: Sign, fake: FakeGmail) -> None:
    signed_in()
    fake.sign_in.revoke()
    status, found = patient.found()
    assert status == 77
    assert "followupd auth personal" in found["personal.sign_in"]["remedy"]
    assert "personal.clock" not in found


def test_no_sign_in_yet(patient: Patient, fake: FakeGmail) -> None:
    patient.has(name='"personal"', backend='"gmail"', api_endpoint=f'"{fake.root}"', token='{file = "token.json"}')
    status, found = patient.found()
    assert (status, found["personal.secret"]["status"]) == (77, "fail")


def test_a_clock_that_is_wrong(fake: FakeGmail) -> None:
    token = fake.sign_in.token()
    account = GmailAccount(name="personal", secret=lambda: token, api_endpoint=fake.root)
    found = {f.check: f.verdict for f in examine(account.checks(datetime(2026, 3, 2, tzinfo=UTC)))}
    assert (found["clock"].level, "set-ntp" in found["clock"].remedy) == (Level.WARN, True)


# ------------------------------------------------------------------------------------------------ IMAP


@pytest.mark.slow
def test_an_imap_account(patient: Patient, dovecot: Dovecot) -> None:
    patient.env["PASSWORD"] = dovecot.password
    account = {"backend": '"imap"', "host": f'"{dovecot.host}"', "port": str(dovecot.port), "tls": '"none"'}
    patient.has(name='"other"', username='"doctor"', password='{env = "PASSWORD"}', **account)
    status, found = patient.found()
    assert status == 0
    assert {k: v["status"] for k, v in found.items() if k.startswith("other.")} == {
        "other.secret": "ok", "other.sign_in": "ok", "other.folders": "ok"
    }  # fmt: skip
    patient.env["PASSWORD"] = "wrong"
    assert patient.found()[0] == 77


def test_an_imap_account_without_its_password(patient: Patient) -> None:
    account = {"backend": '"imap"', "host": '"imap.example.org"', "username": '"doctor"'}
    patient.has(name='"other"', password='{file = "password"}', **account)
    _, found = patient.found()
    assert found["other.secret"]["status"] == "fail"
    assert "followupd auth other" in found["other.secret"]["remedy"]
    shown = CliRunner().invoke(cli.cli, ["--config", _config(patient), "doctor", "--prove-no-send"], env=patient.env)
    assert "other is read over IMAP, which has no command that sends." in shown.stdout


# ------------------------------------------------------------------------------------------------ the proof


@pytest.mark.parametrize("labels", [True, False])
def test_sending_is_refused_before_anything_leaves(labels: bool) -> None:
    proof = prove(labels=labels)
    assert (proof.refused, proof.requests_made) == (True, 0)
    assert not any("send" in path.lower().replace("sendas", "") or "import" in path for _, path in proof.allowed)
    assert (("POST", "/gmail/v1/users/me/labels") in proof.allowed) is labels


def test_the_proof_is_shown(patient: Patient, signed_in: Sign, fake: FakeGmail) -> None:
    signed_in(scopes=list(SCOPES))
    status, document = patient.run("--prove-no-send")
    assert (status, document["ok"], document["refused"], document["requests_made"]) == (0, True, True, 0)
    assert document["imports_smtplib"] is False
    assert document["scopes"] == {"personal": sorted(SCOPES)}
    assert {"method": "POST", "path": "/gmail/v1/users/me/drafts"} in document["allowed"]
    assert fake.requests == 0
    done = CliRunner().invoke(
        cli.cli, ["--config", str(patient.home / "config.toml"), "doctor", "--prove-no-send"], env=patient.env
    )
    assert "refused before it was sent" in done.stdout
    assert "followupd cannot send." in done.stdout


@pytest.mark.parametrize(("days", "codes"), [(4.9, []), (5, ["token_age"]), (6, ["token_age"])])
def test_a_pass_warns_of_a_sign_in_that_ends(patient: Patient, signed_in: Sign, days: float, codes: list[str]) -> None:
    granted = datetime(2026, 3, 2, 12, tzinfo=UTC)
    signed_in(scopes=list(SCOPES), refresh_token_expires_at=(granted + timedelta(days=7)).isoformat())
    with bootstrap.service(bootstrap.settings(_config(patient), patient.env)) as service:
        at = granted + timedelta(days=days)
        assert [n.code for n in service.status(at).notices] == codes
        assert [n.code for n in service.once(at).notices] == codes
