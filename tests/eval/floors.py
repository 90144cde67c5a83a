"""The least that is let through, a little below what is reached: (precision, recall) in percent of each row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tests.eval.table import Tally

FLOORS: dict[str, tuple[float, float]] = {
    "opportunity": (95.0, 93.0),
    "belonging (pairs)": (97.0, 94.0),
    "origin human": (97.0, 98.0),
    "origin auto_reply": (88.0, 88.0),
    "origin bounce": (88.0, 88.0),
    "origin automated": (94.0, 94.0),
    "origin bulk": (88.0, 71.0),
    "says invites": (87.0, 94.0),
    "says offers_times": (74.0, 70.0),
    "says asks_times": (70.0, 88.0),
    "says scheduling_link": (88.0, 88.0),
    "says confirms": (68.0, 88.0),
    "says acknowledges": (88.0, 82.0),
    "says asks": (61.0, 47.0),
    "says assigns": (88.0, 88.0),
    "says promises": (94.0, 74.0),
    "says rejects": (87.0, 87.0),
    "says still_deciding": (88.0, 45.0),
    "says outreach": (74.0, 88.0),
    "says thanks": (96.0, 68.0),
    "says applies": (88.0, 88.0),
    "says accepts_time": (86.0, 86.0),
    "says conducts": (88.0, 68.0),
    "says other_kind": (88.0, 78.0),
    "promise date (corpus)": (79.0, 79.0),
    "interview times (corpus)": (88.0, 91.0),
    "company in a message": (98.0, 93.0),
    "company, sure claims": (98.0, 98.0),
    "role in a message": (98.0, 98.0),
    "signed": (98.0, 98.0),
    "requisition in a message": (88.0, 88.0),
    "company of a process": (98.0, 86.0),
    "role of a process": (98.0, 93.0),
    "contact name": (92.0, 86.0),
    "days (phrase table)": (100, 100),
    "times (phrase table)": (100, 100),
    "no alarm: enron": (99.7, 99.5),
    "no alarm: spamassassin": (99.7, 99.6),
    "rejections (masked)": (100, 100),
    "bounces (fixtures)": (99.6, 99.3),
    "quotes clients": (100, 100),
    "quotes zapier+email-reply-parser": (100, 100),
    "quotes github+email_reply_parser": (100, 100),
    "quotes willdurand+EmailReplyParser": (100, 100),
    "quotes crisp-oss+email-reply-parse": (100, 100),
    "quotes mailgun+talon (html)": (100, 100),
    "quotes mailgun+talon": (100, 100),
    "quotes closeio+quotequail (html)": (100, 100),
}  # fmt: skip


def below(found: Iterable[Tally]) -> Iterator[str]:
    """What is under its floor."""
    for tally in found:
        precision, recall = FLOORS.get(tally.name, (0, 0))
        for name, floor, share in (("precision", precision, tally.precision), ("recall", recall, tally.recall)):
            if share is not None and 100 * share < floor:
                yield f"{tally.name}: {name} {100 * share:.1f} is under {floor}"
