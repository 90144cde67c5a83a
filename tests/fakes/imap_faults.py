"""A line between client and IMAP server that misbehaves as told: cuts, hangs, refuses or lies.

It forwards to a real server; only what a rule names goes wrong, so everything around the fault is real.
"""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import BinaryIO

Rewrite = Callable[[bytes], bytes]
_LITERAL = re.compile(rb"\{(\d+)\+?\}\r\n\Z")


@dataclass(slots=True, kw_only=True)
class Rule:
    """What goes wrong with the commands that ``on`` is found in (without their tags), ``times`` times.

    ``refuse``: the answer, instead of the server's. ``cut``: the line closes after that many octets of the answer.
    ``hang``: no answer comes. ``command``, ``answer``: what is made of the command, and of each line of the answer.
    """

    on: bytes
    times: int = 1
    refuse: bytes | None = None
    cut: int | None = None
    hang: bool = False
    command: Rewrite | None = None
    answer: Rewrite | None = None


@dataclass(slots=True)
class Line:
    """The misbehaving line, listening on ``port``. ``commands`` are all that went over it; ``down`` and ``up`` count octets,
    ``turns`` how often the client spoke after the server had: the round trips."""

    target: tuple[str, int]
    rules: list[Rule] = field(default_factory=list)
    greeting: bytes | None = None
    commands: list[bytes] = field(default_factory=list)
    connections: int = 0
    up: int = 0
    down: int = 0
    turns: int = 0
    _upward: bool = False
    _server: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))
    _open: list[socket.socket] = field(default_factory=list)
    _threads: list[threading.Thread] = field(default_factory=list)

    over: threading.Event = field(default_factory=threading.Event)

    @property
    def port(self) -> int:
        return int(self._server.getsockname()[1])

    def drop(self) -> None:
        """Close every connection that is open now."""
        for end in self._open:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self.over.set()
        self.drop()
        for thread in self._threads:
            thread.join(5)
        for end in self._open:
            end.close()

    def serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._server.accept()
                self.connections += 1
                if self.greeting is not None:
                    client.sendall(self.greeting)
                    client.close()
                    continue
                server = socket.create_connection(self.target)
                for end in (client, server):
                    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._open += (client, server)
                self._threads += _Connection(self, client, server).start()

    def rule(self, command: bytes) -> Rule | None:
        """The first rule that this command falls under; it is used up by one."""
        for rule in self.rules:
            if rule.times > 0 and rule.on in command:
                rule.times -= 1
                return rule
        return None


@contextmanager
def faulty(host: str, port: int, *rules: Rule, greeting: bytes | None = None) -> Iterator[Line]:
    line = Line((host, port), list(rules), greeting)
    thread = threading.Thread(target=line.serve, daemon=True)
    thread.start()
    try:
        yield line
    finally:
        line.close()
        thread.join(5)


@dataclass(slots=True)
class _Connection:
    line: Line
    client: socket.socket
    server: socket.socket
    rules: dict[bytes, Rule] = field(default_factory=dict)
    active: list[Rule] = field(default_factory=list)

    def start(self) -> list[threading.Thread]:
        threads = [threading.Thread(target=self._guarded, args=(p,), daemon=True) for p in (self._up, self._down)]
        for thread in threads:
            thread.start()
        return threads

    def _guarded(self, pump: Callable[[BinaryIO], None]) -> None:
        end = self.client if pump == self._up else self.server
        with suppress(OSError, ValueError), end.makefile("rb") as source:
            pump(source)
        for end in (self.client, self.server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _up(self, source: BinaryIO) -> None:
        while command := source.readline():
            self.line.up += len(command)
            self.line.turns += not self.line._upward
            self.line._upward = True
            tag, _, rest = command.rstrip(b"\r\n").partition(b" ")
            self.line.commands.append(rest)
            rule = self.line.rule(rest)
            if rule and rule.refuse is not None:
                self.client.sendall(tag + b" " + rule.refuse + b"\r\n")
                continue
            if rule:
                self.rules[tag] = rule
                self.active.append(rule)
                command = rule.command(command) if rule.command else command
            self.server.sendall(command)
            if mark := _LITERAL.search(command):
                octets = source.read(int(mark[1]))
                self.line.up += len(octets)
                self.server.sendall(octets)

    def _down(self, source: BinaryIO) -> None:
        passed = 0
        while line := source.readline():
            tag = line.partition(b" ")[0]
            rule = self.active[0] if self.active else None
            for octets in self._pieces(source, line, rule):
                if rule and rule.hang:
                    self.line.over.wait(30)
                    return
                if rule and rule.cut is not None and passed + len(octets) >= rule.cut:
                    self.client.sendall(octets[: rule.cut - passed])
                    return
                passed += len(octets) if rule else 0
                self.line.down += len(octets)
                self.line._upward = False
                self.client.sendall(octets)
            if tag in self.rules:
                self.active.remove(self.rules.pop(tag))
                passed = 0

    @staticmethod
    def _pieces(source: BinaryIO, line: bytes, rule: Rule | None) -> Iterator[bytes]:
        """The line as it goes on, and the literals in it with what follows them."""
        while mark := _LITERAL.search(line):
            yield rule.answer(line) if rule and rule.answer else line
            yield source.read(int(mark[1]))
            line = source.readline()
        yield rule.answer(line) if rule and rule.answer else line
