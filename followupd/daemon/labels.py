"""Labels of conversations in a pass: looked at before mail is read, obeyed before anything is judged, shown at the end.

Whatever goes wrong with labels stops labels, and nothing else.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from followupd.core import labels
from followupd.core.decide import Decision
from followupd.core.errors import FollowupdError
from followupd.core.ledger import Command, Word
from followupd.core.mail import MessageId
from followupd.core.policy import Policy
from followupd.core.ports import Labels, Store
from followupd.daemon.account import Account
from followupd.daemon.report import Notice

log = logging.getLogger(__name__)

_NONE: frozenset[str] = frozenset()


@dataclass(slots=True, kw_only=True)
class LabelKeeper:
    """The labels of all accounts that have any, for one pass at ``now``."""

    store: Store
    policy: Policy
    accounts: Sequence[Account]
    now: datetime
    notices: list[Notice] = field(default_factory=list)
    _seen: dict[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)

    def look(self, failed: Collection[str]) -> None:
        """See what conversations carry, before mail is read: a label that is gone from mail that lies there was taken off."""
        for account, port in self._ports(failed):
            try:
                self._seen[account] = port.of_threads()
            except FollowupdError as error:
                self._fail(account, error)

    def _ports(self, failed: Collection[str]) -> Iterator[tuple[str, Labels]]:
        yield from ((a.name, a.labels) for a in self.accounts if a.labels and a.name not in failed)

    def _fail(self, account: str, error: FollowupdError) -> None:
        log.warning("%s: labels are left alone: %s", account, error)
        self._seen.pop(account, None)
        self.notices.append(_notice(account, error))

    # -------------------------------------------------------------- heard

    def hear(self, failed: Collection[str]) -> bool:
        """Take what the user said by labels. Whether there is mail to be read now that seemed to be none of followupd's."""
        more = [self._hear(account, threads) for account, threads in self._seen.items() if account not in failed]
        return any(more)

    def _hear(self, account: str, threads: Mapping[str, frozenset[str]]) -> bool:
        names, before = self.policy.label_names, self.store.heard(account)
        now = {t: said for t, carried in threads.items() if (said := labels.spoken(carried, names))}
        changed = [t for t in {**before, **now} if before.get(t, _NONE) != now.get(t, _NONE)]
        self._question(account, threads)
        if not changed:
            return False
        known = self.store.in_threads(account, changed)
        words = [w for t, ids in known.items() for w in self._words(ids, before.get(t, _NONE), now.get(t, _NONE))]
        self.store.hear(account, {t: now.get(t, _NONE) for t in known}, words)
        tracked = {i for w in words if w.command is Command.TRACK for i in w.about}
        return bool(tracked) and self.store.promote(account, message_ids=tracked, people=(), domains=()) > 0

    def _words(self, about: Sequence[MessageId], before: frozenset[str], now: frozenset[str]) -> Iterator[Word]:
        today = self.policy.calendar.local_date(self.now)
        snoozed = any(
            w.command is Command.SNOOZE and date.fromisoformat(w.value) > today and not set(about).isdisjoint(w.about)
            for w in self.store.words()
        )
        for command, value in labels.said(before, now, self.policy.label_names, today, snoozed=snoozed):
            yield Word(command=command, about=tuple(about), said_at=self.now, value=value)

    def _question(self, account: str, threads: Mapping[str, frozenset[str]]) -> None:
        names = self.policy.label_names
        for label in labels.unclear({n for carried in threads.values() for n in carried}, names):
            text = f"{account}: the label “{names.prefix}/{label}” tells no time; write “{names.prefix}/{names.snooze} 1 week”"
            self.notices.append(Notice(code="labels", message=text))

    # -------------------------------------------------------------- shown

    def show(self, decisions: Sequence[Decision], failed: Collection[str]) -> None:
        """Let every conversation carry its one label, or none; only what changes is written."""
        wanted = labels.shown(decisions, self.policy.label_names)
        for account, port in self._ports(failed):
            if account in self._seen:
                try:
                    self._show(
                        port, self._seen[account], {t: label for (a, t), label in wanted.items() if a == account}
                    )
                except FollowupdError as error:
                    self._fail(account, error)

    def _show(self, port: Labels, seen: Mapping[str, frozenset[str]], wanted: Mapping[str, str]) -> None:
        among = self.policy.label_names.shown
        ours = {name.lower() for name in among}
        for thread in {**wanted, **seen}:
            label = wanted.get(thread)
            if seen.get(thread, _NONE) & ours != ({label.lower()} if label else _NONE):
                port.show(thread, (label,) if label else (), among=among)


def forget(
    accounts: Iterable[Account], store: Store, policy: Policy, ids: Collection[MessageId] | None
) -> list[Notice]:
    """Remove all labels, or (``ids``) those shown on the conversations of these messages; what could not be removed is told."""
    about = ids or ()
    places = {(f.account, f.envelope.thread_hint) for f in store.filed() if f.envelope.message_id in about}
    notices = []
    for account, port in ((a.name, a.labels) for a in accounts if a.labels):
        try:
            if ids is None:
                port.forget()
            for thread in (t for a, t in places if a == account and t):
                port.show(thread, (), among=policy.label_names.shown)
        except FollowupdError as error:
            notices.append(_notice(account, error))
    return notices


def _notice(account: str, error: FollowupdError) -> Notice:
    remedy = f": {error.remedy}" if error.remedy else ""
    return Notice(code="labels", message=f"{account}: labels are left alone: {error}{remedy}")
