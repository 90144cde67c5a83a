"""The result of taking a text apart."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Visible:
    """The parts of a message's text.

    ``text`` is what the message itself says, ``signature`` the closing formula with name and contact lines, device lines
    and disclaimers, ``quoted`` the quotations and forwarded mail with their headers. ``forwarded`` tells that mail was
    forwarded in it.
    """

    text: str
    signature: str = ""
    quoted: str = ""
    forwarded: bool = False
