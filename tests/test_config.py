"""The config: what is taken, what is refused and how it is told, and the example file."""

from __future__ import annotations

import re
import stat
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import tomlkit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from followupd import config
from followupd.adapters.secrets import SecretKind, SecretRef
from followupd.config import Settings, model, positions
from followupd.core.errors import ConfigError, Problem
from followupd.core.mail import Identities
from followupd.core.policy import Delays, LabelNames, Limits, Policy, Rule
from followupd.core.worktime import Delay, WorkCalendar

EXAMPLE = Path(__file__).parents[1] / "config.example.toml"
ME = """
[me]
name = "Dana Reyes"
emails = ["dana.reyes@example.org"]
time_zone = "America/Chicago"
"""
MAILDIR = """
[[accounts]]
name = "archive"
backend = "maildir"
path = "Maildir"
"""
IMAP = """
[[accounts]]
name = "other"
backend = "imap"
host = "imap.example.org"
username = "dana"
"""
Load = Callable[..., Settings]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def read(text: str, *changes: str, **env: str) -> Settings:
        path = tmp_path / "config.toml"
        path.write_text(text, encoding="utf-8")
        return config.load(path, {"HOME": "/home/dana", **env}, changes=changes)

    return read


@pytest.fixture
def refuse(load: Load) -> Callable[[str], dict[str, Problem]]:
    def read(text: str) -> dict[str, Problem]:
        with pytest.raises(ConfigError) as raised:
            load(text)
        problems = {p.key: p for p in raised.value.problems}
        assert len(problems) == len(raised.value.problems)
        assert all(p.message and p.remedy for p in raised.value.problems)
        return problems

    return read


# ------------------------------------------------------------------------------------------------ what is taken


def test_little_is_enough(load: Load, tmp_path: Path) -> None:
    found = load(ME + MAILDIR)
    assert found.policy == Policy(
        name="Dana Reyes",
        address="dana.reyes@example.org",
        me=Identities.of(["dana.reyes@example.org"]),
        calendar=WorkCalendar(zone=ZoneInfo("America/Chicago")),
    )
    assert (found.poll, found.lookback) == (timedelta(minutes=5), Delay.parse("120d"))
    assert [(a.name, a.backend, a.path) for a in found.accounts] == [("archive", "maildir", tmp_path / "Maildir")]
    assert found.templates == tmp_path / "templates"
    assert found.path == tmp_path / "config.toml"
    assert found.state_dir == Path("/home/dana/.local/state/followupd")


def test_the_sections_reach_the_policy(load: Load) -> None:
    found = load(
        ME + MAILDIR + """
        [watch]
        poll = "90m"
        lookback = "30d"
        [delays]
        interviewed = "8bd"
        [limits]
        check_ins = 1
        feedback_request = true
        contact_gap = "2d"
        [drafts]
        window = "09:30-18:00"
        language = "de"
        withdraw = false
        labels = false
        [labels]
        prefix = "Jobs/followupd"
        skip = "leave it"
        [[rules]]
        match = {domain = "acme.example"}
        delays = {applied = "3bd"}
        limits = {closing_note = false}
        [[rules]]
        match = {company = "Globex"}
        skip = true
        """
    )  # fmt: skip
    policy = found.policy
    assert (found.poll, found.lookback) == (timedelta(minutes=90), Delay.parse("30d"))
    assert policy.delays == Delays(interviewed=Delay.parse("8bd"))
    assert policy.limits == Limits(check_ins=1, feedback_request=True, contact_gap=Delay.parse("2d"))
    assert (policy.calendar.opens, policy.calendar.closes) == (time(9, 30), time(18))
    assert (policy.language, policy.withdraw, policy.labels) == ("de", False, False)
    assert policy.label_names == LabelNames(prefix="Jobs/followupd", skip="leave it")
    assert policy.rules == (
        Rule(domain="acme.example", delays={"applied": Delay.parse("3bd")}, limits={"closing_note": False}),
        Rule(company="Globex", skip=True),
    )
    assert policy.under(policy.rules[0]).delays == Delays(interviewed=Delay.parse("8bd"), applied=Delay.parse("3bd"))


