"""Whether a text speaks of its reader's own application, or asks for one."""

import pytest

from followupd.core.vocabulary import candidacy


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "With regard to your application for the post of Adjuster, please tell us your notice period."),
        ("de", "Ihre Bewerbung als Buchhalterin liegt uns vor."),
        ("fr", "Nous avons étudié avec intérêt votre postulation au poste de Comptable."),
        ("es", "Recibimos sus antecedentes para el cargo de Ingeniero."),
        ("it", "In riferimento alla Sua candidatura per la posizione di Liquidatore."),
        ("pt", "Obrigada por te candidatares a UX Writer."),
        ("nl", "Bedankt voor je sollicitatie naar de functie van planner."),
        ("pl", "Dziękujemy za Pani aplikację na stanowisko analityka."),
    ],
)
def test_an_application_in_hand(language: str, text: str) -> None:
    assert candidacy(text, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Send us your application for the post of Adjuster today."),
        ("de", "Wir freuen uns auf Ihre Bewerbung als Buchhalterin."),
        ("fr", "Envoyez-nous votre candidature au poste de Comptable."),
        ("es", "Envíanos tu candidatura para el puesto de Analista."),
        ("it", "Inviaci la tua candidatura per la posizione di Analista."),
        ("pt", "Envie a sua candidatura para a vaga de Analista."),
        ("en", "Our team is growing."),
    ],
)
def test_a_call_for_applications_is_none(language: str, text: str) -> None:
    assert not candidacy(text, language)
