"""Replies and forwards as mail clients write them, in eight languages: invented persons, real shapes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

NEW = {
    "en": "Thursday at 2 pm works for me.\nI look forward to it.",
    "de": "Donnerstag um 14 Uhr passt mir gut.\nIch freue mich darauf.",
    "fr": "Jeudi à 14 h me convient.\nJe m'en réjouis.",
    "es": "El jueves a las 14 h me viene bien.\nTengo muchas ganas.",
    "pt": "Quinta-feira às 14h está ótimo para mim.\nFico no aguardo.",
    "it": "Giovedì alle 14 va bene per me.\nNon vedo l'ora.",
    "nl": "Donderdag om 14 uur komt mij goed uit.\nIk kijk ernaar uit.",
    "pl": "Czwartek o 14 mi pasuje.\nNie mogę się doczekać.",
}
OLD = "Would Thursday suit you?\n\nWe regret that Tuesday is taken.\n\nBest,\nMaria"
MARKED = "\n".join(f"> {line}".rstrip() for line in OLD.split("\n"))

ATTRIBUTIONS = {
    "en": [
        "On Mon, Mar 2, 2026 at 10:15 AM Maria Lopez <maria@acme.example> wrote:",
        "On Mon, Mar 2, 2026 at 10:15\u202fAM Maria Lopez <maria@acme.example>\nwrote:",
        "On Mar 2, 2026, at 10:15 AM, Maria Lopez <maria@acme.example> wrote:",
        "On Monday, March 2, 2026 at 10:15:00 AM CST, Maria Lopez <maria@acme.example> wrote:",
        "On Monday, March 2nd, 2026 at 10:15 AM, Maria Lopez <maria@acme.example>\nwrote:",
        "On 02/03/2026 10:15, Maria Lopez wrote:",
        "On Mon, 2026-03-02 at 10:15 -0600, Maria Lopez wrote:",
        "On 2 Mar 2026, at 10:15, Maria Lopez <maria@acme.example> wrote:",
        "On Mon, Mar 2, 2026 at 10:15 AM 'Maria Lopez' via Hiring <\nhiring@acme.example> wrote:",
    ],
    "de": [
        "Am Mo., 2. März 2026 um 10:15 Uhr schrieb Maria Lopez <maria@acme.example>:",
        "Am Mo., 2. März 2026 um 10:15\u202fUhr schrieb Maria Lopez <\nmaria@acme.example>:",
        "Am 02.03.2026 um 10:15 schrieb Maria Lopez <maria@acme.example>:",
        "Am 02.03.26 um 10:15 schrieb Maria Lopez:",
        "Am Montag, 2. März 2026 um 10:15:00 MEZ hat Maria Lopez <maria@acme.example> Folgendes geschrieben:",
        "Maria Lopez <maria@acme.example> schrieb am Mo., 2. März 2026, 10:15:",
    ],
    "fr": [
        "Le lun. 2 mars 2026 à 10:15, Maria Lopez <maria@acme.example> a écrit :",
        "Le lun. 2 mars 2026 à 10:15, Maria Lopez <maria@acme.example> a\u00a0écrit\u00a0:",
        "Le 2 mars 2026 à 10:15, Maria Lopez <maria@acme.example> a\nécrit :",
        "Le lundi 2 mars 2026 à 10:15:00 UTC+1, Maria Lopez <maria@acme.example> a écrit :",
        "Le 02/03/2026 à 10:15, Maria Lopez a écrit :",
    ],
    "es": [
        "El lun, 2 mar 2026 a las 10:15, Maria Lopez (<maria@acme.example>) escribió:",
        "El lun., 2 de mar. de 2026 a la(s) 10:15, Maria Lopez (maria@acme.example)\nescribió:",
        "El 2 mar 2026, a las 10:15, Maria Lopez <maria@acme.example> escribió:",
        "El lunes, 2 de marzo de 2026, 10:15:00 CET, Maria Lopez <maria@acme.example> escribió:",
        "El 2/3/26 a las 10:15, Maria Lopez escribió:",
    ],
    "pt": [
        "Em seg., 2 de mar. de 2026 às 10:15, Maria Lopez <maria@acme.example> escreveu:",
        "Em seg., 2 de mar. de 2026 às 10:15, Maria Lopez <\nmaria@acme.example> escreveu:",
        "Maria Lopez <maria@acme.example> escreveu no dia segunda, 2/03/2026 à(s)\n10:15:",
        "No dia 2 de mar. de 2026, às 10:15, Maria Lopez <maria@acme.example> escreveu:",
        "Em 02/03/2026 10:15, Maria Lopez escreveu:",
    ],
    "it": [
        "Il giorno lun 2 mar 2026 alle ore 10:15 Maria Lopez <maria@acme.example> ha scritto:",
        "Il giorno lun 2 mar 2026 alle ore 10:15 Maria Lopez <\nmaria@acme.example> ha scritto:",
        "Il giorno 2 mar 2026, alle ore 10:15, Maria Lopez <maria@acme.example> ha scritto:",
        "Il lunedì 2 marzo 2026 alle ore 10:15:00 CET, Maria Lopez <maria@acme.example> ha scritto:",
        "Il 02/03/2026 10:15, Maria Lopez ha scritto:",
    ],
    "nl": [
        "Op ma 2 mrt 2026 om 10:15 schreef Maria Lopez <maria@acme.example>:",
        "Op ma 2 mrt. 2026 om 10:15 schreef Maria Lopez <\nmaria@acme.example>:",
        "Op 2 mrt. 2026, om 10:15 heeft Maria Lopez <maria@acme.example> het volgende geschreven:",
        "Op maandag 2 maart 2026 om 10:15:00 CET schreef Maria Lopez <maria@acme.example>:",
        "Op 02-03-2026 om 10:15 schreef Maria Lopez:",
    ],
    "pl": [
        "pon., 2 mar 2026 o 10:15 Maria Lopez <maria@acme.example> napisał(a):",
        "pon., 2 mar 2026 o 10:15 Maria Lopez <maria@acme.example>\nnapisał(a):",
        "W dniu 02.03.2026 o 10:15, Maria Lopez pisze:",
        "Wiadomość napisana przez Maria Lopez <maria@acme.example> w dniu 2 mar 2026, o godz. 10:15:",
        "Dnia 2 marca 2026 10:15 Maria Lopez <maria@acme.example> napisał(a):",
    ],
}
HEADERS = {
    "en": ("From", "Sent", "To", "Subject", "Monday, March 2, 2026 10:15 AM"),
    "de": ("Von", "Gesendet", "An", "Betreff", "Montag, 2. März 2026 10:15"),
    "fr": ("De", "Envoyé", "À", "Objet", "lundi 2 mars 2026 10:15"),
    "es": ("De", "Enviado", "Para", "Asunto", "lunes, 2 de marzo de 2026 10:15"),
    "pt": ("De", "Enviada em", "Para", "Assunto", "segunda-feira, 2 de março de 2026 10:15"),
    "it": ("Da", "Inviato", "A", "Oggetto", "lunedì 2 marzo 2026 10:15"),
    "nl": ("Van", "Verzonden", "Aan", "Onderwerp", "maandag 2 maart 2026 10:15"),
    "pl": ("Od", "Wysłano", "Do", "Temat", "poniedziałek, 2 marca 2026 10:15"),
}
ORIGINALS = {
    "en": "-----Original Message-----",
    "de": "-----Ursprüngliche Nachricht-----",
    "fr": "-----Message d'origine-----",
    "es": "-----Mensaje original-----",
    "pt": "-----Mensagem original-----",
    "it": "-----Messaggio originale-----",
    "nl": "-----Oorspronkelijk bericht-----",
    "pl": "-----Wiadomość oryginalna-----",
}
FORWARDS = {
    "en": ("---------- Forwarded message ---------", "Begin forwarded message:", "-------- Forwarded Message --------"),
    "de": (
        "---------- Forwarded message ---------",
        "Anfang der weitergeleiteten Nachricht:",
        "-------- Weitergeleitete Nachricht --------",
    ),
    "fr": (
        "---------- Forwarded message ---------",
        "Début du message réexpédié :",
        "-------- Message transféré --------",
    ),
    "es": (
        "---------- Forwarded message ---------",
        "Inicio del mensaje reenviado:",
        "-------- Mensaje reenviado --------",
    ),
    "pt": (
        "---------- Forwarded message ---------",
        "Início da mensagem reencaminhada:",
        "-------- Mensagem encaminhada --------",
    ),
    "it": (
        "---------- Forwarded message ---------",
        "Inizio messaggio inoltrato:",
        "-------- Messaggio inoltrato --------",
    ),
    "nl": (
        "---------- Forwarded message ---------",
        "Begin doorgestuurd bericht:",
        "-------- Doorgestuurd bericht --------",
    ),
    "pl": (
        "---------- Forwarded message ---------",
        "Początek przekazywanej wiadomości:",
        "-------- Treść przekazanej wiadomości --------",
    ),
}
DEVICES = {
    "en": ("Sent from my iPhone", "Get Outlook for iOS<https://aka.example/o>", "Sent from Outlook for Android<https://aka.example/o>", "Sent from my Galaxy", "Sent from Yahoo Mail for iPhone"),
    "de": ("Von meinem iPhone gesendet", "Gesendet mit der GMX Mail App", "Outlook für Android<https://aka.example/o> beziehen", "Von meinem Samsung Galaxy Smartphone gesendet.", "Holen Sie sich Outlook für iOS<https://aka.example/o>"),
    "fr": ("Envoyé de mon iPhone", "Obtenir Outlook pour Android<https://aka.example/o>", "Envoyé depuis mon smartphone Samsung Galaxy.", "Télécharger Outlook pour iOS<https://aka.example/o>"),
    "es": ("Enviado desde mi iPhone", "Obtener Outlook para iOS<https://aka.example/o>", "Enviado desde Yahoo Mail con Android"),
    "pt": ("Enviado do meu iPhone", "Obter o Outlook para Android<https://aka.example/o>", "Enviado a partir do meu smartphone Samsung Galaxy."),
    "it": ("Inviato da iPhone", "Scarica Outlook per iOS<https://aka.example/o>", "Inviato dal mio smartphone Samsung Galaxy.", "Ottieni Outlook per Android<https://aka.example/o>"),
    "nl": ("Verstuurd vanaf mijn iPhone", "Outlook voor Android<https://aka.example/o> downloaden", "Verzonden vanaf mijn Galaxy", "Download Outlook voor iOS<https://aka.example/o>"),
    "pl": ("Wysłane z iPhone'a", "Pobierz aplikację Outlook dla systemu iOS<https://aka.example/o>", "Wysłano z mojego smartfonu Samsung Galaxy.", "Wysłane z aplikacji Outlook dla systemu Android<https://aka.example/o>"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """A mail of Dana's and what of it is hers; ``kept`` are lines that must stay, ``gone`` such that must not."""

    name: str
    plain: str
    kept: tuple[str, ...]
    gone: tuple[str, ...] = tuple(line for line in OLD.split("\n") if line)
    forwarded: bool = False


