"""How well quotations are stripped, beside the libraries made for it: ``python -m tests.eval.quotes``.

A mail passes when every line of its own is in the result and no quoted line is; what signs (sign-off, name, contact block)
may be there or not. The expected lines of the shared fixtures stand in ``quotes_expected.toml`` as line numbers, labelled
by hand; those of ``tests.eval.clients`` are written with the mails.
"""

from __future__ import annotations

import html
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from followupd.core import rfc5322
from followupd.core.mail import Email, EmailId, Envelope, MailboxRole, MessageId
from followupd.core.text import visible
from tests.eval import clients

FIXTURES = Path(__file__).resolve().parents[3] / "shared/data/fixtures"
EXPECTED = Path(__file__).with_name("quotes_expected.toml")
NOW = datetime(2026, 3, 2, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Mail:
    """One text to strip; ``kept`` and ``gone`` are lines, white space made single."""

    group: str
    name: str
    plain: str | None
    html: str | None
    kept: tuple[str, ...]
    gone: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Score:
    group: str
    stripper: str
    passed: int
    total: int
    failed: tuple[str, ...]


Stripper = Callable[[Mail], str]


# --- mails ---------------------------------------------------------------------------------------------------------


def mails() -> Iterator[Mail]:
    """The written mails, and the shared fixtures where they are there."""
    for case in clients.cases():
        yield Mail("clients", case.name, case.plain, None, case.kept, case.gone)
    for name, label in tomllib.loads(EXPECTED.read_text("utf-8")).items():
        path = FIXTURES / name
        if path.is_file():
            yield _mail(name, path, label)


def _mail(name: str, path: Path, label: dict[str, str]) -> Mail:
    group = name.partition("/")[0] + (" (html)" if path.suffix == ".html" else "")
    plain, rich = _bodies(path)
    lines = [_folded(line) for line in (chunks(rich or "") if plain is None else plain.split("\n"))]
    gone = _chosen(lines, label["gone"])
    elsewhere = Counter(lines) - Counter(gone)  # "Thanks," may stand in the answer too
    return Mail(group, name, plain, rich, _chosen(lines, label["kept"]), tuple(x for x in gone if x not in elsewhere))


def _bodies(path: Path) -> tuple[str | None, str | None]:
    """Plain text and HTML; of a whole message only its plain text."""
    raw = path.read_bytes()
    if path.suffix == ".html":
        return None, raw.decode("utf-8", "replace")
    if path.suffix == ".eml":
        email = rfc5322.parse(raw, id=EmailId("1"), role=MailboxRole.INBOX, received_at=NOW)
        return email.plain or "", None
    return raw.decode("utf-8", "replace").replace("\r\n", "\n"), None


def chunks(rich: str) -> list[str]:
    """The texts between the tags of an HTML mail, in order: a reading that no converter shares."""
    body = re.sub(r"(?is)<(style|script|head|title)\b.*?</\1>|<!--.*?-->", "", rich)
    return [text for piece in re.split(r"<[^>]*>", body) if (text := _folded(html.unescape(piece)))]


def _folded(line: str) -> str:
    return " ".join(line.replace("\u200b", "").split())


def _chosen(lines: list[str], ranges: str) -> tuple[str, ...]:
    """The lines of ``1-3 5``, counted from 1."""
    found = []
    for part in ranges.split():
        first, _, last = part.partition("-")
        found += lines[int(first) - 1 : int(last or first)]
    return tuple(line for line in found if line)


# --- scoring -------------------------------------------------------------------------------------------------------


def passes(mail: Mail, result: str) -> bool:
    """Whether ``result`` holds all that is kept and nothing that is gone."""
    shown = {_folded(line) for line in result.split("\n")}
    if mail.html is not None:
        text = _folded(result)
        return all(line in text for line in mail.kept) and not any(_among(line, shown) for line in mail.gone)
    return all(line in shown for line in mail.kept) and not any(
        line in shown for line in mail.gone if line not in mail.kept
    )


def _among(line: str, shown: set[str]) -> bool:
    return any(line in other for other in shown) if len(line) > 12 else line in shown


def score(name: str, strip: Stripper) -> list[Score]:
    """The scores of one stripper, a row for each set of mails."""
    results: dict[str, list[tuple[str, bool]]] = {}
    for mail in mails():
        results.setdefault(mail.group, []).append((mail.name, passes(mail, strip(mail))))
    return [
        Score(group, name, sum(ok for _, ok in rows), len(rows), tuple(n for n, ok in rows if not ok))
        for group, rows in results.items()
    ]


# --- strippers -----------------------------------------------------------------------------------------------------


def ours(mail: Mail) -> str:
    """followupd's own."""
    envelope = Envelope(id=EmailId("1"), role=MailboxRole.INBOX, message_id=MessageId("<1@x.example>"), received_at=NOW)
    return visible(Email(envelope=envelope, plain=mail.plain, html=mail.html)).text


def _text(mail: Mail) -> str:
    """For libraries that read text only: HTML as the usual converter writes it."""
    if mail.plain is not None:
        return mail.plain
    return str(import_module("html2text").html2text(mail.html or "", bodywidth=0))


def _mail_parser_reply(mail: Mail) -> str:
    module = import_module("mailparser_reply")
    languages = ["en", "de", "fr", "es", "pt", "it", "nl", "pl"]
    return str(module.EmailReplyParser(languages=languages).parse_reply(text=_text(mail)) or "")


def _email_reply_parser(mail: Mail) -> str:
    return str(import_module("email_reply_parser").EmailReplyParser.parse_reply(_text(mail)))


def _quotequail(mail: Mail) -> str:
    module = import_module("quotequail")
    strip = module.quote_html if mail.plain is None else module.quote
    pieces = strip(mail.plain if mail.plain is not None else mail.html, quote_intro_line=True)
    shown = "\n".join(text for expand, text in pieces if expand)
    return shown if mail.plain is not None else "\n".join(chunks(shown))


def _talon(mail: Mail) -> str:
    module = import_module("talon.quotations")
    if mail.plain is None:
        return "\n".join(chunks(str(module.extract_from_html(mail.html or ""))))
    return str(module.extract_from_plain(mail.plain))


OTHERS: dict[str, Stripper] = {
    "mail-parser-reply": _mail_parser_reply,
    "email-reply-parser": _email_reply_parser,
    "quotequail": _quotequail,
    "talon": _talon,
}


def _unless_it_fails(strip: Stripper) -> Stripper:
    """A library that raises on a mail has not stripped it: everything stays."""

    def stripped(mail: Mail) -> str:
        try:
            return strip(mail)
        except Exception:  # noqa: BLE001 - whatever a library raises
            return _text(mail)

    return stripped


def compare() -> Iterator[Score]:
    """Ours, and of the others those that are installed."""
    yield from score("followupd", ours)
    for name, strip in OTHERS.items():
        try:
            strip(Mail("", "", "a", None, (), ()))
        except ModuleNotFoundError:
            continue
        yield from score(name, _unless_it_fails(strip))


def main() -> None:
    """Print the comparison."""
    for row in compare():
        print(f"{row.stripper:20} {row.group:40} {row.passed:4}/{row.total}")  # noqa: T201 - a program's output
        if row.stripper == "followupd":
            for name in row.failed:
                print(f"    failed: {name}")  # noqa: T201


if __name__ == "__main__":
    main()
