"""How a text addresses its reader: Sie or du, vous or tu, usted or tú."""

from __future__ import annotations

import re

_FORMS = {
    "de": (
        r"\b(?:Sie|Ihnen|Ihren?|Ihrem|Ihrer|Ihres)\b|(?i:\bsehr geehrte)",
        r"(?i:\b(?:du|dich|dir|dein(?:e[nmrs]?)?|euch|eure[nmrs]?|magst|kannst|hast|bist|willst|(?:k(?:ö|oe)nn|h(?:ä|ae)t|m(?:ö|oe)ch)test)\b)",
    ),
    "fr": (
        r"(?i)\b(?:vous|votre|vos)\b",
        r"(?i:\b(?:tu|toi|te|ton|ta|tes|dis-moi|salut|coucou)\b)|(?i:\bt['’])",
    ),
    "es": (
        (
            r"(?i:\b(?:usted|ustedes|le|(?:ind[íi]qu|conf[íi]rm|env[íi]|rem[íi]t|comun[íi]qu)e(?:me|nos|lo)|d[íi]ga(?:me|nos)|estimad[oa])\b)"
            r"|(?i:\bsu (?:candidatura|cv|curr[íi]culum|perfil|inter[ée]s|solicitud|disponibilidad|tiempo|atenci[óo]n|asistencia|respuesta|postulaci[óo]n)\b)"
            r"|(?i:\bpodr[íi]a [^\W\d_]+r(?:me|nos)\b)"
        ),
        (
            r"(?i:\b(?:te|tu|tus|contigo|vos|os|vuestr[oa]s?|puedes|tienes|quieres|eres|podr[íi]as|tendr[íi]as|(?:d[íi]|m[áa]nda|cu[ée]nta|p[áa]sa)(?:me|nos))\b)"
            r"|(?i:tú|\bti\b|\b[^\W\d_]{2,}[áé]is\b|\b[^\W\d_]{2,}[aeií]rte\b)"
        ),
    ),
    "pt": (
        r"(?i:\b(?:senhora?|vossa|lhe|exm[oa]s?|prezad[oa]s?|poderia|(?:convid|contact|conhec|inform)[áaêe]-l[oa])\b)|(?i:\bde [oa] (?:convid|contact|inform)[^\W\d_]+r\b)",
        r"(?i:\b(?:tu|te|teu|tua|contigo|oi|bora|bjs|podes|tens|consegues|queres|diz-me)\b|você)",
    ),
    "it": (
        r"\b(?:Lei|Suo|Sua|Suoi|Sue)\b|[^\W\d_],? (?:La|Le)\b|\b(?:La|Le) [^\W\d_]+(?:iamo|remo)\b|\b(?i:gentile|egregi[oa])\b|[^\W\d_](?:La|Le)\b",
        r"(?i:\b(?:tu|ti|tuo|tua|tuoi|tue|ciao|fammi|facci|dimmi|mandami|puoi|riesci|hai)\b)",
    ),
    "nl": (r"(?i:\b(?:u|uw|geachte)\b)", r"(?i:\b(?:je|jij|jou|jouw|jullie|hoi|hey)\b)"),
    "pl": (
        r"\b(?:Pan|Panie|Pani|Pana|Panu|Panią|Panem|Państw[^\W\d_]+)\b|(?i:\bszanown[^\W\d_]+)",
        r"(?i:\b(?:ty|ci|cię|ciebie|tobie|twoj[^\W\d_]*|twój|cześć|hej|możesz|masz|jesteś|chcesz|daj|wam|was|wasz[^\W\d_]*)\b)",
    ),
}
"""For each language the words of the formal and of the familiar address. Where case tells them apart, case counts."""

_COMPILED = {code: (re.compile(formal), re.compile(familiar)) for code, (formal, familiar) in _FORMS.items()}


def is_formal(text: str, language: str | None) -> bool | None:
    """Whether ``text`` says Sie rather than du; None where its language has no such forms or it uses neither or both alike."""
    if language not in _COMPILED:
        return None
    formal, familiar = (len(p.findall(text)) for p in _COMPILED[language])
    return None if formal == familiar else formal > familiar
