"""Faults on purpose: a call that fails before or after it took effect, and a process that is killed anywhere.

``Faulty(port, faults, "drafts")`` is any port with faults before and after each of its calls, and between the items
of those that yield. A fault after the effect is a lost answer: the draft lies there, and nobody was told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any


class Killed(BaseException):
    """The process ends here: nobody may catch this but the test."""


@dataclass
class Faults:
    """What goes wrong next. ``steps`` counts the points at which a process could have been killed."""

    steps: int = 0
    kill_at: int | None = None
    _planned: dict[tuple[str, str], list[BaseException]] = field(default_factory=dict)

    def fail(self, call: str, error: BaseException, *, after: bool = False) -> None:
        """Let the next ``call`` (``drafts.create``) raise ``error``, before or after it took effect."""
        self._planned.setdefault((call, "after" if after else "before"), []).append(error)

    def kill_in(self, steps: int) -> None:
        """Kill the process at the ``steps``-th point from here."""
        self.steps, self.kill_at = 0, steps

    def calm(self) -> None:
        """Nothing more goes wrong."""
        self.kill_at = None
        self._planned.clear()

    def point(self, call: str, when: str) -> None:
        self.steps += 1
        if self.steps == self.kill_at:
            raise Killed(call, when)
        if planned := self._planned.get((call, when)):
            raise planned.pop(0)


class Faulty:
    """A port behind which ``faults`` lie in wait."""

    def __init__(self, port: object, faults: Faults, name: str) -> None:
        self._port, self._faults, self._name = port, faults, name

    def __getattr__(self, attribute: str) -> Any:
        inner = getattr(self._port, attribute)
        return self._guarded(inner, f"{self._name}.{attribute}") if callable(inner) else inner

    def _guarded(self, inner: Callable[..., Any], call: str) -> Callable[..., Any]:
        def guarded(*args: Any, **options: Any) -> Any:
            self._faults.point(call, "before")
            result = inner(*args, **options)
            if isinstance(result, Iterator):
                return self._walked(result, call)
            self._faults.point(call, "after")
            return result

        return guarded

    def _walked(self, items: Iterator[Any], call: str) -> Iterator[Any]:
        for item in items:
            self._faults.point(call, "within")
            yield item
        self._faults.point(call, "after")
