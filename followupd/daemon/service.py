"""One full pass over all accounts: sync, understand, decide, draft; and a look at what is known without one.

What reading mail needs is imported where mail is read: a look at what is known must be quick.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time

from followupd.core.decide import Decision
from followupd.core.drafting import Desk
from followupd.core.errors import FollowupdError, TemplateError
from followupd.core.ledger import LIVE, DraftId, DraftRecord, DraftState
from followupd.core.mail import Identities, MessageId
from followupd.core.messages import Message
from followupd.core.plan import Order
from followupd.core.policy import Policy
from followupd.core.ports import Store, StoredDraft, Templates
from followupd.core.worktime import Delay
from followupd.daemon.account import Account, Progress
from followupd.daemon.dispatch import Dispatcher
from followupd.daemon.evaluate import Evaluation, evaluate
from followupd.daemon.labels import LabelKeeper
from followupd.daemon.pauses import Pauses
from followupd.daemon.report import (
    AccountReport,
    DraftReport,
    Notice,
    PassReport,
    notices_of,
    of_accounts,
    of_sign_ins,
    of_unreadable,
)

log = logging.getLogger(__name__)

LONGEST_QUOTE = 160
"""Characters of a quotation: at most a line."""

Spans = Mapping[MessageId, Sequence[tuple[int, int]]]
"""Positions in the visible texts of messages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """The use cases of one user."""

    store: Store
    policy: Policy
    accounts: Sequence[Account]
    templates: Templates
    lookback: Delay
    pauses: Pauses = field(default_factory=Pauses)
    quotes: dict[MessageId, str] = field(default_factory=dict)

    def status(self, now: datetime) -> PassReport:
        """What is known at ``now``, without a look into any mailbox."""
        evaluation = evaluate(self.store, self.policy, now)
        return PassReport(
            at=now,
            accounts=tuple(self.report_of(a.name, None) for a in self.accounts),
            decisions=evaluation.plan.decisions,
            drafts=tuple(DraftReport(record=r, action="none") for r in evaluation.ledger if r.state in LIVE),
            notices=(*self.sign_in_notices(now), *notices_of(evaluation.plan)),
        )

    def once(self, now: datetime, *, dry_run: bool = False, progress: Progress = lambda *_: None) -> PassReport:
        """One full pass at ``now``. What goes wrong in one account is in its report and stops only that account.

        Drafts are looked at before Sent is read: one that is gone was sent, if at all, before that. Before anything is
        drafted the mailboxes are read once more; where a draft was taken back, the next step may be due at once.
        """
        run = _Pass(service=self, now=now, dry_run=dry_run)
        run.look_at_drafts()
        run.labels.look(run.errors)
        run.sync(progress)
        if run.labels.hear(run.errors):
            run.sync(progress)
        run.judge()
        if run.evaluation.plan.create and not dry_run:
            run.sync(progress)
            run.judge()
        run.perform()
        if run.made_room:
            run.look_at_drafts()
            run.judge()
            run.perform()
        after = run.after()
        if not dry_run:
            run.labels.show(after.plan.decisions, run.errors)
        return run.report(after)

    def read_mail(self, now: datetime) -> None:
        """Take in what the mailboxes hold at ``now``, and judge and write nothing. Accounts that fail are passed over."""
        run = _Pass(service=self, now=now, dry_run=True)
        run.look_at_drafts()
        run.sync(lambda *_: None)

    def quote(self, spans: Spans, messages: Iterable[Message]) -> dict[MessageId, tuple[str, ...]]:
        """The given spans of the visible texts, read again from the mailbox, on one line each; what is gone is left out.

        Raises the errors of the Mailbox port.
        """
        from followupd.core import text

        quotes: dict[MessageId, tuple[str, ...]] = {}
        present = [m for m in messages if m.present and m.id in spans]
        for account in self.accounts:
            ids = [m.copy.id for m in present if m.account == account.name]
            for email in account.mailbox.fetch(ids) if ids else ():
                words = text.visible(email).text
                wanted = spans[email.envelope.message_id]
                quotes[email.envelope.message_id] = tuple(_one_line(words[a:b]) for a, b in wanted)
        return quotes

    def sign_in_notices(self, now: datetime) -> Iterator[Notice]:
        return of_sign_ins({a.name: a.sign_in_ends() for a in self.accounts}, now)

    def report_of(self, name: str, error: FollowupdError | None) -> AccountReport:
        """What is known of one account."""
        return AccountReport(name=name, error=error, seen=self.store.seen(name), synced_at=self.store.synced_at(name))


