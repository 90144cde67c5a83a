"""Secrets by reference: fetched from where they are kept, and shown nowhere."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail, null

from followupd.adapters import secrets
from followupd.adapters.secrets import AccountSecrets, SecretKind, SecretRef
from followupd.core.errors import AuthError

HIDDEN = "correct horse"


class MemoryKeyring(KeyringBackend):
    """A keyring that keeps its entries, like a desktop's once it is unlocked."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.entries: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[service, username] = password


class HeadlessKeyring(MemoryKeyring):
    """One that wants to ask on a terminal, where there is none."""

    def get_password(self, service: str, username: str) -> str | None:  # noqa: ARG002 - the library's signature
        raise EOFError

    def set_password(self, service: str, username: str, password: str) -> None:  # noqa: ARG002 - the library's signature
        raise EOFError


@pytest.fixture
def use() -> Iterator[Callable[[KeyringBackend], None]]:
    before = keyring.get_keyring()
    yield keyring.set_keyring
    keyring.set_keyring(before)


def refused(ref: SecretRef | None, env: dict[str, str] | None = None) -> AuthError:
    with pytest.raises(AuthError) as raised:
        secrets.resolve(ref, env or {})
    error = raised.value
    assert error.remedy
    told = "".join(traceback.format_exception(error))
    assert HIDDEN not in told
    return error


def test_keyring(use: Callable[[KeyringBackend], None]) -> None:
    use(MemoryKeyring())
    ref = SecretRef(kind=SecretKind.KEYRING, name="personal")
    assert "followupd auth" in refused(ref).remedy
    secrets.store(ref, HIDDEN)
    assert secrets.resolve(ref, {}) == HIDDEN
    refused(SecretRef(kind=SecretKind.KEYRING, name="other"))


@pytest.mark.parametrize("backend", [fail.Keyring, null.Keyring, HeadlessKeyring])
def test_a_keyring_that_does_not_work(use: Callable[[KeyringBackend], None], backend: type[KeyringBackend]) -> None:
    use(backend())
    ref = SecretRef(kind=SecretKind.KEYRING, name="personal")
    with pytest.raises(AuthError) as raised:
        secrets.resolve(ref, {})
    assert raised.value.remedy
    with pytest.raises(AuthError) as raised:
        secrets.store(ref, HIDDEN)
    assert "systemd credential" in raised.value.remedy


def test_credential(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text(f"{HIDDEN}\n")
    ref = SecretRef(kind=SecretKind.CREDENTIAL, name="mail")
    assert secrets.resolve(ref, {"CREDENTIALS_DIRECTORY": str(tmp_path)}) == HIDDEN
    assert "LoadCredential=mail" in refused(ref).remedy
    refused(SecretRef(kind=SecretKind.CREDENTIAL, name="other"), {"CREDENTIALS_DIRECTORY": str(tmp_path)})


def test_file(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    ref = SecretRef(kind=SecretKind.FILE, name=str(path))
    assert str(path) in str(refused(ref))
    path.write_text(f"{HIDDEN}\r\n")
    for mode in (0o644, 0o640, 0o604, 0o602):
        path.chmod(mode)
        assert f"chmod 600 {path}" in refused(ref).remedy
    path.chmod(0o600)
    assert secrets.resolve(ref, {}) == HIDDEN
    path.write_text("\n")
    refused(ref)
    path.write_bytes(b"\xff\xfe")
    refused(ref)
    refused(SecretRef(kind=SecretKind.FILE, name=str(tmp_path)))


def test_file_keeps_json_whole(tmp_path: Path) -> None:
    ref = SecretRef(kind=SecretKind.FILE, name=str(tmp_path / "new" / "token.json"))
    token = json.dumps({"refresh_token": "1//x"}, indent=2)
    secrets.store(ref, token)
    assert secrets.resolve(ref, {}) == token
    path = tmp_path / "new" / "token.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    secrets.store(ref, "another")
    assert secrets.resolve(ref, {}) == "another"
    assert [p.name for p in path.parent.iterdir()] == ["token.json"]


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "folder").mkdir()
    for name in ("file/token.json", "folder"):
        with pytest.raises(AuthError) as raised:
            secrets.store(SecretRef(kind=SecretKind.FILE, name=str(tmp_path / name)), HIDDEN)
        assert raised.value.remedy
        assert HIDDEN not in str(raised.value)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "folder"]


def command(*code: str) -> SecretRef:
    return SecretRef(kind=SecretKind.COMMAND, argv=(sys.executable, "-c", "\n".join(code)))


def test_command(monkeypatch: pytest.MonkeyPatch) -> None:
    assert secrets.resolve(command(f"print('{HIDDEN}')"), {}) == HIDDEN
    assert secrets.resolve(command("import os; print(os.environ['WHERE'])"), {"WHERE": "here"}) == "here"
    assert secrets.resolve(SecretRef(kind=SecretKind.COMMAND, argv=("echo", "$HOME;ls")), {}) == "$HOME;ls"
    assert "status 3" in str(
        refused(command(f"import sys; print('{HIDDEN}'); print('{HIDDEN}', file=sys.stderr); sys.exit(3)"))
    )
    refused(SecretRef(kind=SecretKind.COMMAND, argv=("/nowhere/at-all",)))
    refused(command("import sys; sys.stdout.buffer.write(b'\\xff')"))
    refused(command("pass"))
    monkeypatch.setattr(secrets, "_SECONDS", 0.2)
    assert "0.2 s" in str(refused(command(f"print('{HIDDEN}', flush=True); import time; time.sleep(5)")))


def test_env() -> None:
    ref = SecretRef(kind=SecretKind.ENV, name="MAIL_PASSWORD")
    assert secrets.resolve(ref, {"MAIL_PASSWORD": HIDDEN}) == HIDDEN
    assert "MAIL_PASSWORD" in refused(ref).remedy
    refused(ref, {"MAIL_PASSWORD": ""})


def test_no_reference_at_all() -> None:
    refused(None)


@pytest.mark.parametrize("kind", [SecretKind.CREDENTIAL, SecretKind.COMMAND, SecretKind.ENV])
def test_what_is_not_ours_to_write(kind: SecretKind) -> None:
    ref = SecretRef(kind=kind, name="x", argv=("pass",))
    assert not ref.storable
    with pytest.raises(AuthError) as raised:
        secrets.store(ref, HIDDEN)
    assert raised.value.remedy


def test_the_port() -> None:
    ref = SecretRef(kind=SecretKind.ENV, name="P")
    port = AccountSecrets(refs={"work": ref}, env={"P": HIDDEN})
    assert port.get("work") == HIDDEN
    with pytest.raises(AuthError):
        port.get("home")
    assert HIDDEN not in repr(port)


def test_a_reference_shows_where_and_not_what() -> None:
    ref = SecretRef(kind=SecretKind.COMMAND, argv=("curl", f"-u:{HIDDEN}"))
    assert HIDDEN not in repr(ref)
    assert HIDDEN not in str(ref)
    assert str(SecretRef(kind=SecretKind.KEYRING, name="personal")) == "keyring 'personal'"