def test_every_backend(load: Load, tmp_path: Path) -> None:
    personal, keyed, other, xoauth = load(
        ME + """
        [[accounts]]
        name = "personal"
        backend = "gmail"
        client_secrets = "client_secret.json"
        [[accounts]]
        name = "test"
        backend = "gmail"
        token = {file = "~/token.json"}
        api_endpoint = "http://127.0.0.1:4002"
        [[accounts]]
        name = "other"
        backend = "imap"
        host = "localhost"
        port = 1143
        tls = "none"
        username = "dana"
        password = {command = ["pass", "mail"]}
        [[accounts]]
        name = "work"
        backend = "imap"
        host = "imap.example.org"
        username = "dana"
        auth = "xoauth2"
        token = {credential = "work"}
        """
    ).accounts  # fmt: skip
    assert personal.client_secrets == tmp_path / "client_secret.json"
    assert personal.token == SecretRef(kind=SecretKind.KEYRING, name="personal")
    assert keyed.token == SecretRef(kind=SecretKind.FILE, name="/home/dana/token.json")
    assert keyed.api_endpoint == "http://127.0.0.1:4002"
    assert (other.host, other.port, other.tls, other.auth) == ("localhost", 1143, "none", "password")
    assert other.secret == SecretRef(kind=SecretKind.COMMAND, argv=("pass", "mail"))
    assert (xoauth.port, xoauth.tls, xoauth.auth) == (993, "implicit", "xoauth2")
    assert xoauth.secret == SecretRef(kind=SecretKind.CREDENTIAL, name="work")


def test_days_off_are_public_holidays_observed_days_and_ones_own(load: Load) -> None:
    me = ME + 'holidays = "US"\nextra_days_off = [2026-12-24]\n'
    found = load(me + MAILDIR).policy
    off = found.calendar.days_off
    assert date(2026, 7, 3) in off  # Independence Day, observed
    assert date(2026, 11, 26) in off
    assert date(2026, 12, 24) in off
    assert date(2026, 12, 23) not in off
    assert date(2031, 12, 25) in off
    assert found.country == "US"
    assert load(me.replace('"US"', '"DE-BY"') + MAILDIR).policy.country == "DE"
    assert date(2026, 11, 1) in load(me.replace('"US"', '"DE-BY"') + MAILDIR).policy.calendar.days_off
    assert date(2026, 11, 1) not in load(me.replace('"US"', '"DE-BE"') + MAILDIR).policy.calendar.days_off


def test_friday_afternoon_and_two_business_days(load: Load) -> None:
    calendar = load(ME + MAILDIR).policy.calendar
    friday = datetime.fromisoformat("2026-03-06T17:00:00-06:00")
    assert calendar.after(friday, Delay.parse("2bd")) == datetime(2026, 3, 10, 13, tzinfo=UTC)


def test_changes_stand_over_the_file(load: Load) -> None:
    found = load(
        ME + MAILDIR, "delays.repeat=4bd", "limits.check_ins = 1", 'me.holidays="US"', "limits.closing_note=false"
    )
    assert found.policy.delays.repeat == Delay.parse("4bd")
    assert found.policy.limits == Limits(check_ins=1, closing_note=False)
    assert found.policy.country == "US"
    for wrong in ("delays.repeat", "=3", "delays.repeat=soon", "delays.nope=3bd"):
        with pytest.raises(ConfigError):
            load(ME + MAILDIR, wrong)


# ------------------------------------------------------------------------------------------------ what is refused


