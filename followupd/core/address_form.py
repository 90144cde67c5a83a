"""How a text addresses its reader: Sie or du, vous or tu, usted or tú."""

from __future__ import annotations

import re2

_FORMS = {
    "de": (
        r"\b(?:Sie|Ihnen|Ihren?|Ihrem|Ihrer|Ihres)\b",
        r"(?i)\b(?:du|dich|dir|dein(?:e[nmrs]?)?|euch|eure[nmrs]?)\b",
    ),
    "fr": (r"(?i)\b(?:vous|votre|vos)\b", r"(?i)\b(?:tu|toi|ton|ta|tes)\b|(?i)\bt['’]"),
    "es": (
        r"(?i)\b(?:usted|ustedes|le (?:escrib|agradec|inform|comunic)\pL*)\b",
        r"(?i)\b(?:te|tu|tus|contigo)\b|tú|\bti\b",
    ),
    "pt": (r"(?i)\b(?:senhora?|vossa)\b", r"(?i)\b(?:tu|te|teu|tua|contigo)\b|você"),
    "it": (r"\b(?:Lei|Le|Suo|Sua|Suoi|Sue|La)\b", r"(?i)\b(?:tu|ti|tuo|tua|tuoi|tue)\b"),
    "nl": (r"(?i)\b(?:u|uw)\b", r"(?i)\b(?:je|jij|jou|jouw)\b"),
    "pl": (r"\b(?:Pan|Pani|Pana|Panu|Panią|Panem)\b", r"(?i)\b(?:ty|ci|cię|ciebie|tobie|twoj\pL*|twój)\b"),
}
"""For each language the words of the formal and of the familiar address. Where case tells them apart, case counts."""

_COMPILED = {code: (re2.compile(formal), re2.compile(familiar)) for code, (formal, familiar) in _FORMS.items()}


def is_formal(text: str, language: str | None) -> bool | None:
    """Whether ``text`` says Sie rather than du; None where its language has no such forms or it uses neither or both alike."""
    if language not in _COMPILED:
        return None
    formal, familiar = (len(p.findall(text)) for p in _COMPILED[language])
    return None if formal == familiar else formal > familiar
