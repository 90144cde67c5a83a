"""In which language a mail is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followupd.core.language import detect
from tests.eval import clients

TEXTS = [
    ("en", "Hi Dana, thanks for your time today. We will be in touch next week."),
    ("en", "Confirmed: Tuesday, April 14, 9:00 - 10:00 am Central. https://meet.example/larkspur-dana"),
    ("en", "Hi Grace, Monday works."),
    ("en", "Hi Herr Müller, the Sachbearbeiter role in München sounds great. When can we talk?"),
    ("de", "Der Termin passt mir gut."),
    ("de", "Dienstag, 10. März, 16:00 Uhr passt mir gut. Vielen Dank."),
    ("de", "Hi Dana, das Data Engineer Team freut sich auf das Interview mit dir. Kannst du am Mittwoch?"),
    ("de", "Guten Tag Frau Reyes, leider müssen wir Ihnen absagen."),
    ("fr", "C'est noté, à mardi !"),
    ("fr", "Bonjour, merci pour votre candidature. Nous reviendrons vers vous la semaine prochaine."),
    ("es", "Perfecto, nos vemos el jueves."),
    ("es", "Hola Dana, gracias por tu interés en el puesto. Te escribiremos la próxima semana."),
    ("pt", "Perfeito, até quinta-feira."),
    ("pt", "Olá Dana, obrigado pela sua candidatura. Entraremos em contato na próxima semana."),
    ("it", "Perfetto, a giovedì."),
    ("it", "Ciao Dana, grazie per la tua candidatura. Ti faremo sapere la prossima settimana."),
    ("nl", "Prima, tot donderdag."),
    ("nl", "Hallo Dana, bedankt voor je sollicitatie. We nemen volgende week contact met je op."),
    ("pl", "Świetnie, do zobaczenia w czwartek."),
    ("pl", "Cześć Dana, dziękujemy za aplikację. Odezwiemy się w przyszłym tygodniu."),
    ("sv", "Hej Dana, tack för din ansökan. Vi återkommer nästa vecka."),
    ("cs", "Dobrý den, děkujeme za Váš zájem o pozici. Ozveme se příští týden."),
    ("ru", "Здравствуйте, спасибо за ваше резюме. Мы свяжемся с вами на следующей неделе."),
    ("tr", "Merhaba Dana, başvurunuz için teşekkür ederiz. Gelecek hafta size döneceğiz."),
    ("ja", "お世話になっております。面接の日程についてご連絡いたします。"),
    ("zh", "您好，感谢您的申请。我们下周会与您联系。"),
]


@pytest.mark.parametrize(("language", "text"), [*TEXTS, *clients.NEW.items()])
def test_languages(language: str, text: str) -> None:
    assert detect(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ok",
        "Dana",
        "+1 312 555 0100",
        "https://meet.example/larkspur-dana",
        "maria@acme.example",
        "👍",
        "\x00\ud800",
    ],
)
def test_in_doubt_there_is_none(text: str) -> None:
    assert detect(text) is None


@given(st.text(max_size=200))
def test_no_text_raises(text: str) -> None:
    assert detect(text) is None or len(detect(text) or "") == 2
