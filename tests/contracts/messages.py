"""Small messages for the contract suites, as octets."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP


def message(
    ident: str,
    *,
    subject: str = "Data Engineer interview",
    body: str = "Hello Dana,\n\nshall we talk on Tuesday?\n\nMaria\n",
    attachment: bytes | None = None,
    **headers: str,
) -> bytes:
    """A message with Message-ID ``<ident@contract.example>``; underscores of further headers stand for hyphens."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = "Maria Lopez <maria@acme.example>"
    mail["To"] = "Dana Reyes <dana.reyes@example.org>"
    mail["Subject"] = subject
    mail["Date"] = "Mon, 02 Mar 2026 10:15:00 -0600"
    mail["Message-ID"] = message_id(ident)
    for name, value in headers.items():
        field = name.replace("_", "-")
        del mail[field]
        mail[field] = value
    mail.set_content(body)
    if attachment is not None:
        mail.add_attachment(attachment, maintype="application", subtype="pdf", filename="cv.pdf")
    return mail.as_bytes()


def message_id(ident: str) -> str:
    return f"<{ident}@contract.example>"


def draft(
    ident: str, *, body: str = "Hello Maria,\n\nis there any news? Grüße\n\nDana\n", key: str | None = "k1"
) -> bytes:
    """A draft as followupd makes it, or, with ``key`` None, one of the user's own."""
    private = {"X_Followupd_Key": key, "X_Followupd_Digest": "d1"} if key else {}
    return message(
        ident,
        subject="Re: Data Engineer interview",
        body=body,
        From="Dana Reyes <dana.reyes@example.org>",
        To="Maria Lopez <maria@acme.example>",
        In_Reply_To=message_id("parent"),
        References=f"{message_id('root')} {message_id('parent')}",
        **private,
    )
