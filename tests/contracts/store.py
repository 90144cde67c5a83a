"""The contract of the port Store: each store's tests make a subclass of this suite with a ``store`` of its own."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from followupd.core.ledger import Command, DraftId, DraftRecord, DraftState, Kind, OpportunityId, Word
from followupd.core.mail import Address, Changes, EmailId, Envelope, MailboxRole, MessageId, State
from followupd.core.ports import Store
from followupd.core.reading import Finding, Invite, Origin, Reading, Says

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NO_ONE = frozenset[str]()
NO_ID = frozenset[MessageId]()


def mid(ident: str) -> MessageId:
    return MessageId(f"<{ident}@contract.example>")


def envelope(
    ident: str,
    *,
    hours: float = 0,
    role: MailboxRole = MailboxRole.INBOX,
    sender: str = "Maria@acme.example",
    to: tuple[str, ...] = (),
    cc: tuple[str, ...] = (),
    references: tuple[str, ...] = (),
    in_reply_to: tuple[str, ...] = (),
) -> Envelope:
    return Envelope(
        id=EmailId(f"id-{ident}"),
        role=role,
        message_id=mid(ident),
        received_at=NOON + timedelta(hours=hours),
        sent_at=datetime.fromisoformat("2026-03-02T10:15:00.5-06:00"),
        from_=(Address(email=sender, name="María"),) if sender else (),
        to=tuple(Address(email=a) for a in to),
        cc=tuple(Address(email=a) for a in cc),
        references=tuple(mid(r) for r in references),
        in_reply_to=tuple(mid(r) for r in in_reply_to),
        subject="Interview – Data Engineer",
        size=1234,
        thread_hint="18c",
        evidence={"list-id": "<jobs.example>"},
    )


def batch(*added: Envelope, state: str = "s1", removed: tuple[str, ...] = ()) -> Changes:
    return Changes(added=added, removed=tuple(EmailId(f"id-{r}") for r in removed), state=State(state))


def ids(*envelopes: Envelope) -> set[EmailId]:
    return {e.id for e in envelopes}


HUMAN = Reading(origin=Origin.HUMAN, findings=(Finding(says=Says.INVITES, rule="r1", start=3, end=9),), sketch=(1, 2))
BULK = Reading(origin=Origin.BULK)


def record(
    ident: str, *, state: DraftState = DraftState.PLANNED, parent: str | None = "a", basis: str = ""
) -> DraftRecord:
    return DraftRecord(
        id=DraftId(ident),
        opportunity=OpportunityId("o-1"),
        account="work",
        kind=Kind.CHECK_IN,
        ordinal=1,
        basis=basis or mid("a"),
        state=state,
        planned_at=NOON,
        parent=mid(parent) if parent else None,
        sender="dana.reyes@example.org",
        to=("maria@acme.example",),
        subject="Re: Interview",
        message_id=mid(f"draft-{ident}"),
        references=(mid(parent),) if parent else (),
        body="Hello María,\n\nis there any news?\n",
        digest="sha256:1",
    )


def word(command: Command, *about: str, minutes: int = 0, value: str = "") -> Word:
    return Word(
        command=command, about=tuple(mid(a) for a in about), said_at=NOON + timedelta(minutes=minutes), value=value
    )


class StoreContract:
    @pytest.fixture
    def store(self) -> Store:
        raise NotImplementedError

    def test_knows_nothing_at_first(self, store: Store) -> None:
        assert store.cursor("work") is None
        assert store.synced_at("work") is None
        assert store.seen("work") == 0
        assert list(store.unread("work", "r1")) == []
        assert list(store.filed()) == []
        assert list(store.drafts()) == []
        assert list(store.words()) == []
        store.reset_cursor("work")

    def test_takes_in_mail_and_cursor_together(self, store: Store) -> None:
        a, b = envelope("a"), envelope("b", hours=1)
        store.absorb("work", batch(a, b, state="s7"), ids(a))
        assert store.cursor("work") == "s7"
        assert store.seen("work") == 2
        assert list(store.unread("work", "r1")) == [a]
        assert store.cursor("home") is None
        assert store.seen("home") == 0

    def test_taking_in_twice_changes_nothing(self, store: Store) -> None:
        a = envelope("a")
        store.absorb("work", batch(a), ids(a))
        store.put_readings("work", "r1", [(a.id, HUMAN)])
        store.absorb("work", batch(a), set())
        assert store.seen("work") == 1
        assert list(store.unread("work", "r1")) == []
        assert list(store.unread("work", "r2")) == [a]
        assert [f.reading for f in store.filed()] == [HUMAN]

    def test_an_account_keeps_its_own_ids(self, store: Store) -> None:
        a = envelope("a")
        store.absorb("work", batch(a), ids(a))
        store.absorb("home", batch(a), set())
        store.put_readings("work", "r1", [(a.id, HUMAN)])
        assert [(f.account, f.present) for f in store.filed()] == [("work", True)]
        assert list(store.unread("home", "r1")) == []

    def test_unread_are_candidates_newest_first(self, store: Store) -> None:
        a, b, c = envelope("a", hours=1), envelope("b", hours=3), envelope("c", hours=2)
        store.absorb("work", batch(a, b, c, envelope("ordinary")), ids(a, b, c))
        assert list(store.unread("work", "r1")) == [b, c, a]

    def test_a_reading_by_another_reader_is_none(self, store: Store) -> None:
        a, b = envelope("a"), envelope("b")
        store.absorb("work", batch(a, b), ids(a, b))
        store.put_readings("work", "r1", [(a.id, HUMAN), (EmailId("id-unknown"), HUMAN)])
        assert list(store.unread("work", "r1")) == [b]
        assert ids(*store.unread("work", "r2")) == ids(a, b)
        store.put_readings("work", "r2", [(a.id, BULK)])
        assert list(store.unread("work", "r2")) == [b]
        assert [f.reading for f in store.filed()] == [BULK]

    def test_what_is_gone_stays_known(self, store: Store) -> None:
        a, b = envelope("a"), envelope("b")
        store.absorb("work", batch(a, b), ids(a, b))
        store.put_readings("work", "r1", [(a.id, HUMAN)])
        store.absorb("work", batch(state="s2", removed=("a", "b", "never")), set())
        assert store.cursor("work") == "s2"
        assert [(f.envelope, f.present) for f in store.filed()] == [(a, False)]
        assert list(store.unread("work", "r2")) == []
        store.absorb("work", batch(a, state="s3"), set())
        assert [f.present for f in store.filed()] == [True]
        assert list(store.unread("work", "r2")) == [a]

    def test_gone_and_come_in_one_batch_is_there(self, store: Store) -> None:
        a = envelope("a")
        store.absorb("work", batch(a), ids(a))
        store.absorb("work", batch(a, removed=("a",), state="s2"), ids(a))
        assert list(store.unread("work", "r1")) == [a]

    def test_what_moved_lies_elsewhere(self, store: Store) -> None:
        a = envelope("a")
        store.absorb("work", batch(a), ids(a))
        store.put_readings("work", "r1", [(a.id, HUMAN)])
        store.absorb("work", Changes(added=(), moved={a.id: MailboxRole.TRASH}, state=State("s2")), set())
        assert [f.envelope.role for f in store.filed()] == [MailboxRole.TRASH]
        assert [e.role for e in store.unread("work", "r2")] == [MailboxRole.TRASH]

    def test_a_forgotten_cursor_forgets_no_reading(self, store: Store) -> None:
        a, b = envelope("a"), envelope("b")
        store.absorb("work", batch(a, b), ids(a, b))
        store.absorb("home", batch(a), ids(a))
        store.put_readings("work", "r1", [(a.id, HUMAN)])
        store.reset_cursor("work")
        assert store.cursor("work") is None
        assert store.cursor("home") == "s1"
        assert list(store.unread("work", "r1")) == []
        assert list(store.unread("home", "r1")) == [a]
        assert [f.present for f in store.filed()] == [False]
        store.absorb("work", batch(a), set())
        assert [f.present for f in store.filed()] == [True]

    def test_remembers_when_a_sync_ended(self, store: Store) -> None:
        at = datetime.fromisoformat("2026-03-16T09:00:00-05:00")
        store.finish_sync("work", at)
        found = store.synced_at("work")
        assert found == at
        assert found is not None
        assert found.tzinfo is not None
        assert store.synced_at("home") is None

    def test_filed_mail_comes_oldest_first_over_all_accounts(self, store: Store) -> None:
        a, b, c = envelope("a", hours=2), envelope("b", hours=1), envelope("c", hours=3)
        store.absorb("work", batch(a, c), ids(a, c))
        store.absorb("home", batch(b), ids(b))
        store.put_readings("work", "r1", iter([(a.id, HUMAN), (c.id, BULK)]))
        store.put_readings("home", "r1", iter([(b.id, HUMAN)]))
        assert [(f.account, f.envelope, f.reading) for f in store.filed()] == [
            ("home", b, HUMAN), ("work", a, HUMAN), ("work", c, BULK)
        ]  # fmt: skip

    # ------------------------------------------------------------------------------------------- traffic

    def test_counts_what_was_transferred_within_a_day(self, store: Store) -> None:
        assert store.transferred("work", NOON) == 0
        store.transfer("work", 100, NOON)
        store.transfer("work", 20, NOON + timedelta(minutes=5))
        store.transfer("work", 3, NOON + timedelta(hours=9))
        store.transfer("home", 1000, NOON)
        assert store.transferred("work", NOON + timedelta(hours=9)) == 123
        assert store.transferred("work", NOON + timedelta(hours=24, minutes=59)) == 123
        assert store.transferred("work", NOON + timedelta(hours=25)) == 3
        store.transfer("work", 1, NOON + timedelta(days=3))
        assert store.export()["traffic"] == [
            {"name": "home", "hour": 492348, "octets": 1000}, {"name": "work", "hour": 492420, "octets": 1}
        ]  # fmt: skip
        store.forget(None)
        assert store.transferred("work", NOON + timedelta(days=3)) == 0

    # ------------------------------------------------------------------------------------------- promote

    @pytest.mark.parametrize(
        ("mail", "message_ids", "people", "domains"),
        [
            (envelope("a"), {mid("a")}, NO_ONE, NO_ONE),
            (envelope("a", references=("x", "y")), {mid("x")}, NO_ONE, NO_ONE),
            (envelope("a", in_reply_to=("z",)), {mid("q"), mid("z")}, NO_ONE, NO_ONE),
            (envelope("a"), NO_ID, {"maria@acme.example"}, NO_ONE),
            (envelope("a", to=("X@b.example", "Bo@acme.example")), NO_ID, {"bo@acme.example"}, NO_ONE),
            (envelope("a", cc=("bo@acme.example",)), NO_ID, {"bo@acme.example"}, NO_ONE),
            (envelope("a"), NO_ID, NO_ONE, {"acme.example"}),
            (envelope("a", sender="jobs@mail.acme.example"), NO_ID, NO_ONE, {"acme.example"}),
        ],
        ids=["own-id", "references", "in-reply-to", "from", "to", "cc", "domain", "subdomain"],
    )
    def test_promotes(
        self, store: Store, mail: Envelope, message_ids: set[MessageId], people: set[str], domains: set[str]
    ) -> None:
        store.absorb("work", batch(mail, envelope("other", sender="news@other.example")), set())
        assert store.promote("work", message_ids=message_ids, people=people, domains=domains) == 1
        assert list(store.unread("work", "r1")) == [mail]
        assert store.promote("work", message_ids=message_ids, people=people, domains=domains) == 0

    @pytest.mark.parametrize(
        ("mail", "message_ids", "people", "domains"),
        [
            (envelope("a"), NO_ID, NO_ONE, NO_ONE),
            (envelope("a"), {mid("a1"), mid("")}, {"ria@acme.example", "maria@acme.exampl", ""}, {"cme.example", "example.com"}),
            (envelope("a", to=("bo@other.example",)), NO_ID, NO_ONE, {"other.example"}),
            (envelope("a", sender=""), NO_ID, {"maria@acme.example"}, {"acme.example"}),
        ],
        ids=["nothing", "parts", "recipient-domain", "no-sender"],
    )  # fmt: skip
    def test_promotes_nothing_else(
        self, store: Store, mail: Envelope, message_ids: set[MessageId], people: set[str], domains: set[str]
    ) -> None:
        store.absorb("work", batch(mail), set())
        assert store.promote("work", message_ids=message_ids, people=people, domains=domains) == 0
        assert list(store.unread("work", "r1")) == []

    def test_promotes_in_one_account_only(self, store: Store) -> None:
        a = envelope("a")
        store.absorb("work", batch(a), set())
        store.absorb("home", batch(a), set())
        assert store.promote("home", message_ids={mid("a")}, people=NO_ONE, domains=NO_ONE) == 1
        assert list(store.unread("work", "r1")) == []
        assert list(store.unread("home", "r1")) == [a]

    def test_promotes_what_comes_later_and_what_is_sought_later(self, store: Store) -> None:
        def promote(*people: str) -> int:
            return store.promote("work", message_ids=NO_ID, people=people, domains=NO_ONE)

        store.absorb("work", batch(envelope("a1", sender="a@a.example"), envelope("b1", sender="b@b.example")), set())
        assert promote("a@a.example") == 1
        store.absorb("work", batch(envelope("a2", sender="a@a.example"), envelope("b2", sender="b@b.example")), set())
        assert promote("b@b.example") == 2
        assert promote("a@a.example", "b@b.example") == 1
        assert promote("a@a.example", "b@b.example") == 0
        store.absorb("work", batch(envelope("b3", sender="b@b.example")), set())
        assert promote() == 0
        assert promote("b@b.example") == 1
        assert len(store.unread("work", "r1")) == 5

    def test_a_candidate_is_not_promoted(self, store: Store) -> None:
        a = envelope("a")
        store.absorb("work", batch(a), ids(a))
        assert store.promote("work", message_ids={mid("a")}, people=NO_ONE, domains=NO_ONE) == 0

    # ------------------------------------------------------------------------------------------- ledger

    def test_keeps_drafts_in_order_of_planning(self, store: Store) -> None:
        store.put_drafts([record("d2"), record("d1", parent=None)])
        store.put_drafts([record("d2", state=DraftState.OPEN), record("d0")])
        assert list(store.drafts()) == [record("d2", state=DraftState.OPEN), record("d1", parent=None), record("d0")]
        store.put_drafts([])
        assert len(store.drafts()) == 3

    def test_keeps_words_oldest_first(self, store: Store) -> None:
        later, earlier = word(Command.NOTE, "a", minutes=2, value="ask for Bo"), word(Command.SKIP, "a", "b")
        store.put_word(later)
        store.put_word(earlier)
        assert list(store.words()) == [earlier, later]

    # ------------------------------------------------------------------------------------------- labels

    def test_knows_what_lies_in_a_conversation(self, store: Store) -> None:
        a, b, elsewhere = envelope("a"), envelope("b", hours=1), replace(envelope("c"), thread_hint="18d")
        store.absorb("work", batch(b, a, elsewhere, envelope("junk", role=MailboxRole.JUNK)), ids(a))
        store.absorb("home", batch(envelope("h")), set())
        assert store.in_threads("work", ["18c", "18x"]) == {"18c": [mid("a"), mid("b")]}
        store.absorb("work", batch(state="s2", removed=("a",)), set())
        assert store.in_threads("work", ["18c"]) == {"18c": [mid("b")]}
        assert store.in_threads("work", []) == {}

    def test_hears_a_label_once(self, store: Store) -> None:
        assert store.heard("work") == {}
        store.hear("work", {"18c": {"skip", "snooze 1 week"}, "18d": {"skip"}}, [word(Command.SKIP, "a")])
        assert store.heard("work") == {"18c": {"skip", "snooze 1 week"}, "18d": {"skip"}}
        assert store.heard("home") == {}
        assert list(store.words()) == [word(Command.SKIP, "a")]
        store.hear("work", {"18c": {"track"}, "18d": ()}, [])
        assert store.heard("work") == {"18c": {"track"}}

    def test_forgets_labels_with_their_mail(self, store: Store) -> None:
        store.absorb("work", batch(envelope("a")), set())
        store.hear("work", {"18c": {"skip"}, "18d": {"skip"}}, [])
        assert {row["thread"] for row in store.export()["labels"]} == {"18c", "18d"}
        store.forget({mid("a")})
        assert store.heard("work") == {"18d": {"skip"}}
        store.forget(None)
        assert store.heard("work") == {}

    # ------------------------------------------------------------------------------------------- the whole

    def test_forgets_what_concerns_some_messages(self, store: Store) -> None:
        a, b = envelope("a"), envelope("b")
        store.absorb("work", batch(a, b), ids(a, b))
        store.absorb("home", batch(a), ids(a))
        invited = Reading(origin=Origin.HUMAN, invites=(Invite(uid="uid-1", method="REQUEST"),))
        for account in ("work", "home"):
            store.put_readings(account, "r1", [(a.id, invited), (b.id, HUMAN)])
        store.put_drafts([
            record("d1", parent="a"), record("d2", parent=None, basis="uid-1"), record("d3", parent="b", basis=mid("b"))
        ])  # fmt: skip
        store.put_word(word(Command.SKIP, "a", "x"))
        store.put_word(word(Command.SKIP, "b"))
        store.forget({mid("a")})
        assert [(f.account, f.envelope) for f in store.filed()] == [("work", b)]
        assert [d.id for d in store.drafts()] == ["d3"]
        assert [w.about for w in store.words()] == [(mid("b"),)]
        assert store.cursor("work") == "s1"
        assert store.seen("work") == 1

    def test_promotes_after_forgetting(self, store: Store) -> None:
        store.absorb("work", batch(envelope("a"), envelope("b")), set())
        store.promote("work", message_ids={mid("a")}, people=NO_ONE, domains=NO_ONE)
        store.forget({mid("b")})
        c = envelope("c", references=("a",))
        store.absorb("work", batch(c), set())
        assert store.promote("work", message_ids={mid("a")}, people=NO_ONE, domains=NO_ONE) == 1

    def test_forgets_everything(self, store: Store) -> None:
        a = envelope("a")
        store.absorb("work", batch(a), ids(a))
        store.put_readings("work", "r1", [(a.id, HUMAN)])
        store.put_drafts([record("d1")])
        store.put_word(word(Command.SKIP, "a"))
        store.forget(None)
        self.test_knows_nothing_at_first(store)
        store.absorb("work", batch(a), ids(a))
        assert list(store.unread("work", "r1")) == [a]

    def test_exports_everything_as_json(self, store: Store) -> None:
        a, b = envelope("a"), envelope("b")
        store.absorb("work", batch(a, b), ids(a))
        store.put_readings("work", "r1", [(a.id, HUMAN)])
        store.finish_sync("work", NOON)
        store.put_drafts([record("d1")])
        store.put_word(word(Command.NOTE, "a", value="ask for Bo"))
        found = json.loads(json.dumps(store.export()))
        assert [a["name"] for a in found["accounts"]] == ["work"]
        assert [e["envelope"]["message_id"] for e in found["emails"]] == [mid("a"), mid("b")]
        assert found["emails"][0]["reading"]["findings"][0]["says"] == "invites"
        assert found["emails"][1]["reading"] is None
        assert found["drafts"][0]["body"].startswith("Hello María")
        assert found["words"][0]["value"] == "ask for Bo"