class _Pass:
    """The state of one pass."""

    evaluation: Evaluation

    def __init__(self, *, service: Service, now: datetime, dry_run: bool) -> None:
        self.service, self.now, self.dry_run = service, now, dry_run
        self.store, self.policy = service.store, service.policy
        self.errors: dict[str, FollowupdError] = service.pauses.running(now)
        self.unreadable: list[MessageId] = []
        self.notices: list[Notice] = []
        self.labels = LabelKeeper(store=self.store, policy=self.policy, accounts=service.accounts, now=now)
        self.drafts: dict[str, Sequence[StoredDraft]] = {}
        self.actions: dict[DraftId, str] = {}
        self.touched: dict[DraftId, DraftRecord] = {}
        self.changed = False

    # -------------------------------------------------------------- in

    def look_at_drafts(self) -> None:
        """Who the user is to each server, and what lies in Drafts."""
        for account in (a for a in self.service.accounts if a.name not in self.errors):
            try:
                known = Identities(self.policy.me.emails | Identities.of(account.mailbox.identities()).emails)
                self.policy = replace(self.policy, me=known)
                self.drafts[account.name] = account.drafts.all()
            except FollowupdError as error:
                self._fail(account.name, error)

    def sync(self, progress: Progress) -> None:
        from followupd.core.reader import Reader
        from followupd.daemon.sync import sync

        calendar = self.policy.calendar
        after = calendar.at(calendar.local_date(self.now) - self.service.lookback.span(), time())
        reader = Reader(self.policy)
        for account in (a for a in self.service.accounts if a.name not in self.errors):
            try:
                self.unreadable += sync(account, self.store, reader, after=after, at=self.now, progress=progress)
            except FollowupdError as error:
                self._fail(account.name, error)

    def judge(self) -> None:
        sure = {name: stored for name, stored in self.drafts.items() if name not in self.errors}
        self.evaluation = evaluate(self.store, self.policy, self.now, drafts=sure)
        if self.evaluation.changed:
            self.store.put_drafts(self.evaluation.changed)
            self.touched |= {r.id: r for r in self.evaluation.changed}

    def _fail(self, name: str, error: FollowupdError) -> None:
        log.error("%s: %s", name, error)
        self.errors[name] = error
        self.service.pauses.begin(name, error, self.now)

    # -------------------------------------------------------------- out

    def perform(self) -> None:
        """Carry out the plan, account by account; one that failed in this pass is left alone."""
        dispatcher = Dispatcher(self.store, self.policy, {a.name: a for a in self.service.accounts})
        for record in (*self.evaluation.plan.withdraw, *self._cut_off()):
            self._do(record, dispatcher, "withdrawn")
        for order in self.evaluation.plan.create:
            if written := self._written(order):
                self._do(written, dispatcher, "created")
        self._retire_unmade()

    def _cut_off(self) -> list[DraftRecord]:
        """Withdrawn drafts that still lie there: their removal was cut off."""
        still = (s.record for s in self.evaluation.sightings if s.stored)
        return [r for r in still if r.state is DraftState.WITHDRAWN]

    def _written(self, order: Order) -> DraftRecord | None:
        if any(m.account in self.errors for m in order.decision.opportunity.messages):
            return None
        try:
            return Desk(self.service.templates).draft(order, self.now)
        except TemplateError as error:
            self.notices.append(
                Notice(code="template", message=f"{error}: {error.remedy}", opportunity=order.decision.opportunity.id)
            )
            return None

    def _do(self, record: DraftRecord, dispatcher: Dispatcher, action: str) -> None:
        if record.account in self.errors:
            return
        if self.dry_run:
            self.actions[record.id] = "would_create" if action == "created" else "would_withdraw"
            self.store.put_drafts([record])
            self.touched[record.id] = record
            return
        self.changed = True
        try:
            if action == "created":
                dispatcher.create(record, {m.id: m for m in self.evaluation.messages})
            elif dispatcher.withdraw(record, self.now).state is not DraftState.WITHDRAWN:
                action = "kept"
            self.actions[record.id] = action
        except FollowupdError as error:
            self._fail(record.account, error)

    def _retire_unmade(self) -> None:
        """Outbox rows of an earlier pass that never became a draft and are not wanted any more."""
        wanted = {o.id for o in self.evaluation.plan.create}
        unmade = [
            replace(r, state=DraftState.SUPERSEDED, ended_at=self.now)
            for r in self.evaluation.ledger
            if r.state is DraftState.PLANNED and r.id not in wanted and r.account not in self.errors
        ]
        if unmade:
            self.store.put_drafts(unmade)

    @property
    def made_room(self) -> bool:
        """Whether a draft was really taken back, which had held the next step."""
        return not self.dry_run and "withdrawn" in self.actions.values()

    # -------------------------------------------------------------- told

    def report(self, after: Evaluation) -> PassReport:
        return PassReport(
            at=self.now,
            accounts=tuple(self.service.report_of(a.name, self.errors.get(a.name)) for a in self.service.accounts),
            decisions=after.plan.decisions,
            drafts=tuple(self._draft_reports(after)),
            notices=(
                *of_unreadable(self.unreadable),
                *of_accounts(self.errors),
                *self.service.sign_in_notices(self.now),
                *notices_of(self.evaluation.plan),
                *self.notices,
                *self.labels.notices,
            ),
            quotes=self._quotes(after.plan.decisions),
        )

    def after(self) -> Evaluation:
        """The judgement once the plan was carried out: a draft made now holds the next step."""
        if not self.changed:
            return self.evaluation
        return evaluate(self.store, self.policy, self.now, own=self.evaluation.own_drafts)

    def _draft_reports(self, after: Evaluation) -> list[DraftReport]:
        """Every draft that lies there, and those that this pass changed, also where it only would have."""
        ledger = {r.id: r for r in after.ledger}
        known = ledger | {ident: r for ident, r in self.touched.items() if ident not in ledger}
        before = {r.id for r in self.evaluation.ledger}
        return [
            DraftReport(
                record=r, action=self.actions.get(r.id, "kept" if r.state in LIVE and r.id in before else "none")
            )
            for r in known.values()
            if r.state in LIVE or r.id in self.actions or r.id in self.touched
        ]

    def _quotes(self, decisions: Sequence[Decision]) -> dict[MessageId, str]:
        """The words of the promises that stand; without them where the mailbox does not answer any more.

        Those that were read again once are remembered as long as the process lives, so that a quiet pass stays quiet.
        """
        spoken = [d.silence.promised_in for d in decisions if d.silence.promised_in]
        known = self.service.quotes
        spans = {
            m.id: ((m.reading.promise.start, m.reading.promise.end),)
            for m in spoken
            if m.reading.promise and m.id not in known
        }
        try:
            quotes = self.service.quote(spans, [m for m in spoken if m.account not in self.errors])
            known.update({ident: words[0] for ident, words in quotes.items()})
        except FollowupdError as error:
            log.warning("no quotations: %s", error)
        return {m.id: known[m.id] for m in spoken if m.id in known}


def _one_line(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= LONGEST_QUOTE else line[: LONGEST_QUOTE - 1] + "…"
