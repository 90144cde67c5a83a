"""What the rest of the program sees of the config."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal

from followupd.adapters.secrets import SecretRef
from followupd.core.policy import Policy
from followupd.core.worktime import Delay


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSettings:
    """One mailbox account. What its ``backend`` (gmail, imap or maildir) does not need keeps its default.

    ``secret`` is the password, or with ``auth`` xoauth2 the access token, of an IMAP account; with ``client_secrets``, the
    file of an OAuth client of Google's, it is the authorized-user JSON instead, which ``token`` is for a Gmail account. ``daily_traffic`` is how
    many octets may be transferred in 24 hours (None: as many as its server is known to bear; 0: any). All paths are absolute.
    """

    name: str
    backend: str
    host: str = ""
    port: int = 993
    tls: Literal["implicit", "starttls", "none"] = "implicit"
    username: str = ""
    auth: Literal["password", "xoauth2"] = "password"
    secret: SecretRef | None = None
    daily_traffic: int | None = None
    client_secrets: Path | None = None
    token: SecretRef | None = None
    api_endpoint: str | None = None
    path: Path = Path()

    @property
    def signs_in_with_google(self) -> bool:
        """Whether it is signed in to on a page of Google's, which leaves an authorized-user JSON."""
        return self.backend == "gmail" or self.client_secrets is not None

    @property
    def kept_in(self) -> SecretRef | None:
        """Where its one secret is kept."""
        return self.token if self.backend == "gmail" else self.secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The whole config. ``path`` is the file that it came from, ``templates`` the user's own letters (may be missing).

    ``env`` is the environment, in which secrets may stand.
    """

    accounts: tuple[AccountSettings, ...]
    policy: Policy
    poll: timedelta
    lookback: Delay
    templates: Path
    path: Path
    state_dir: Path
    env: Mapping[str, str] = field(repr=False)
