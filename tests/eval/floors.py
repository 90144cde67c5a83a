"""The least that is let through, a little below what is reached: (precision, recall) in percent of each row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tests.eval.table import Tally

FLOORS: dict[str, tuple[float, float]] = {
    "opportunity": (98.0, 97.0),
    "belonging (pairs)": (98.0, 95.0),
    "origin human": (98.0, 98.0),
    "origin auto_reply": (93.0, 93.0),
    "origin bounce": (90.0, 90.0),
    "origin automated": (96.0, 97.0),
    "origin bulk": (92.0, 86.0),
    "says invites": (95.0, 93.0),
    "says offers_times": (79.0, 81.0),
    "says asks_times": (86.0, 95.0),
    "says scheduling_link": (83.0, 90.0),
    "says confirms": (85.0, 94.0),
    "says moves": (62.0, 83.0),
    "says cancels": (75.0, 75.0),
    "says acknowledges": (92.0, 94.0),
    "says asks": (77.0, 62.0),
    "says assigns": (94.0, 94.0),
    "says promises": (97.0, 87.0),
    "says rejects": (97.0, 92.0),
    "says offers_job": (91.0, 91.0),
    "says holds": (83.0, 71.0),
    "says closes_position": (71.0, 83.0),
    "says still_deciding": (87.0, 82.0),
    "says away": (92.0, 92.0),
    "says refers": (50.0, 66.0),
    "says outreach": (84.0, 91.0),
    "says thanks": (94.0, 68.0),
    "says applies": (96.0, 96.0),
    "says hands_in": (80.0, 80.0),
    "says checks_in": (66.0, 80.0),
    "says accepts_time": (93.0, 96.0),
    "says withdraws": (66.0, 66.0),
    "says conducts": (80.0, 88.0),
    "says other_kind": (91.0, 91.0),
    "promise date (corpus)": (91.0, 88.0),
    "interview times (corpus)": (94.0, 95.0),
    "calendar parts": (96.0, 96.0),
    "absence": (83.0, 90.0),
    "referral": (75.0, 75.0),
    "company in a message": (98.0, 93.0),
    "company, sure claims": (98.0, 98.0),
    "role in a message": (97.0, 96.0),
    "signed": (98.0, 96.0),
    "requisition in a message": (96.0, 92.0),
    "company of a process": (97.0, 92.0),
    "role of a process": (97.0, 96.0),
    "contact name": (97.0, 97.0),
    "stage": (92.0, 92.0),
    "turn": (96.0, 96.0),
    "outcome": (96.0, 96.0),
    "interviews of a process": (95.0, 95.0),
    "days (phrase table)": (100, 100),
    "times (phrase table)": (100, 100),
    "no alarm: enron": (99.7, 99.5),
    "no alarm: spamassassin": (99.7, 99.6),
    "rejections (masked)": (100, 100),
    "bounces (fixtures)": (99.8, 99.7),
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
