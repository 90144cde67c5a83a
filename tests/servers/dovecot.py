"""Start and stop a real Dovecot of one's own on a free loopback port, as root or as an ordinary user."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from imapclient import imap_utf7

USER = "dana"
PASSWORD = "secret"
SPECIAL_USE = {
    "Sent": r"\Sent",
    "Drafts": r"\Drafts",
    "Trash": r"\Trash",
    "Junk": r"\Junk",
    "Archive": r"\Archive",
}
SEARCH_PATH = os.pathsep.join((os.defpath, "/usr/sbin", "/usr/local/sbin", "/sbin"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What kind of server. ``mailboxes`` maps names to their special use ("" for none); ``hide`` are capabilities that
    the server has but shall not tell of; ``views`` are virtual mailboxes below ``Virtual``, by name: their special use, and
    what they show, in Dovecot's words. ``introspection`` is the address (RFC 7662) that is asked whether an access token
    serves: then XOAUTH2 and OAUTHBEARER are there as well.
    """

    tls: bool = False
    mailboxes: Mapping[str, str] = field(default_factory=lambda: SPECIAL_USE)
    hide: tuple[str, ...] = ()
    views: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    introspection: str = ""
    separator: str = "."
    prefix: str = ""
    mail_format: str = "maildir"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dovecot:
    """A running server: plain (and STARTTLS, where ``certificate`` is there) on ``port``, implicit TLS on ``tls_port``."""

    root: Path
    host: str
    port: int
    tls_port: int | None
    certificate: Path | None
    process: subprocess.Popen[bytes]
    user: str = USER
    password: str = PASSWORD

    def home(self, user: str | None = None) -> Path:
        return self.root / "mail" / (user or self.user)

    @property
    def owner(self) -> tuple[int, int] | None:
        """User and group that mail written beside the server must belong to; None if it is the writer's anyway."""
        account = pwd.getpwnam(_mail_user())
        return (account.pw_uid, account.pw_gid) if os.geteuid() == 0 else None

    def doveadm(self, *arguments: str) -> str:
        """Run doveadm against this server and return its standard output."""
        command = [_program("doveadm"), "-c", str(self.root / "dovecot.conf"), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def log(self) -> str:
        return (self.root / "dovecot.log").read_text("utf-8", "replace")

    def stop(self) -> None:
        """End it and delete all that it kept."""
        os.killpg(self.process.pid, signal.SIGKILL)  # nothing of it is kept, and an orderly end takes seconds
        self.process.wait(20)
        shutil.rmtree(self.root, ignore_errors=True)


def missing() -> str:
    """Why no Dovecot can be started here; "" if one can."""
    if not _program("dovecot"):
        return "dovecot is not installed (Debian: apt install dovecot-imapd)"
    return ""


@contextmanager
def running(options: Options | None = None) -> Iterator[Dovecot]:
    """A server that stops, and leaves nothing, at the end. Any user name signs in, with PASSWORD, to mail of its own."""
    server = start(options or Options())
    try:
        yield server
    finally:
        server.stop()


def start(options: Options) -> Dovecot:
    """Start a server and wait until it answers. Raises RuntimeError with its log if it does not within ten seconds."""
    root = Path(tempfile.mkdtemp(prefix="dovecot-"))
    root.chmod(0o755)
    port, tls_port = _free_port(), _free_port() if options.tls else None
    certificate = _certificate(root) if options.tls else None
    (root / "dovecot.conf").write_text(_config(root, port, tls_port, options), encoding="utf-8")
    (root / "mail").mkdir()
    if os.geteuid() == 0:
        account = pwd.getpwnam(_mail_user())
        os.chown(root / "mail", account.pw_uid, account.pw_gid)
    process = subprocess.Popen([_program("dovecot"), "-F", "-c", str(root / "dovecot.conf")], start_new_session=True)
    server = Dovecot(
        root=root, host="127.0.0.1", port=port, tls_port=tls_port, certificate=certificate, process=process
    )
    _wait(server)
    return server


def _wait(server: Dovecot) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            with closing(socket.create_connection((server.host, server.port), 1)) as connection:
                if connection.recv(1024).startswith(b"* OK"):
                    return
        except OSError:
            time.sleep(0.05)
    log = server.log() if (server.root / "dovecot.log").exists() else ""
    with suppress(ProcessLookupError):
        server.stop()
    raise RuntimeError(f"Dovecot did not start: {log}")


def _program(name: str) -> str:
    return shutil.which(name) or shutil.which(name, path=SEARCH_PATH) or ""


def _mail_user() -> str:
    """Whose files the mail is: Dovecot serves no mail as root."""
    return "nobody" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _certificate(root: Path) -> Path:
    """A self-signed certificate for localhost and 127.0.0.1; the key lies beside it."""
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    command += ["-keyout", str(root / "key.pem"), "-out", str(root / "cert.pem")]
    subprocess.run(command, check=True, capture_output=True)
    return root / "cert.pem"


def _config(root: Path, port: int, tls_port: int | None, options: Options) -> str:
    mine = pwd.getpwuid(os.geteuid()).pw_name
    mail = pwd.getpwnam(_mail_user())
    internal, login = ("dovecot", "dovenull") if os.geteuid() == 0 else (mine, mine)
    capability = " ".join(f"-{name}" for name in options.hide)
    return f"""
protocols = imap
listen = 127.0.0.1
base_dir = {root}/run
state_dir = {root}/state
log_path = {root}/dovecot.log
default_internal_user = {internal}
default_internal_group = {_group(internal)}
default_login_user = {login}
first_valid_uid = 1
first_valid_gid = 1
disable_plaintext_auth = no
auth_mechanisms = plain login {"xoauth2 oauthbearer" if options.introspection else ""}
auth_failure_delay = 0
mail_location = {_location(options)}
mail_plugins = {"virtual" if options.views else ""}
mailbox_idle_check_interval = 1 s
mail_max_userip_connections = 100
maildir_copy_with_hardlinks = no
mail_fsync = never
{f"imap_capability = {_capability(options.hide)}" if capability else ""}
{_tls(root) if options.tls else "ssl = no"}
{_tokens(root, options.introspection) if options.introspection else ""}
passdb {{
  driver = static
  args = password={PASSWORD}
}}
userdb {{
  driver = static
  args = uid={mail.pw_uid} gid={mail.pw_gid} home={root}/mail/%u
}}
namespace inbox {{
  inbox = yes
  separator = {options.separator}
  prefix = {options.prefix}
{_mailboxes(options.mailboxes)}
}}
{_virtual(root, options) if options.views else ""}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  process_min_avail = 1
  service_count = 0
  process_limit = 2
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port or 0}
  }}
}}
service imap {{
  service_count = 50
  process_limit = 200
}}
service imap-urlauth-login {{
  process_limit = 1
}}
"""


def _location(options: Options) -> str:
    return f"{options.mail_format}:~/mail"


def _tokens(root: Path, introspection: str) -> str:
    (root / "tokens.conf").write_text(
        f"introspection_mode = post\nintrospection_url = {introspection}\nusername_attribute = username\n"
        "active_attribute = active\nactive_value = true\n"
    )
    return f"passdb {{\n  driver = oauth2\n  mechanisms = xoauth2 oauthbearer\n  args = {root}/tokens.conf\n}}"


def _group(user: str) -> str:
    import grp

    return grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name


def _tls(root: Path) -> str:
    return f"ssl = yes\nssl_cert = <{root}/cert.pem\nssl_key = <{root}/key.pem\nssl_dh ="


def _mailboxes(uses: Mapping[str, str], *, auto: str = "subscribe") -> str:
    lines = []
    for name, use in uses.items():
        special = f"\n    special_use = {use}" if use else ""
        lines.append(f'  mailbox "{name}" {{\n    auto = {auto}{special}\n  }}')
    return "\n".join(lines)


def _virtual(root: Path, options: Options) -> str:
    for name, (_, shown) in options.views.items():
        folder = root / "virtual" / imap_utf7.encode(name).decode()
        folder.mkdir(parents=True)
        (folder / "dovecot-virtual").write_bytes(shown.encode())
    return f"""
namespace virtual {{
  prefix = Virtual{options.separator}
  separator = {options.separator}
  location = virtual:{root}/virtual:INDEX=~/virtual-index
{_mailboxes({name: use for name, (use, _) in options.views.items()}, auto="no")}
}}
"""


CAPABILITIES = (
    "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT THREAD=REFERENCES MULTIAPPEND UNSELECT CHILDREN NAMESPACE "
    "UIDPLUS LIST-EXTENDED CONDSTORE QRESYNC ESEARCH ESORT SEARCHRES WITHIN CONTEXT=SEARCH LIST-STATUS BINARY MOVE "
    "SNIPPET=FUZZY PREVIEW=FUZZY STATUS=SIZE SAVEDATE LITERAL+ SPECIAL-USE"
)


def _capability(hide: tuple[str, ...]) -> str:
    return " ".join(word for word in CAPABILITIES.split() if word not in hide)
