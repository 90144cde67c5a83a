"""What a mailbox is for, told by its name, where the server does not say (RFC 6154 exists for those that do)."""

from __future__ import annotations

import base64
import re

from followupd.core.mail import MailboxRole

_NAMES: dict[MailboxRole, tuple[str, ...]] = {
    MailboxRole.DRAFTS: (
        "drafts", "draft", "entwürfe", "brouillons", "borradores", "rascunhos", "bozze", "concepten", "kladder",
        "utkast", "luonnokset", "wersje robocze", "koncepty", "rozepsané", "черновики", "taslaklar", "下書き", "草稿",
    ),
    MailboxRole.SENT: (
        "sent", "sent messages", "sent items", "sent mail", "sent-mail", "gesendet", "gesendete objekte",
        "gesendete elemente", "gesendete nachrichten", "envoyés", "messages envoyés", "éléments envoyés", "enviados",
        "elementos enviados", "correo enviado", "itens enviados", "inviata", "posta inviata", "verzonden",
        "verzonden items", "sendt", "skickat", "lähetetyt", "wysłane", "odeslané", "отправленные",
        "gönderilmiş öğeler", "送信済み", "已发送",
    ),
    MailboxRole.TRASH: (
        "trash", "deleted", "deleted messages", "deleted items", "bin", "papierkorb", "gelöscht",
        "gelöschte objekte", "gelöschte elemente", "corbeille", "éléments supprimés", "papelera",
        "elementos eliminados", "lixo", "lixeira", "cestino", "posta eliminata", "prullenbak", "papirkurv",
        "papperskorgen", "roskakori", "kosz", "koš", "корзина", "çöp kutusu", "ゴミ箱", "已删除",
    ),
    MailboxRole.JUNK: (
        "junk", "spam", "junk e-mail", "junk email", "junk mail", "bulk mail", "spamverdacht", "unerwünscht",
        "courrier indésirable", "indésirables", "correo no deseado", "lixo eletrônico", "posta indesiderata",
        "ongewenste e-mail", "skräppost", "søppelpost", "roskaposti", "wiadomości-śmieci", "нежелательная почта", "спам",
        "迷惑メール", "垃圾邮件",
    ),
    MailboxRole.ARCHIVE: (
        "archive", "archives", "archiv", "archivo", "arquivo", "archivio", "archief", "arkiv", "arkisto", "archiwum",
    ),
    MailboxRole.ALL: (
        "all mail", "alle nachrichten", "tous les messages", "todos", "todos os e-mails", "tutti i messaggi",
    ),
}  # fmt: skip
_ROLES = {name: role for role, names in _NAMES.items() for name in names}
_CONTAINERS = frozenset({"inbox", "[gmail]", "[google mail]"})
"""Names under which some servers and synchronisers keep every other mailbox."""


def role_of(name: str, *, separator: str) -> MailboxRole:
    """The role of the mailbox ``name`` (as the server writes it, RFC 3501 section 5.1.3), OTHER where its name says nothing.

    A mailbox inside one of a known role has that role, too: ``Trash/2024`` is trash.
    """
    parts = [decode_name(part).casefold() for part in name.split(separator)]
    if len(parts) > 1 and parts[0] in _CONTAINERS:
        parts = parts[1:]
    if parts == ["inbox"]:
        return MailboxRole.INBOX
    return _ROLES.get(parts[0], MailboxRole.OTHER)


def decode_name(name: str) -> str:
    """Undo the modified UTF-7 of IMAP mailbox names (RFC 3501 section 5.1.3); what is not such is left as it stands."""
    return re.sub(r"&([A-Za-z0-9+,]*)-", _decode_shift, name)


def _decode_shift(shift: re.Match[str]) -> str:
    if not shift[1]:
        return "&"
    code = shift[1].replace(",", "/")
    try:
        return base64.b64decode(code + "=" * (-len(code) % 4)).decode("utf-16-be")
    except ValueError:
        return shift[0]