def test_every_problem_at_once_with_key_line_and_remedy(refuse: Callable[[str], dict[str, Problem]]) -> None:
    problems = refuse(
        """\
[me]
emails = ["Dana <dana@example.org>", "dana@example.org"]
time_zone = "America/Chigaco"
holidays = "us"
signatur = "Dana"

[[accounts]]
name = "other"
backend = "imap"
host = "imap.example.org"
port = "993"
tls = "none"
password = "hunter2"

[[accounts]]
name = "other"
backend = "gmail"

[[accounts]]
backend = "pop3"

[watch]
poll = "5 minutes"

[delays]
interviewed = 5
thank_you = "2d"

[limits]
check_ins = -1
closing_note = "yes"

[drafts]
window = "20:00-08:00"
language = "English"

[[rules]]
match = {domian = "acme.example"}
delays = {interviewd = "8bd"}

[notify]
url = "https://example.org"
"""
    )
    assert {key: p.line for key, p in problems.items()} == {
        "me.name": None,
        "me.emails[0]": 2,
        "me.time_zone": 3,
        "me.holidays": 4,
        "me.signatur": 5,
        "accounts[0].port": 11,
        "accounts[0].tls": 12,
        "accounts[0].username": None,
        "accounts[0].password": 13,
        "accounts[1].name": 16,
        "accounts[1].client_secrets": None,
        "accounts[2].backend": 20,
        "watch.poll": 23,
        "delays.interviewed": 26,
        "delays.thank_you_until": None,
        "limits.check_ins": 30,
        "limits.closing_note": 31,
        "drafts.window": 34,
        "drafts.language": 35,
        "rules[0].match.domian": 38,
        "rules[0].delays.interviewd": 39,
        "notify": 41,
    }
    assert problems["me.signatur"].remedy == "Did you mean signature?"
    assert problems["rules[0].match.domian"].remedy == "Did you mean domain?"
    assert problems["delays.interviewed"].remedy == 'Write, for example: interviewed = "5bd"'
    assert "hunter2" not in repr(problems)


def test_what_fields_alone_do_not_show(refuse: Callable[[str], dict[str, Problem]]) -> None:
    problems = refuse(
        ME.replace("America/Chicago", "america/chicago") + 'holidays = "us"\n'
        + IMAP.replace("[[", "[[", 1) + 'tls = "none"\n'
        + IMAP.replace("other", "work") + 'auth = "xoauth2"\npassword = {keyring = "work"}\n'
        + '[[accounts]]\nname = "personal"\nbackend = "gmail"\napi_endpoint = "https://gmail.example"\n'
        + '[[accounts]]\nname = "work"\nbackend = "maildir"\npath = "Maildir"\n'
        + '[delays]\nthank_you = "2d"\n'
        + "[[rules]]\nmatch = {}\n"
    )  # fmt: skip
    assert problems.keys() == {
        "me.time_zone", "me.holidays", "accounts[0].tls", "accounts[0].password", "accounts[1].token",
        "accounts[1].password", "accounts[2].client_secrets", "accounts[2].api_endpoint", "accounts[3].name",
        "delays.thank_you_until", "rules[0].match",
    }  # fmt: skip
    assert refuse(f"{ME}{MAILDIR}[[rules]]\nmatch = {{domain = 'acme.example'}}\n").keys() == {"rules[0]"}
    assert problems["me.time_zone"].remedy == 'Did you mean "America/Chicago"?'
    assert problems["me.holidays"].remedy.startswith('Did you mean "US"?')


@pytest.mark.parametrize("code", ["XX", "US-", "US-ZZ", "USA-IL", "Bavaria"])
def test_unknown_holidays(refuse: Callable[[str], dict[str, Problem]], code: str) -> None:
    assert refuse(f'{ME}holidays = "{code}"\n{MAILDIR}').keys() == {"me.holidays"}


@pytest.mark.parametrize("zone", ["America", "../etc/passwd", "Central Time", "/etc/localtime"])
def test_unknown_zones(refuse: Callable[[str], dict[str, Problem]], zone: str) -> None:
    assert refuse(ME.replace("America/Chicago", zone) + MAILDIR).keys() == {"me.time_zone"}