def cases() -> Iterator[Case]:
    """Every combination that is written below."""
    for language, new in NEW.items():
        kept = tuple(new.split("\n"))
        yield from _replies(language, new, kept)
        yield from _outlook(language, new, kept)
        yield from _forwards(language, new, kept)
        for i, line in enumerate(DEVICES[language]):
            yield Case(f"{language}-device-{i}", f"{new}\n\n{line}\n", kept, (line,))
            yield Case(
                f"{language}-device-{i}-quote", f"{new}\n\n{line}\n\n{ATTRIBUTIONS[language][0]}\n\n{MARKED}\n", kept
            )


def _replies(language: str, new: str, kept: tuple[str, ...]) -> Iterator[Case]:
    first, second = kept
    for i, line in enumerate(ATTRIBUTIONS[language]):
        gone = (
            *Case.__dataclass_fields__["gone"].default,
            *line.replace("\u202f", " ").replace("\u00a0", " ").split("\n")[:1],
        )
        yield Case(f"{language}-above-{i}", f"{new}\n\n{line}\n\n{MARKED}\n", kept, gone)
        yield Case(f"{language}-above-tight-{i}", f"{new}\n\n{line}\n{MARKED}\n", kept, gone)
        yield Case(f"{language}-unmarked-{i}", f"{new}\n\n{line}\n\n{OLD}\n", kept, gone)
        yield Case(f"{language}-below-{i}", f"{line}\n{MARKED}\n\n{new}\n", kept, gone)
        inside = f"{line}\n> Would Thursday suit you?\n\n{first}\n\n> We regret that Tuesday is taken.\n\n{second}\n"
        yield Case(f"{language}-inside-{i}", inside, kept, gone)


