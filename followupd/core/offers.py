"""Which of the times that one side offered the other takes up, and which time follows from the one that is moved."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from followupd.core.messages import Message
from followupd.core.reading import Says, TimeMention

_A_WINDOW = timedelta(minutes=90)
"""What is longer is a stretch in which an hour may be chosen, if somebody chooses one."""


def same(offered: TimeMention, named: TimeMention) -> bool:
    """Whether somebody who names a time means one that was offered: the instant, or its hour where no zone is known."""
    return named.start == offered.start or (not named.certain and _wall(named) == _wall(offered))


def meant(offered: Sequence[TimeMention], named: Sequence[TimeMention], days: Iterable[date]) -> TimeMention | None:
    """The offer that somebody takes up who names these times and days; without any the only one there is.

    The instant tells, else hour and day, else the day; and since a weekday alone is read as the next one, else the
    weekday. An hour that was not offered takes up nothing.
    """
    days = {t.start.date() for t in named} | set(days)
    hours = {_wall(t).time() for t in named}
    on_days = [o for o in offered if o.start.date() in days] or [
        o for o in offered if o.start.weekday() in {d.weekday() for d in days}
    ]
    pools = (
        [o for o in offered if o.start in {t.start for t in named}],
        [o for o in on_days if _wall(o).time() in hours],
        [] if hours else on_days,
        [] if days else list(offered),
    )
    pool: Sequence[TimeMention] = next(filter(None, pools), ())
    return _surer(pool[0], named) if len(pool) == 1 else None


def within(offered: Sequence[TimeMention], named: Sequence[TimeMention]) -> TimeMention | None:
    """The hour that somebody chooses within a stretch that was offered: "any time between 2 and 5"."""
    if len(named) != 1:
        return None
    stretches = (o for o in offered if o.end and o.end - o.start > _A_WINDOW)
    return named[0] if any(o.start < named[0].start < (o.end or o.start) for o in stretches) else None


def moved(message: Message, old: TimeMention) -> tuple[TimeMention, ...]:
    """The time that follows from the ``old`` one where a message names none with its day: on another day at the same hour, on
    its day at another hour, or by so much later.
    """
    if not message.says(Says.MOVES, Says.OFFERS_TIMES):
        return ()
    same_hour = on_another_day(message, old) if message.reading.hour_kept else ()
    return same_hour or _shifted(message, old) or _on_its_day(message, old)


def on_another_day(message: Message, old: TimeMention) -> tuple[TimeMention, ...]:
    """The ``old`` hour on the one other day that they name: "Wednesday instead, same time"."""
    days = {d for d in message.reading.days if d != old.start.date()}
    return (_at(datetime.combine(days.pop(), old.start.timetz()), old),) if len(days) == 1 else ()


def _shifted(message: Message, old: TimeMention) -> tuple[TimeMention, ...]:
    minutes = message.reading.shift_minutes
    return (_at(old.start + timedelta(minutes=minutes), old),) if minutes else ()


def _on_its_day(message: Message, old: TimeMention) -> tuple[TimeMention, ...]:
    """The only other hour that is named: "could we make it 3 pm?"."""
    if set(message.reading.days) - {old.start.date()}:
        return ()
    hours = [h for h in message.reading.hours if _wall(h).time() != _wall(old).time()]
    if len(hours) != 1 or hours[0].end:
        return ()
    zone = hours[0].start.tzinfo
    at = datetime.combine(old.start.astimezone(zone).date(), hours[0].start.timetz())
    return (replace(_at(at, old), certain=old.certain and hours[0].certain),)


def _at(start: datetime, old: TimeMention) -> TimeMention:
    return TimeMention(start=start, end=start + ((old.end or old.start) - old.start), certain=old.certain)


def _surer(offer: TimeMention, named: Sequence[TimeMention]) -> TimeMention:
    """``offer`` without its doubt, where somebody names its instant and is sure of it."""
    told = any(t.certain and t.start == offer.start for t in named)
    return replace(offer, certain=True, latest_start=None) if told else offer


def _wall(time: TimeMention) -> datetime:
    return time.start.replace(tzinfo=None)