@pytest.mark.parametrize("text", ['"5"', '"5w"', '"-5bd"', '"5 bd"', '"1.5d"', '""', "5", "true", "2026-12-24"])
def test_bad_delays(refuse: Callable[[str], dict[str, Problem]], text: str) -> None:
    assert refuse(f"{ME}{MAILDIR}[delays]\nrepeat = {text}\n").keys() == {"delays.repeat"}


@pytest.mark.parametrize(
    ("text", "key"),
    [('prefix = ""', "prefix"), ('prefix = "Jobs/"', "prefix"), ("prefix = 5", "prefix"), ('waiting = " "', "waiting"),
     ('track = "Waiting"', "track"), ('skip = "track"', "track"), ('skip = "draft ready"', "skip")],
)  # fmt: skip
def test_bad_labels(refuse: Callable[[str], dict[str, Problem]], text: str, key: str) -> None:
    assert refuse(f"{ME}{MAILDIR}[labels]\n{text}\n").keys() == {f"labels.{key}"}


@pytest.mark.parametrize("text", ['"08:00"', '"8-20"', '"20:00-08:00"', '"08:00-08:00"', '"08:00-24:00"', "8", '"a-b"'])
def test_bad_windows(refuse: Callable[[str], dict[str, Problem]], text: str) -> None:
    assert refuse(f"{ME}{MAILDIR}[drafts]\nwindow = {text}\n").keys() == {"drafts.window"}


@pytest.mark.parametrize(
    "secret",
    ['"hunter2"', "{}", '{keyring = "hunter2", env = "X"}', '{plain = "hunter2"}', '{command = "hunter2"}', "{file = 5}",
     "{command = []}", '{env = ""}', '{credential = "../hunter2"}', '["hunter2"]', "7"],
)  # fmt: skip
def test_bad_secrets_are_refused_and_not_repeated(refuse: Callable[[str], dict[str, Problem]], secret: str) -> None:
    problems = refuse(f"{ME}{IMAP}password = {secret}\n")
    assert problems.keys() == {"accounts[0].password"}
    assert "hunter2" not in repr(problems)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (ME, "accounts"),
        (ME + "accounts = 5\n", "me.accounts"),
        ("accounts = 5\n" + ME, "accounts"),
        ("me = 5\n" + MAILDIR, "me"),
        (MAILDIR + ME.replace("emails = [", "emails = [] # ["), "me.emails"),
        (MAILDIR + ME.replace("Dana Reyes", ""), "me.name"),
        (MAILDIR.replace('"maildir"', "7") + ME, "accounts[0].backend"),
        (MAILDIR + 'host = "x"\n' + ME, "accounts[0].host"),
        (MAILDIR + ME + "extra_days_off = ['2026-12-24']\n", "me.extra_days_off[0]"),
        (MAILDIR + ME + '[watch]\npoll = "30d"\n', "watch.poll"),
        (
            IMAP.replace("imap.example.org", "imap.example.org:993") + "password = {env = 'P'}\n" + ME,
            "accounts[0].host",
        ),
        (
            IMAP.replace("imap.example.org", "imaps://imap.example.org/") + "password = {env = 'P'}\n" + ME,
            "accounts[0].host",
        ),
        (IMAP + "port = 70000\npassword = {env = 'P'}\n" + ME, "accounts[0].port"),
    ],
)
def test_other_refusals(refuse: Callable[[str], dict[str, Problem]], text: str, key: str) -> None:
    assert key in refuse(text)


