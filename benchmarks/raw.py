"""The least a client can do: send the command, read the octets, throw them away."""

from __future__ import annotations

import socket
import time
from types import TracebackType
from typing import Self


class RawClient:
    """One signed-in connection; ``up`` and ``down`` count octets."""

    def __init__(self, host: str, port: int, user: str, password: str) -> None:
        self._socket = socket.create_connection((host, port), timeout=60)
        self._number = 0
        self._buffer = bytearray(1 << 18)
        self.up = self.down = 0
        self._socket.recv(4096)
        self.ask(f"LOGIN {user} {password}".encode())

    def ask(self, command: bytes) -> int:
        """Send ``command``, read until its completion, and return how many octets came. Raises RuntimeError if refused."""
        self._number += 1
        tag = b"R%d" % self._number
        self._socket.sendall(b"%s %s\r\n" % (tag, command))
        self.up += len(tag) + len(command) + 3
        came, tail = 0, b""
        while not (tail.endswith(b"\r\n") and tail[:-2].rpartition(b"\r\n")[2].startswith(tag)):
            count = self._socket.recv_into(self._buffer)
            if not count:
                raise RuntimeError("the server closed the connection")
            came += count
            tail = (tail + self._buffer[max(0, count - 2048) : count])[-2048:]
        if b"%s OK" % tag not in tail:
            raise RuntimeError(f"refused: {tail!r}")
        self.down += came
        return came

    def fetch(self, sets: dict[str, str], items: bytes) -> float:
        """Seconds to FETCH ``items`` of the messages of each mailbox."""
        began = time.perf_counter()
        for mailbox, uids in sets.items():
            self.ask(f'EXAMINE "{mailbox}"'.encode())
            if uids:
                self.ask(b"UID FETCH %s (%s)" % (uids.encode(), items))
        return time.perf_counter() - began

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()
