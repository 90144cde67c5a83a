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

    ``secret`` is the password, or with ``auth`` xoauth2 the access token, of an IMAP account; ``token`` is where the
    authorized-user JSON of a Gmail account is kept, ``client_secrets`` the file of its OAuth client. ``daily_traffic`` is how
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
