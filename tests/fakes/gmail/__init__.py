"""A strict stand-in for Google's Gmail API, over HTTP."""

from tests.fakes.gmail.account import FakeAccount
from tests.fakes.gmail.server import FakeGmail, Fault

__all__ = ["FakeAccount", "FakeGmail", "Fault"]
