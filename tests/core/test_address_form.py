"""Which address a text uses: a slip between Sie and du is the first thing that its reader sees."""

from __future__ import annotations

import pytest

from followupd.core.address_form import is_formal

FORMAL = [
    ("de", "Sehr geehrter Herr Kim, können Sie uns Ihre Zeugnisse senden?"),
    ("fr", "Pourriez-vous me dire quand le processus reprendra ?"),
    ("es", "Como continuación de su candidatura, le convocamos a una entrevista. ¿Podría confirmarme su asistencia?"),
    ("es", "Por favor, indíquenos su disponibilidad."),
    ("pt", "Gostaríamos de o convidar para uma entrevista. Poderia confirmar a sua disponibilidade?"),
    ("pt", "Exma. Senhora, recebemos a sua candidatura."),
    ("it", "La convochiamo per un colloquio."),
    ("it", "Potrebbe cortesemente indicarci la Sua RAL?"),
    ("it", "RingraziandoLa per l'attenzione"),
    ("nl", "Geachte heer Kim, kunt u aangeven wanneer u kunt?"),
    ("pl", "Czy pasowałby Państwu wtorek?"),
    ("pl", "Szanowny Panie, zapraszamy na rozmowę."),
    ("pl", "Z przyjemnością oferuję Panu pracę."),  # no "ci" in it
    ("fr", "Vous êtes disponible mardi ?"),  # nor "tes"
]
FAMILIAR = [
    ("de", "Passt euch Dienstag?"),
    ("de", "Kannst kurz Bescheid geben?"),
    ("fr", "Dis-moi si ça te va, on t'attend."),
    ("es", "Vi que buscáis Frontend Developer."),
    ("es", "Para avanzar necesitaría que me pases tu remuneración pretendida."),
    ("es", "Gracias por inscribirte. ¿Puedes el martes?"),
    ("es", "¿Os viene bien el martes?"),
    ("pt", "Oi, você consegue na quarta?"),
    ("pt", "Consegues na quinta? Diz-me."),
    ("it", "Ciao Alex, la selezione è in corso. La decisione arriva presto, fammi sapere!"),
    ("nl", "Hoi Alex, kun je dinsdag?"),
    ("pl", "Cześć, daj znać, czy możesz."),
]


@pytest.mark.parametrize(("language", "text"), FORMAL)
def test_formal(language: str, text: str) -> None:
    assert is_formal(text, language) is True


@pytest.mark.parametrize(("language", "text"), FAMILIAR)
def test_familiar(language: str, text: str) -> None:
    assert is_formal(text, language) is False


@pytest.mark.parametrize(("language", "text"), [("en", "Could you?"), ("de", "Danke, bis morgen!"), (None, "?")])
def test_told_by_nothing(language: str | None, text: str) -> None:
    assert is_formal(text, language) is None