def _outlook(language: str, new: str, kept: tuple[str, ...]) -> Iterator[Case]:
    from_, sent, to, subject, when = HEADERS[language]
    values = {
        from_: "Maria Lopez <maria@acme.example>",
        sent: when,
        to: "Dana Reyes <dana.reyes@example.org>",
        subject: "Interview",
    }
    block = "\n".join(f"{k}: {v}" for k, v in values.items())
    bold = "\n".join(f"*{k}:* {v}" for k, v in values.items())
    for name, quote in {
        "block": f"{block}\n\n{OLD}",
        "bold": f"{bold}\n\n{OLD}",
        "ruled": f"{'_' * 32}\n{block}\n\n{OLD}",
        "original": f"{ORIGINALS[language]}\n{block}\n\n{OLD}",
    }.items():
        yield Case(f"{language}-outlook-{name}", f"{new}\n\n{quote}\n", kept)


def _forwards(language: str, new: str, kept: tuple[str, ...]) -> Iterator[Case]:
    from_, _, to, subject, when = HEADERS[language]
    block = f"{from_}: Maria Lopez <maria@acme.example>\n{subject}: Interview\nDate: {when}\n{to}: Dana Reyes <dana.reyes@example.org>"
    for i, line in enumerate(FORWARDS[language]):
        yield Case(f"{language}-forward-{i}", f"{line}\n{block}\n\n{OLD}\n", (), forwarded=True)
        yield Case(f"{language}-forward-note-{i}", f"{new}\n\n{line}\n\n{block}\n\n{OLD}\n", kept, forwarded=True)
