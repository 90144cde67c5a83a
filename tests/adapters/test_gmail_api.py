"""What Google's refusals and lost lines become, and how patient the adapter is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
import stamina

from followupd.adapters.gmail import GmailAccount
from followupd.adapters.gmail.quota import Bucket
from followupd.core.errors import AuthError, PermanentError, StateExpiredError, TransientError, UnreachableError
from followupd.core.mail import MailboxRole
from tests.adapters.gmail_world import GmailWorld
from tests.contracts.mailbox import LONG_AGO, NOON, View
from tests.contracts.messages import draft, message
from tests.fakes.gmail import FakeGmail, Fault

RATE = "rateLimitExceeded"


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    with stamina.set_testing(testing=True, attempts=3, cap=True):
        yield


@pytest.fixture
def world() -> Iterator[GmailWorld]:
    with FakeGmail() as fake:
        yield GmailWorld(fake)
        assert fake.violations == []


def fill(world: GmailWorld, number: int) -> None:
    for n in range(number):
        world.deliver(message(f"m{n}"), MailboxRole.INBOX, NOON + timedelta(seconds=n))


@pytest.mark.parametrize(
    "fault",
    [
        Fault("messages.get", 429, RATE, times=30),
        Fault("messages.get", 403, "userRateLimitExceeded", times=7),
        Fault("messages.get", 503, times=7),
        Fault("messages.list", 500),
        Fault("messages.list", 429, RATE, headers={"Retry-After": "1"}),
        Fault("batch", 502),
        Fault("batch", drop="before"),
        Fault("batch", drop="after"),
        Fault("messages.list", drop="before"),
    ],
)
def test_a_passing_fault_costs_nothing(world: GmailWorld, fault: Fault) -> None:
    fill(world, 30)
    world.fake.faults.append(fault)
    assert len(View().sync(world.mailbox())) == 30


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault("messages.list", 503, times=9), TransientError),
        (Fault("messages.list", 429, RATE, times=9), TransientError),
        (Fault("messages.list", 403, "insufficientPermissions"), AuthError),
        (Fault("messages.list", 403, "accessNotConfigured"), AuthError),
        (Fault("messages.list", 403, "domainPolicy"), AuthError),
        (Fault("messages.list", 400, "failedPrecondition"), PermanentError),
        (Fault("messages.get", 403, "insufficientPermissions", times=2), AuthError),
    ],
)
def test_each_refusal_says_what_to_do(world: GmailWorld, fault: Fault, error: type[Exception]) -> None:
    fill(world, 3)
    world.fake.faults.append(fault)
    with pytest.raises(error) as raised:
        View().sync(world.mailbox())
    assert "dana" not in str(raised.value)
    if error is AuthError:
        assert raised.value.remedy  # type: ignore[attr-defined]


def test_a_scope_is_not_asked_for_twice(world: GmailWorld) -> None:
    world.fake.faults.append(Fault("drafts.list", 403, "insufficientPermissions", times=9))
    with pytest.raises(AuthError):
        world.drafts().all()
    assert world.fake.calls["drafts.list"] == 1


@pytest.mark.parametrize(
    ("headers", "text", "wait"),
    [
        ({"Retry-After": "3600"}, "", timedelta(hours=1)),
        (
            {"Date": "Mon, 02 Mar 2026 12:00:00 GMT"},
            "User-rate limit exceeded.  Retry after 2026-03-02T12:15:00.000Z",
            timedelta(minutes=15),
        ),
        (
            {"Date": "Mon, 02 Mar 2026 12:00:00 GMT", "Retry-After": "Mon, 02 Mar 2026 13:00:00 GMT"},
            "",
            timedelta(hours=1),
        ),
    ],
)
def test_a_long_wait_is_handed_up(world: GmailWorld, headers: dict[str, str], text: str, wait: timedelta) -> None:
    world.fake.faults.append(Fault("drafts.list", 429, RATE, text, headers))
    with pytest.raises(TransientError) as raised:
        world.drafts().all()
    assert raised.value.retry_after is not None
    assert abs(raised.value.retry_after - wait) < timedelta(seconds=2) or "Date" in headers
    assert world.fake.calls["drafts.list"] == 1


def test_nobody_there_is_unreachable() -> None:
    with FakeGmail() as fake:
        token = fake.sign_in.token()
        root = fake.root
    account = GmailAccount(name="personal", secret=lambda: token, api_endpoint=root)
    with pytest.raises(UnreachableError) as raised:
        account.drafts().all()
    assert raised.value.remedy


# --- the token ---


def test_an_expired_token_is_renewed_and_written_back(world: GmailWorld) -> None:
    kept: list[str] = []
    token = world.fake.sign_in.token()
    account = GmailAccount(name="personal", secret=lambda: token, save=kept.append, api_endpoint=world.fake.root)
    mailbox = account.mailbox()
    fill(world, 2)
    assert len(View().sync(mailbox)) == 2
    world.fake.sign_in.expire()
    assert len(View().sync(mailbox)) == 2
    assert [json.loads(k)["token"] for k in kept] == ["access-1", "access-2"]
    assert json.loads(kept[-1])["refresh_token"] == json.loads(token)["refresh_token"]
    assert json.loads(kept[-1])["token_uri"] == f"{world.fake.root}/token"


def test_a_token_that_expires_within_a_batch_is_renewed(world: GmailWorld) -> None:
    fill(world, 60)
    batches = world.mailbox().changes(None, after=LONG_AGO)
    world.fake.faults.append(Fault("messages.get", 401, "authError"))
    assert sum(len(batch.added) for batch in batches) == 60
    assert world.fake.sign_in.grants == 2


def test_a_token_refused_again_and_again_ends_in_an_error(world: GmailWorld) -> None:
    fill(world, 3)
    world.fake.faults.append(Fault("messages.get", 401, "authError", times=99))
    with pytest.raises(AuthError) as raised:
        View().sync(world.mailbox())
    assert raised.value.remedy


def test_a_stored_token_that_still_serves_is_not_renewed(world: GmailWorld) -> None:
    kept: list[str] = []
    first = GmailAccount(name="p", secret=world.fake.sign_in.token, save=kept.append, api_endpoint=world.fake.root)
    first.drafts().all()
    second = GmailAccount(name="p", secret=lambda: kept[-1], save=kept.append, api_endpoint=world.fake.root)
    second.drafts().all()
    assert (len(kept), world.fake.sign_in.grants) == (1, 1)


def test_a_revoked_sign_in_stops_the_account_with_its_remedy(world: GmailWorld) -> None:
    world.fake.sign_in.revoke()
    with pytest.raises(AuthError) as raised:
        world.drafts().all()
    assert "followupd auth personal" in raised.value.remedy


@pytest.mark.slow
def test_a_sign_in_server_out_of_order_is_passing(world: GmailWorld) -> None:
    world.fake.sign_in.status = 503
    with pytest.raises(UnreachableError):
        world.drafts().all()


def test_a_new_sign_in_is_taken_up_without_a_new_start(world: GmailWorld) -> None:
    tokens = [world.fake.sign_in.token()]
    account = GmailAccount(name="personal", secret=lambda: tokens[-1], api_endpoint=world.fake.root)
    drafts = account.drafts()
    drafts.all()
    world.fake.sign_in.revoke()
    with pytest.raises(AuthError):
        drafts.all()
    tokens.append(world.fake.sign_in.token())
    assert list(drafts.all()) == []


@pytest.mark.parametrize("secret", ["", "{}", "[]", "nonsense", '{"refresh_token": 1}'])
def test_a_secret_that_is_no_token(world: GmailWorld, secret: str) -> None:
    account = GmailAccount(name="personal", secret=lambda: secret, api_endpoint=world.fake.root)
    with pytest.raises(AuthError) as raised:
        account.drafts().all()
    assert raised.value.remedy


def test_a_token_that_lacks_a_scope(world: GmailWorld) -> None:
    token = world.fake.sign_in.token(frozenset({"https://www.googleapis.com/auth/gmail.readonly"}))
    account = GmailAccount(name="personal", secret=lambda: token, api_endpoint=world.fake.root)
    account.drafts().all()
    with pytest.raises(AuthError) as raised:
        account.drafts().create(draft("d"), parent=None)
    assert "Tick every box" in raised.value.remedy


# --- stand-ins that are less than Gmail ---


@pytest.mark.parametrize("status", [404, 405, 501])
def test_a_stand_in_without_batches_is_read_message_by_message(world: GmailWorld, status: int) -> None:
    fill(world, 30)
    world.fake.faults.append(Fault("batch", status, times=99))
    view, mailbox = View(), world.mailbox()
    assert len(view.sync(mailbox)) == 30
    assert len(list(mailbox.fetch(list(view.roles)))) == 30


def test_a_stand_in_without_profiles_is_followed_from_its_history(world: GmailWorld) -> None:
    world.fake.serves_profile = False
    fill(world, 3)
    view = View()
    assert len(view.sync(world.mailbox())) == 3
    world.deliver(message("late"), MailboxRole.INBOX, NOON)
    assert view.sync(world.mailbox()) == ["late"]


# --- what it costs ---


def test_a_pass_without_change_costs_one_request(world: GmailWorld) -> None:
    fill(world, 30)
    view, mailbox = View(), world.mailbox()
    view.sync(mailbox)
    requests, units = world.fake.requests, world.fake.units
    assert list(mailbox.changes(view.state, after=LONG_AGO)) == []
    assert (world.fake.requests - requests, world.fake.units - units) == (1, 2)


def test_reading_goes_in_batches_of_25(world: GmailWorld) -> None:
    fill(world, 100)
    View().sync(world.mailbox())
    assert world.fake.requests == 1 + 1 + 1 + 1 + 4 + 1  # token, probe of a stand-in, profile, list, batches, history
    assert world.fake.calls["messages.get"] == 100


def test_the_bucket_holds_the_rate() -> None:
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    bucket = Bucket(per_second=200, burst=3000, clock=lambda: now[0], sleep=sleep)
    for _ in range(4000):
        bucket.take(5)
    assert now[0] == pytest.approx((20_000 - 3000) / 200)
    assert bucket.spent == 20_000


def test_a_minute_stays_under_googles_limit() -> None:
    bucket = Bucket()
    assert bucket.burst + 60 * bucket.per_second <= 15_000


def test_history_that_google_forgot(world: GmailWorld) -> None:
    fill(world, 2)
    view = View()
    view.sync(world.mailbox())
    world.fake.account.expire_history()
    with pytest.raises(StateExpiredError):
        view.sync(world.mailbox())
    assert len(View().sync(world.mailbox())) == 2


def test_a_token_that_cannot_be_put_back_still_serves(world: GmailWorld, caplog: pytest.LogCaptureFixture) -> None:
    def refuse(_: str) -> None:
        raise AuthError("The file cannot be written.", remedy="Make it writable.")

    token = world.fake.sign_in.token()
    account = GmailAccount(name="personal", secret=lambda: token, save=refuse, api_endpoint=world.fake.root)
    assert list(account.drafts().all()) == []
    assert "Make it writable" in caplog.text
    assert "access-1" not in caplog.text
