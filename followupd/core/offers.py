"""Which of the times that one side offered the other takes up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime

from followupd.core.reading import TimeMention


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


def _surer(offer: TimeMention, named: Sequence[TimeMention]) -> TimeMention:
    """``offer`` without its doubt, where somebody names its instant and is sure of it."""
    told = any(t.certain and t.start == offer.start for t in named)
    return replace(offer, certain=True, latest_start=None) if told else offer


def _wall(time: TimeMention) -> datetime:
    return time.start.replace(tzinfo=None)
