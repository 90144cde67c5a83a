"""Mail over IMAP (RFC 9051, RFC 3501)."""

from followupd.adapters.imap.account import ImapAccount

__all__ = ["ImapAccount"]