def test_a_host_in_other_clothes_is_named(refuse: Callable[[str], dict[str, Problem]], load: Load) -> None:
    for host in (
        "imap.example.org:993",
        "imaps://imap.example.org/",
        "imaps://imap.example.org:993",
        "dana@imap.example.org",
    ):
        problems = refuse(f"{ME}{IMAP.replace('imap.example.org', host)}password = {{env = 'P'}}\n")
        assert problems["accounts[0].host"].remedy == 'Write, for example: host = "imap.example.org"'
    text = f"{ME}{IMAP.replace('imap.example.org', '::1')}password = {{env = 'P'}}\ntls = 'none'\n"
    assert load(text).accounts[0].host == "::1"


def test_a_file_that_is_no_config(tmp_path: Path, load: Load) -> None:
    def problem(path: Path) -> Problem:
        with pytest.raises(ConfigError) as raised:
            config.load(path, {})
        (found,) = raised.value.problems
        return found

    assert "config.example.toml" in problem(tmp_path / "none.toml").remedy
    assert str(tmp_path) in problem(tmp_path).message
    (tmp_path / "latin.toml").write_bytes(b'name = "Jos\xe9"')
    assert "UTF-8" in problem(tmp_path / "latin.toml").remedy
    (tmp_path / "torn.toml").write_text('[me]\nname = "Dana\n')
    assert problem(tmp_path / "torn.toml").line == 2
    (tmp_path / "open.toml").write_text("[me]\nemails = [\n")
    assert problem(tmp_path / "open.toml").line == 2


# ------------------------------------------------------------------------------------------------ lines


def test_lines_of_keys_in_all_their_shapes() -> None:
    text = '''# a comment with [header] and key = 1
top = 1
[a] # a header
text = """
fake = 1
[fake]
"""
literal = \'\'\'
other_fake = "
\'\'\'
list = [ # with ] in it
  "] = [", 2,
  {in_list = 1},
]
"quoted key".'and dotted' = {inner = "x = {", next = [1, 2]}
  indented = 3
[[b]]
x = 1
[b.c]
y = 2
[[b]]
x = 3
  [[b.d]]
  z = 4
'''
    found = positions.lines(text)
    tomllib.loads(text)
    assert found == {
        ("top",): 2, ("a",): 3, ("a", "text"): 4, ("a", "literal"): 8, ("a", "list"): 11,
        ("a", "quoted key", "and dotted"): 15, ("a", "quoted key", "and dotted", "inner"): 15,
        ("a", "quoted key", "and dotted", "next"): 15, ("a", "indented"): 16, ("b", 0): 17, ("b", 0, "x"): 18,
        ("b", 0, "c"): 19, ("b", 0, "c", "y"): 20, ("b", 1): 21, ("b", 1, "x"): 22, ("b", 1, "d", 0): 23,
        ("b", 1, "d", 0, "z"): 24,
    }  # fmt: skip
    crlf = positions.lines(text.replace("\n", "\r\n"))
    assert crlf == found


KEYS = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=6)
LEAVES = st.one_of(st.integers(), st.booleans(), st.text(max_size=12), st.lists(st.text(max_size=4), max_size=3))
TABLES = st.recursive(
    st.dictionaries(KEYS, LEAVES, max_size=4),
    lambda inner: st.dictionaries(KEYS, LEAVES | inner | st.lists(inner, min_size=1, max_size=2), max_size=4),
    max_leaves=8,
)


def keys_of(value: object, at: positions.Key = ()) -> Iterator[positions.Key]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from keys_of(inner, (*at, name))
    elif isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        for index, item in enumerate(value):
            yield from keys_of(item, (*at, index))
    else:
        yield at


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TABLES)
def test_every_value_of_any_document_has_its_line(table: dict[str, object]) -> None:
    document = tomlkit.dumps(table)
    found = positions.lines(document)
    rows = document.split("\n")
    for key in keys_of(tomllib.loads(document)):
        if key and key[-1] not in (0, 1):
            assert rows[found[key] - 1].count("=") >= 1
            assert str(key[-1]).split('"')[0].split("\\")[0] in rows[found[key] - 1]


# ------------------------------------------------------------------------------------------------ where things lie


