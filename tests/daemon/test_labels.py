"""Labels as the user's hand: stories in a fake Gmail over HTTP, with the config file and the wiring of the program."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from followupd import bootstrap, cli
from followupd.core.decide import Hold
from followupd.core.mail import MailboxRole
from followupd.daemon import words
from followupd.daemon.report import PassReport
from tests.daemon.seeker import DUE, EARLY, LATER, Seeker, only
from tests.fakes.gmail.server import Fault
from tests.stories.telling import message_id


def told(report: PassReport) -> list[str]:
    return [n.message for n in report.notices if n.code == "labels"]


# ------------------------------------------------------------------------------------------------ shown


def test_a_conversation_shows_where_it_stands(seeker: Seeker) -> None:
    seeker.once(EARLY)
    assert seeker.shown() == {"followupd/waiting"}
    seeker.once(DUE)
    assert (seeker.shown(), seeker.drafts) == ({"followupd/draft ready"}, 1)
    seeker.answer("Dear Alex, could you tell us your salary expectations? Best, Leif")
    seeker.once(LATER)
    assert (seeker.shown("b1"), seeker.drafts) == ({"followupd/your turn"}, 0)


@pytest.mark.parametrize(
    ("body", "label"),
    [
        ("Dear Alex, thank you for your application. The position has been filled. Best, Leif", set()),
        ("Hei Alex, kiitos hakemuksestasi. Palaamme asiaan pian, kun olemme käyneet kaikki hakemukset läpi. Leif",
         {"followupd/uncertain"}),
    ],
)  # fmt: skip
def test_an_answer_changes_what_is_shown(seeker: Seeker, body: str, label: set[str]) -> None:
    seeker.once(EARLY)
    seeker.answer(body)
    seeker.once(EARLY)
    assert seeker.shown() == label


def test_nothing_is_written_twice_nor_in_a_dry_run(seeker: Seeker) -> None:
    before = seeker.world.fingerprint()
    seeker.once(DUE, dry_run=True)
    assert seeker.world.fingerprint() == before
    seeker.once(DUE)
    before = seeker.world.fingerprint()
    seeker.once(DUE)
    seeker.once(DUE)
    assert seeker.world.fingerprint() == before


def test_a_label_of_ours_on_foreign_mail_goes(seeker: Seeker) -> None:
    seeker.once(EARLY)
    news = {"id": "n1", "from": "News <news@paper.example>", "date": EARLY, "subject": "Weather", "body": "Rain."}
    seeker.deliver(news)
    seeker.label("followupd/waiting", "n1")
    seeker.once(EARLY)
    assert (seeker.shown("n1"), seeker.shown()) == (set(), {"followupd/waiting"})


def test_a_pass_without_change_costs_one_question(seeker: Seeker) -> None:
    with bootstrap.service(seeker.settings) as service:
        for _ in range(3):
            service.once(DUE)
        seeker.fake.calls.clear()
        requests = seeker.fake.requests
        service.once(DUE)
        assert (dict(seeker.fake.calls), seeker.fake.requests - requests) == ({"history.list": 1}, 1)
        seeker.deliver(
            {"id": "n1", "from": "News <news@paper.example>", "date": DUE, "subject": "Rain", "body": "Rain."}
        )
        assert service.once(DUE).accounts[0].seen == 2


def test_names_and_nesting_are_the_users(seeker: Seeker) -> None:
    seeker.configure('[labels]\nprefix = "Jobs/Follow"\nwaiting = "Warten"\nskip = "lass es"')
    seeker.once(EARLY)
    assert seeker.shown() == {"Jobs/Follow/Warten"}
    seeker.label("followupd/skip")
    assert only(seeker.once(EARLY)).hold is None
    seeker.label("Jobs/Follow/Lass es")
    assert only(seeker.once(EARLY)).hold is Hold.SKIPPED
    assert "Jobs/Follow/Warten" not in seeker.shown()


# ------------------------------------------------------------------------------------------------ heard


def test_skip_takes_the_draft_back_until_the_label_goes(seeker: Seeker) -> None:
    seeker.once(DUE)
    seeker.label("followupd/skip")
    assert only(seeker.once(DUE)).hold is Hold.SKIPPED
    assert (seeker.drafts, seeker.shown()) == (0, {"followupd/skip"})
    seeker.unlabel("followupd/skip")
    seeker.once(LATER)
    assert (seeker.drafts, seeker.shown()) == (1, {"followupd/draft ready"})


def test_a_label_that_stays_says_nothing_new(seeker: Seeker) -> None:
    seeker.label("followupd/skip")
    assert only(seeker.once(EARLY)).hold is Hold.SKIPPED
    seeker.say(words.Command.TRACK, EARLY)
    assert only(seeker.once(EARLY)).hold is None
    seeker.unlabel("followupd/skip")
    seeker.label("followupd/skip")
    seeker.once(EARLY)
    seeker.unlabel("followupd/skip")
    seeker.once(EARLY)
    seeker.label("followupd/skip")
    assert only(seeker.once(LATER)).hold is Hold.SKIPPED


@pytest.mark.parametrize(
    ("label", "until"),
    [("snooze 1 week", "2026-04-15"), ("Snooze 3 days", "2026-04-11"), ("snooze 2 weeks", "2026-04-22"),
     ("snooze 1 month", "2026-05-08"), ("snooze/10d", "2026-04-18")],
)  # fmt: skip
def test_snooze_counts_from_when_it_is_seen(seeker: Seeker, label: str, until: str) -> None:
    seeker.label(f"followupd/{label}")
    assert str(only(seeker.once(EARLY)).opportunity.snoozed_until) == until
    later = EARLY.replace(day=9)
    decision = only(seeker.once(later))
    assert (str(decision.opportunity.snoozed_until), decision.hold) == (until, Hold.SNOOZED)
    assert seeker.shown() == {f"followupd/{label}", "followupd/waiting"}
    seeker.unlabel(f"followupd/{label}")
    assert only(seeker.once(later)).hold is None


def test_an_old_snooze_taken_off_asks_for_no_declined_draft(seeker: Seeker) -> None:
    seeker.label("followupd/snooze 3 days")
    seeker.once(EARLY)
    seeker.once(DUE)
    seeker.fake.account.delete_draft(next(iter(seeker.fake.account.drafts)))
    assert only(seeker.once(DUE)).hold is Hold.DECLINED
    seeker.unlabel("followupd/snooze 3 days")
    assert only(seeker.once(LATER)).hold is Hold.DECLINED
    seeker.label("followupd/track")
    seeker.once(LATER)
    assert seeker.drafts == 1


def test_track_reads_mail_that_seemed_to_be_none_of_it(seeker: Seeker) -> None:
    chat = {
        "id": "c1", "from": "Ada Brook <ada@brook.example>", "date": datetime(2026, 4, 5, 12, tzinfo=UTC),
        "subject": "Tuesday", "body": "Hi Alex, it was nice to see you. Let us talk soon. Ada",
    }  # fmt: skip
    seeker.deliver(chat)
    assert len(seeker.once(EARLY).decisions) == 1
    seeker.label("followupd/track", "c1")
    assert {d.opportunity.message_ids for d in seeker.once(EARLY).decisions} == {
        (message_id("a1"),), (message_id("c1"),)
    }  # fmt: skip


@pytest.mark.parametrize("spelt", ["<{}>", "{}"])
def test_track_by_command_reads_mail_that_was_left_unread(seeker: Seeker, spelt: str) -> None:
    notice = {
        "id": "n1", "from": "Fjord Talent <news@fjord.example>", "date": datetime(2026, 4, 5, 12, tzinfo=UTC),
        "headers": {"List-Unsubscribe": "<https://fjord.example/u>", "List-Id": "<news.fjord.example>"},
        "subject": "A word from us", "body": "Hi Alex, we have received your application for Deckhand at Fjord.",
    }  # fmt: skip
    seeker.deliver(notice)
    assert only(seeker.once(EARLY)).opportunity.message_ids == (message_id("a1"),)
    with bootstrap.service(seeker.settings) as service:
        named = spelt.format(message_id("n1").strip("<>"))
        assert words.messages_about(named, service, EARLY) == [message_id("n1")]
        words.say(service.store, words.Command.TRACK, [message_id("n1")], "", EARLY)
    assert (message_id("n1"),) in {d.opportunity.message_ids for d in seeker.once(EARLY).decisions}


def test_a_word_about_unread_mail_waits_for_its_account(seeker: Seeker) -> None:
    notice = {
        "id": "n1", "from": "Fjord Talent <news@fjord.example>", "date": datetime(2026, 4, 5, 12, tzinfo=UTC),
        "headers": {"List-Id": "<news.fjord.example>"}, "subject": "A word from us", "body": "Hi Alex, hello.",
    }  # fmt: skip
    seeker.deliver(notice)
    seeker.once(EARLY)
    seeker.fake.faults += [
        Fault(m, 403, "accessNotConfigured", times=99) for m in ("getProfile", "history.list", "drafts.list")
    ]
    with bootstrap.service(seeker.settings) as service:
        about = words.messages_about(message_id("n1"), service, EARLY)
        words.say(service.store, words.Command.TRACK, about, "", EARLY)
    seeker.fake.faults.clear()
    assert (message_id("n1"),) in {d.opportunity.message_ids for d in seeker.once(EARLY).decisions}


@pytest.mark.parametrize("name", ["skip", "Jobs/skip", "followupd", "followupd/skipper", "notfollowupd/skip"])
def test_other_labels_say_nothing(seeker: Seeker, name: str) -> None:
    seeker.label(name)
    assert only(seeker.once(EARLY)).hold is None
    assert seeker.shown() == {name, "followupd/waiting"}


def test_a_snooze_without_a_time_is_asked_about(seeker: Seeker) -> None:
    seeker.label("followupd/snooze")
    report = seeker.once(EARLY)
    assert only(report).hold is None
    assert ["snooze 1 week" in text for text in told(report)] == [True]


def test_a_conversation_in_the_trash_was_not_unlabelled(seeker: Seeker) -> None:
    seeker.label("followupd/skip")
    seeker.once(EARLY)
    seeker.world.move(message_id("a1"), MailboxRole.TRASH)
    seeker.once(EARLY)
    seeker.world.move(message_id("a1"), MailboxRole.SENT)
    assert only(seeker.once(DUE)).hold is Hold.SKIPPED


def test_a_dry_run_obeys_and_keeps_nothing(seeker: Seeker) -> None:
    seeker.label("followupd/skip")
    assert only(seeker.once(EARLY, dry_run=True)).hold is Hold.SKIPPED
    with bootstrap.service(seeker.settings) as service:
        assert (service.store.words(), service.store.heard("exam")) == ([], {})


# ------------------------------------------------------------------------------------------------ what goes wrong


@pytest.mark.parametrize("method", ["threads.get", "labels.create", "messages.modify"])
def test_a_failure_of_labels_stops_only_labels(seeker: Seeker, method: str) -> None:
    seeker.fake.faults.append(Fault(method, 403, "forbidden", times=1))
    report = seeker.once(DUE)
    assert (seeker.drafts, len(told(report)), report.accounts[0].error) == (1, 1, None)
    seeker.once(DUE)
    assert seeker.shown() == {"followupd/draft ready"}


def test_labels_that_cannot_be_read_are_not_written(seeker: Seeker) -> None:
    seeker.once(EARLY)
    seeker.fake.faults.append(Fault("labels.list", 403, "forbidden", times=99))
    report = seeker.once(DUE)
    assert (seeker.drafts, len(told(report)), report.accounts[0].error) == (1, 1, None)
    assert seeker.shown() == {"followupd/waiting"}


@pytest.mark.parametrize("known", [True, False])
def test_without_the_scope_it_is_told_and_all_else_works(seeker: Seeker, known: bool) -> None:
    seeker.configure(labels=False, told=known)
    report = seeker.once(DUE)
    (text,) = told(report)
    assert "followupd auth exam" in text
    assert (seeker.drafts, seeker.shown(), report.accounts[0].error) == (1, set(), None)
    seeker.label("followupd/skip")
    assert only(seeker.once(DUE)).hold is Hold.SKIPPED
    assert seeker.drafts == 0


def test_where_labels_are_off_none_are_read_or_written(seeker: Seeker) -> None:
    seeker.configure("[drafts]\nlabels = false")
    seeker.label("followupd/skip")
    assert only(seeker.once(DUE)).hold is Hold.DRAFT_OPEN
    assert seeker.shown() == {"followupd/skip"}
    assert not {"threads.get", "messages.modify", "labels.create"} & seeker.fake.calls.keys()


# ------------------------------------------------------------------------------------------------ forget


@pytest.mark.parametrize("ident", [(), (message_id("a1"),)])
def test_forget_takes_labels_off(seeker: Seeker, ident: tuple[str, ...]) -> None:
    seeker.once(DUE)
    command = ["--config", str(seeker.path), "forget", "--yes", "--at", DUE.isoformat(), *ident]
    done = CliRunner().invoke(cli.cli, command, env=seeker.env)
    assert done.exit_code == 0, done.output
    assert seeker.shown() == set()
