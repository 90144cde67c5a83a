"""Secrets by reference: the config says where a password or token is kept, and here it is fetched from there.

A secret is held no longer than a call, and stands in no message, log line or repr.
"""

from __future__ import annotations

import os
import stat
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from followupd.core.errors import AuthError

SERVICE = "followupd"
"""The service name under which entries stand in a keyring."""

_SECONDS = 30
_MOST_OCTETS = 1 << 16


class SecretKind(StrEnum):
    """Where a secret can be kept: the one key of a reference in the config."""

    KEYRING = "keyring"
    CREDENTIAL = "credential"
    FILE = "file"
    COMMAND = "command"
    ENV = "env"


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretRef:
    """Where a secret is kept. ``name`` is the entry, credential, variable or absolute path; ``argv`` is the command's."""

    kind: SecretKind
    name: str = ""
    argv: tuple[str, ...] = field(default=(), repr=False)

    def __str__(self) -> str:
        return f"{self.kind} {self.argv[0] if self.argv else self.name!r}"

    @property
    def storable(self) -> bool:
        """Whether followupd itself can put a secret there."""
        return self.kind in (SecretKind.KEYRING, SecretKind.FILE)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSecrets:
    """The port Secrets over the references of the config: account name to reference."""

    refs: Mapping[str, SecretRef]
    env: Mapping[str, str] = field(repr=False)

    def get(self, account: str) -> str:
        return resolve(self.refs.get(account), self.env)


def resolve(ref: SecretRef | None, env: Mapping[str, str]) -> str:
    """The secret that ``ref`` stands for, without the line end that files and commands add. Raises AuthError."""
    if ref is None:
        raise AuthError("The account has no secret.", remedy="Say in the config where it is kept: {keyring = NAME}.")
    match ref.kind:
        case SecretKind.KEYRING:
            found = _from_keyring(ref)
        case SecretKind.CREDENTIAL:
            found = _from_credential(ref, env)
        case SecretKind.FILE:
            found = _from_file(ref)
        case SecretKind.COMMAND:
            found = _from_command(ref, env)
        case SecretKind.ENV:
            found = env.get(ref.name, "")
    secret = found.rstrip("\r\n")
    if not secret:
        raise AuthError(f"There is no secret in {ref}.", remedy=_HOW_TO_FILL[ref.kind].format(name=ref.name))
    return secret


_HOW_TO_FILL = {
    SecretKind.KEYRING: "Run followupd auth for the account, or `keyring set followupd {name}`.",
    SecretKind.CREDENTIAL: "Give the service LoadCredential={name}:PATH or LoadCredentialEncrypted={name}:PATH.",
    SecretKind.FILE: "Write the secret into {name}.",
    SecretKind.COMMAND: "Let the command print the secret on its standard output.",
    SecretKind.ENV: "Set the variable {name} in the environment of followupd.",
}


def _from_keyring(ref: SecretRef) -> str:
    try:
        import keyring

        return keyring.get_password(SERVICE, ref.name) or ""
    except Exception as e:  # a keyring backend is a plug-in, and may raise anything
        raise _no_keyring(ref, e) from e


def _no_keyring(ref: SecretRef, error: Exception) -> AuthError:
    return AuthError(
        f"The keyring cannot be used for {ref} ({type(error).__name__}).",
        remedy="Unlock it, or keep the secret elsewhere: on a server as a systemd credential, or in a file of mode 0600.",
    )


def _from_credential(ref: SecretRef, env: Mapping[str, str]) -> str:
    folder = env.get("CREDENTIALS_DIRECTORY")
    if not folder:
        raise AuthError(
            f"There is no {ref}: systemd has set no CREDENTIALS_DIRECTORY.",
            remedy=_HOW_TO_FILL[ref.kind].format(name=ref.name),
        )
    return _read(ref, Path(folder) / ref.name)


def _from_file(ref: SecretRef) -> str:
    return _read(ref, Path(ref.name), private=True)


def _read(ref: SecretRef, path: Path, *, private: bool = False) -> str:
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            if private and stat.S_IMODE(mode) & 0o077:
                raise AuthError(f"Others can read {path}.", remedy=f"chmod 600 {path}")
            return file.read(_MOST_OCTETS).decode()
    except OSError as e:
        raise AuthError(
            f"{path} cannot be read: {e.strerror}.", remedy=_HOW_TO_FILL[ref.kind].format(name=ref.name)
        ) from e
    except UnicodeDecodeError:
        raise AuthError(f"{path} holds no text.", remedy=_HOW_TO_FILL[ref.kind].format(name=ref.name)) from None


def _from_command(ref: SecretRef, env: Mapping[str, str]) -> str:
    """Standard output of the command. What it says on standard error is not shown: it may quote the secret."""
    remedy = "Run the command yourself in a terminal, as the user that followupd runs as, and see what it says."
    try:
        done = subprocess.run(  # noqa: S603 - it is the user's own command, and no shell reads it
            ref.argv, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, env=dict(env), check=False
        )
        text = done.stdout.decode()
    except OSError as e:
        raise AuthError(f"The {ref} cannot be run: {e.strerror}.", remedy=remedy) from e
    except subprocess.TimeoutExpired:
        raise AuthError(f"The {ref} gave no secret within {_SECONDS} s.", remedy=remedy) from None
    except UnicodeDecodeError:
        raise AuthError(f"The {ref} printed no text.", remedy=remedy) from None
    if done.returncode:
        raise AuthError(f"The {ref} ended with status {done.returncode}.", remedy=remedy)
    return text


def store(ref: SecretRef, secret: str) -> None:
    """Keep ``secret`` where ``ref`` says. Raises AuthError where that is not for followupd to write."""
    match ref.kind:
        case SecretKind.KEYRING:
            _to_keyring(ref, secret)
        case SecretKind.FILE:
            _to_file(Path(ref.name), secret)
        case _:
            raise AuthError(f"followupd cannot write to {ref}.", remedy=_HOW_TO_FILL[ref.kind].format(name=ref.name))


def _to_keyring(ref: SecretRef, secret: str) -> None:
    try:
        import keyring

        keyring.set_password(SERVICE, ref.name, secret)
        kept = keyring.get_password(SERVICE, ref.name)
    except Exception as e:  # a keyring backend is a plug-in, and may raise anything
        raise _no_keyring(ref, e) from e
    if kept != secret:  # the null backend takes everything and keeps nothing
        raise _no_keyring(ref, LookupError())


def _to_file(path: Path, secret: str) -> None:
    """Replace the file in one step, readable by its owner alone from the beginning."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(secret + "\n")
                file.flush()
                os.fsync(handle)
            Path(beside).replace(path)
        except OSError:
            with suppress(OSError):
                Path(beside).unlink()
            raise
    except OSError as e:
        raise AuthError(
            f"{path} cannot be written: {e.strerror}.", remedy=f"Let followupd write to {path.parent}."
        ) from e