def test_paths_by_environment() -> None:
    home = {"HOME": "/home/dana"}
    assert config.default_config_path(home) == Path("/home/dana/.config/followupd/config.toml")
    assert config.default_config_path(home | {"XDG_CONFIG_HOME": "/x"}) == Path("/x/followupd/config.toml")
    assert config.default_config_path(home | {"XDG_CONFIG_HOME": "x"}) == Path(
        "/home/dana/.config/followupd/config.toml"
    )
    assert config.default_config_path(home | {"XDG_CONFIG_HOME": "/x", "FOLLOWUPD_CONFIG": "c.toml"}) == Path("c.toml")
    assert config.state_dir(home) == Path("/home/dana/.local/state/followupd")
    assert config.state_dir(home | {"XDG_STATE_HOME": "/x"}) == Path("/x/followupd")
    assert config.state_dir(home | {"XDG_STATE_HOME": "/x", "STATE_DIRECTORY": "/var/lib/f:/var/lib/g"}) == Path(
        "/var/lib/f"
    )


# ------------------------------------------------------------------------------------------------ the example file


def documented(section: type[model.Section], text: str) -> set[str]:
    """The keys of ``section`` that ``text`` does not show, not even in a comment."""
    return {name for name in section.model_fields if not re.search(rf"(^|[\[{{,#] *){name} *=", text, re.MULTILINE)}


def test_the_example_is_taken() -> None:
    found = config.load(EXAMPLE, {"HOME": "/home/dana"})
    assert [a.backend for a in found.accounts] == ["gmail", "imap", "maildir"]
    assert len(found.policy.rules) == 4


def test_the_example_shows_the_defaults() -> None:
    found = config.load(EXAMPLE, {})
    assert found.policy.delays == Delays()
    assert found.policy.limits == Limits()
    raw = tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))
    for name in ("watch", "drafts", "delays", "limits", "labels"):
        section = model.SECTIONS[name]
        assert raw[name].keys() == section.model_fields.keys()
        assert section.model_validate(raw[name]) == section()
    optional = {name for name, field in model.Me.model_fields.items() if not field.is_required()}
    assert model.Me.model_validate(raw["me"]) == model.Me.model_validate(
        {k: v for k, v in raw["me"].items() if k not in optional}
    )
    for account in raw["accounts"]:
        shape = model.BACKENDS[account["backend"]]
        defaults = {
            n: f.default for n, f in shape.model_fields.items() if not f.is_required() and f.default is not None
        }
        assert {name: account[name] for name in defaults} == defaults


def test_the_example_shows_every_key() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    shapes = [*model.SECTIONS.values(), *model.BACKENDS.values(), model.Rule, model.Match]
    assert {shape.__name__: documented(shape, text) for shape in shapes} == {shape.__name__: set() for shape in shapes}
    assert all(f"{{{kind} = " in text for kind in SecretKind)


def test_the_example_explains_every_key() -> None:
    for line in EXAMPLE.read_text(encoding="utf-8").splitlines():
        if re.match(r"[a-z_]+ = ", line) and not line.startswith(
            ('name = "', "backend = ", "host", "username", 'language = "de"', "match")
        ):
            assert "#" in line, line


def test_what_is_set_by_the_config_is_what_policy_knows() -> None:
    assert set(model.DelaysSection.model_fields) == {f.name for f in fields(Delays)}
    assert set(model.LimitsSection.model_fields) == {f.name for f in fields(Limits)}
    assert set(model.LabelsSection.model_fields) == {f.name for f in fields(LabelNames)}
    assert set(model.Match.model_fields) | set(model.Rule.model_fields) == {f.name for f in fields(Rule)} | {"match"}


def test_settings_do_not_show_the_environment(load: Load) -> None:
    found = load(ME + MAILDIR, SECRET="hunter2")
    assert found.env["SECRET"] == "hunter2"
    assert "hunter2" not in repr(found)
    assert stat.S_ISREG(found.path.stat().st_mode)
