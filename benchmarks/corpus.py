"""A large made-up mailbox: what an ordinary inbox of five years looks like, and a little hiring mail in it."""

from __future__ import annotations

import base64
import os
import random
import subprocess
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

MY_ADDRESS = "dana.reyes@example.org"
ME = f"Dana Reyes <{MY_ADDRESS}>"
_PROSE = (
    "about after again all also and any because before between both could day each every first from good great group "
    "have here home just know large last late line list little long look made make many meeting month more most much "
    "need never next note number often only order other over part people place plan point project question read ready "
    "report right same send should small some still such team than thank their them then there these they thing think "
    "this those through time today together under until update very want week well what when where which while with "
    "work would year your"
)
WORDS = _PROSE.split()
FIRST = (
    "Ada",
    "Bo",
    "Chi",
    "Dov",
    "Eve",
    "Finn",
    "Gül",
    "Hana",
    "Ivo",
    "Jun",
    "Kai",
    "Lea",
    "Mia",
    "Noa",
    "Ole",
    "Pia",
)
LAST = ("Berg", "Costa", "Dahl", "Ekström", "Fuchs", "Grau", "Horváth", "Ito", "Jansen", "Kovač", "Lang", "Moreau")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How large a mailbox: ``inbox`` and ``sent`` messages, spread evenly over ``days`` up to ``end``."""

    inbox: int = 90_000
    sent: int = 10_000
    days: int = 730
    end: datetime
    seed: int = 7

    @property
    def total(self) -> int:
        return self.inbox + self.sent


def write_maildir(root: Path, shape: Shape, owner: tuple[int, int] | None) -> int:
    """Write the mailbox as a Maildir++ at ``root``; how many octets its messages have."""
    size = 0
    for folder, count, make in (("", shape.inbox, received), (".Sent", shape.sent, sent)):
        target = root / folder
        for sub in ("cur", "new", "tmp"):
            (target / sub).mkdir(parents=True, exist_ok=True)
        dice = random.Random(f"{shape.seed}{folder}")
        step = timedelta(days=shape.days) / count
        for number in range(count):
            when = shape.end - shape.days * timedelta(days=1) + step * number
            size += _write(target / "cur", make(dice, number, when), when, number)
    if owner:
        subprocess.run(["chown", "-R", f"{owner[0]}:{owner[1]}", str(root.parent)], check=True)
    return size


def hiring_maildir(root: Path, count: int, end: datetime) -> None:
    """A Maildir with ``count`` hiring processes: an application sent and acknowledged, each at a company of its own."""
    dice = random.Random(count)
    for sub in ("cur", "new", "tmp"):
        for folder in (root, root / ".Sent", root / ".Drafts"):
            (folder / sub).mkdir(parents=True, exist_ok=True)
    for number in range(count):
        when = end - timedelta(hours=2 * number)
        company = f"{FIRST[number % len(FIRST)]}{LAST[number // len(FIRST) % len(LAST)]}{number}".encode(
            "ascii", "ignore"
        ).decode()
        host = f"{company.lower()}.example"
        head = _head(dice, number, when, sender=ME, to=f"Maria Lopez <maria@{host}>", ident="a")
        head += f"Subject: Application for Data Engineer at {company}\r\nContent-Type: text/plain; charset=utf-8\r\n"
        _write(
            root / ".Sent" / "cur",
            _whole(head, "Hello Maria,\n\nplease find my application attached.\n\nDana\n"),
            when,
            number,
        )
        when += timedelta(hours=20)
        head = _head(dice, number, when, sender=f"Maria Lopez <maria@{host}>", to=ME, ident="r")
        head += (
            f"Subject: Re: Application for Data Engineer at {company}\r\nIn-Reply-To: <a{number}@mail.example>\r\n"
            f"References: <a{number}@mail.example>\r\nContent-Type: text/plain; charset=utf-8\r\n"
        )
        body = (
            f"Hello Dana,\n\nthank you for applying to {company}. We have received your application.\n\nMaria Lopez\n"
        )
        _write(root / "cur", _whole(head, body), when, number)


def _write(folder: Path, raw: bytes, when: datetime, number: int) -> int:
    moment = int(when.timestamp())
    path = f"{folder}/{moment}.M{number:06d}P1.bench,S={len(raw)}:2,S"
    with open(path, "wb", buffering=0) as file:  # noqa: PTH123 - 100,000 times
        file.write(raw)
    os.utime(path, (moment, moment))
    return len(raw)


# --- messages ------------------------------------------------------------------------------------------------------


def received(dice: random.Random, number: int, when: datetime) -> bytes:
    """One message of the inbox: half are lists and notices, a few are about hiring, some bring an attachment."""
    kind = dice.random()
    if kind < 0.005:
        return _hiring(dice, number, when)
    if kind < 0.5:
        return _bulk(dice, number, when)
    return _personal(dice, number, when, to=ME, sender=_person(dice))


def sent(dice: random.Random, number: int, when: datetime) -> bytes:
    return _personal(dice, number, when, to=_person(dice), sender=ME, ident="s")


def _hiring(dice: random.Random, number: int, when: datetime) -> bytes:
    company = f"acme{dice.randrange(60)}"
    body = f"Hello Dana,\n\nthank you for your application. {_text(dice, 60)}\n\nKind regards\nMaria Lopez\n"
    head = _head(dice, number, when, sender=f"Maria Lopez <maria@{company}.example>", to=ME, ident="h")
    head += f"Subject: Your application at {company.title()}\r\nContent-Type: text/plain; charset=utf-8\r\n"
    return _whole(head, body)


def _bulk(dice: random.Random, number: int, when: datetime) -> bytes:
    house = f"news{dice.randrange(300)}.example"
    text = _text(dice, 120)
    html = "".join(f'<tr><td style="padding:8px"><p>{_text(dice, 30)}</p></td></tr>' for _ in range(25))
    head = _head(dice, number, when, sender=f'"The {house} letter" <letter@{house}>', to=ME, ident="b")
    head += (
        f"Subject: {_text(dice, 6).title()}\r\nList-Id: <letter.{house}>\r\nPrecedence: bulk\r\n"
        f"List-Unsubscribe: <https://{house}/u/{number:x}>, <mailto:leave@{house}?subject={number:x}>\r\n"
        f"Feedback-ID: {number}:letter:{house}\r\n"
    )
    return _whole(*_alternative(head, text, html))


def _personal(dice: random.Random, number: int, when: datetime, *, to: str, sender: str, ident: str = "p") -> bytes:
    head = _head(dice, number, when, sender=sender, to=to, ident=ident)
    if dice.random() < 0.5:
        parents = " ".join(f"<{ident}{number - back}@mail.example>" for back in (3, 2, 1))
        head += f"In-Reply-To: <{ident}{number - 1}@mail.example>\r\nReferences: {parents}\r\n"
    if dice.random() < 0.2:
        head += f"Cc: {_person(dice)}, {_person(dice)}\r\n"
    head += f"Subject: {'Re: ' if dice.random() < 0.5 else ''}{_text(dice, 5)} — {number}\r\n".replace(
        "—", "=?utf-8?q?=E2=80=94?="
    )
    text = _text(dice, 150)
    if dice.random() < 0.06:
        return _whole(*_attached(head, text, dice.randbytes(60_000)))
    return _whole(*_alternative(head, text, f"<div>{text}</div>"))


def _head(dice: random.Random, number: int, when: datetime, *, sender: str, to: str, ident: str) -> str:
    host = f"mx{dice.randrange(9)}.example"
    hops = "".join(
        f"Received: from {host} ([192.0.2.{dice.randrange(255)}])\r\n\tby mail.example.org with ESMTPS id {dice.randbytes(9).hex()}\r\n"
        f"\tfor <dana.reyes@example.org>; {format_datetime(when)}\r\n"
        for _ in range(3)
    )
    signature = "\r\n\t".join(base64.b64encode(dice.randbytes(48)).decode() for _ in range(6))
    return (
        f"Return-Path: <bounce-{number}@{host}>\r\n{hops}"
        f"Authentication-Results: mail.example.org; dkim=pass header.i=@{host}; spf=pass smtp.mailfrom={host}; dmarc=pass\r\n"
        f"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d={host}; s=k1;\r\n\tb={signature}\r\n"
        f"Date: {format_datetime(when)}\r\nFrom: {_encoded(sender)}\r\nTo: {_encoded(to)}\r\n"
        f"Message-ID: <{ident}{number}@mail.example>\r\nMIME-Version: 1.0\r\nX-Mailer: Mailer 9.{dice.randrange(9)}\r\n"
    )


def _alternative(head: str, text: str, html: str) -> tuple[str, str]:
    mark = "=_alt_7f3a"
    body = (
        f"--{mark}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n--{mark}\r\n"
        f"Content-Type: text/html; charset=utf-8\r\n\r\n<html><body>{html}</body></html>\r\n--{mark}--\r\n"
    )
    return f'{head}Content-Type: multipart/alternative; boundary="{mark}"\r\n', body


def _attached(head: str, text: str, content: bytes) -> tuple[str, str]:
    mark = "=_mix_19c0"
    data = base64.encodebytes(content).decode().replace("\n", "\r\n")
    body = (
        f"--{mark}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n--{mark}\r\n"
        'Content-Type: application/pdf; name="plan.pdf"\r\nContent-Disposition: attachment; filename="plan.pdf"\r\n'
        f"Content-Transfer-Encoding: base64\r\n\r\n{data}--{mark}--\r\n"
    )
    return f'{head}Content-Type: multipart/mixed; boundary="{mark}"\r\n', body


def _whole(head: str, body: str) -> bytes:
    return f"{head}\r\n{body}".encode()


def _person(dice: random.Random) -> str:
    """One of the 800 with whom mail goes to and fro, some much more often than others."""
    number = int(800 * dice.random() ** 2)
    name = f"{FIRST[number % len(FIRST)]} {LAST[number // len(FIRST) % len(LAST)]}"
    return f"{name} <p{number}@mail{number % 40}.example>"


def _encoded(address: str) -> str:
    name, _, rest = address.partition(" <")
    return address if name.isascii() else f"=?utf-8?b?{base64.b64encode(name.encode()).decode()}?= <{rest}"


def _text(dice: random.Random, words: int) -> str:
    return " ".join(dice.choices(WORDS, k=words))
