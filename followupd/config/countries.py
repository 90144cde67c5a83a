"""Public holidays by country: the package ``holidays``, of which only the countries that are asked about are imported."""

from __future__ import annotations

import sys
from collections.abc import Collection
from functools import cache
from importlib.util import find_spec, module_from_spec
from types import ModuleType

from followupd.core.worktime import DaysOff


@cache
def _package() -> ModuleType:
    """The package, whose modules of single countries it finds by name.

    They stand in a package of their own whose ``__init__`` imports all 250 of them, a tenth of a second at every start
    that nothing here needs; so that one is put in place without being run, unless somebody has run it before.
    """
    import holidays

    name = "holidays.countries"
    if name not in sys.modules and (spec := find_spec(name)):
        sys.modules[name] = module_from_spec(spec)
    return holidays


def codes() -> frozenset[str]:
    """The countries that there are (ISO 3166-1 alpha-2)."""
    _package()
    from holidays.registry import EntityLoader

    return frozenset(EntityLoader.get_country_codes(include_aliases=False))


def subdivisions(country: str) -> Collection[str]:
    """The parts of a country that have holidays of their own."""
    found: Collection[str] = getattr(_package(), country).subdivisions
    return found


def days_off(country: str, subdivision: str | None) -> DaysOff:
    """The public holidays of a country, or of a part of it."""
    found: DaysOff = _package().country_holidays(country, subdiv=subdivision)
    return found
