"""What can be wrong with an IMAP account: its secret, the sign-in, the mailboxes that followupd needs."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from followupd.adapters.imap.mailboxes import drafts_of
from followupd.adapters.imap.session import GMAIL, Session
from followupd.core.health import Check, Verdict, failure, fine, warning
from followupd.core.mail import MailboxRole


def checks(session: Session) -> Iterator[Check]:
    """Read-only: the server is asked for its list of mailboxes."""
    yield Check("secret", lambda: _secret(session))
    yield Check("sign_in", lambda: _sign_in(session))
    yield Check("folders", lambda: _folders(session))


def _secret(session: Session) -> Verdict:
    session.access.secret()
    return fine("the password is there" if session.access.auth == "password" else "the access token is there")


def _sign_in(session: Session) -> Verdict:
    session.boxes()
    return fine(f"{session.access.host} lets followupd in")


def _folders(session: Session) -> Verdict:
    boxes = session.boxes()
    drafts, sent = drafts_of(boxes), [b.name for b in boxes if b.role is MailboxRole.SENT]
    if not any(b.role is MailboxRole.INBOX for b in boxes):
        return failure("the server lists no INBOX", "Look at the account in another mail program.")
    if not sent:
        return warning(
            "no mailbox of sent mail is found, so that what you send is not seen",
            "Let your mail program keep sent mail on the server, in a mailbox marked \\Sent or called Sent.",
        )
    if hidden := _hidden(session, {b.role for b in boxes}):
        return warning(
            f"Gmail does not show {' and '.join(hidden)} over IMAP",
            "In Gmail's settings, under Labels, let them be shown in IMAP.",
        )
    if drafts is None:
        return fine(f"INBOX, {sent[0]}; a Drafts mailbox will be made with the first draft")
    return fine(f"INBOX, {sent[0]}, {drafts.name}")


def _hidden(session: Session, there: Collection[MailboxRole]) -> list[str]:
    """What Gmail can be told to keep from mail programs, and is needed: all mail, and the trash for drafts taken back."""
    needed = {MailboxRole.ALL: "All Mail", MailboxRole.DRAFTS: "Drafts", MailboxRole.TRASH: "Trash"}
    return [name for role, name in needed.items() if role not in there] if session.has(GMAIL) else []
