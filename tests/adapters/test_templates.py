"""The letters: every template with every combination of known and unknown facts, and users' own templates."""

import re
from dataclasses import fields, replace
from datetime import date
from functools import cache
from itertools import product
from pathlib import Path

import pytest

from followupd.adapters.templates import JinjaTemplates, built_in
from followupd.core import phrases
from followupd.core.errors import TemplateError
from followupd.core.ledger import Kind
from followupd.core.letters import LEFTOVERS, LetterFacts
from followupd.core.reading import Says

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "letters.md"
LANGUAGES = ("de", "en", "es", "fr", "it", "nl", "pl", "pt")
SIGNATURE = "Dana Reyes\n+1 312 555 0100"
INTERVIEW, LATER = date(2026, 3, 1), date(2026, 3, 11)
DAYS = {
    "en": ("March 1", "March 11"),
    "de": ("1. März", "11. März"),
    "fr": ("1er mars", "11 mars"),
    "es": ("1 de marzo", "11 de marzo"),
    "pt": ("1 de março", "11 de março"),
    "it": ("1º marzo", "11 marzo"),
    "nl": ("1 maart", "11 maart"),
    "pl": ("1 marca", "11 marca"),
}
STAGES = ("applied", "scheduling", "assignment", "interviewed", "interview_scheduled")
COMPANIES = ("Acme", "Northern Lights Renewable Energy")
ROLES = ("Data Engineer", "Senior Machine Learning Platform Engineer")
UNWELCOME = re.compile(
    r"haven't heard|have not heard|checking in|following up|nichts gehört|sans nouvelles|sans réponse|sin noticias|"
    r"sin respuesta|non ho (?:ancora )?ricevuto|niets gehoord|brak odpowiedzi|sem resposta|sem notícias|!|as soon as|"
    r"this morning|this afternoon|urgent|dringend",
    re.IGNORECASE,
)

templates = JinjaTemplates()


def facts(**given: object) -> LetterFacts:
    known = {
        "kind": Kind.CHECK_IN,
        "language": "en",
        "stage": "interviewed",
        "written_on": date(2026, 3, 16),
        "my_name": "Dana Reyes",
        "signature": SIGNATURE,
        "first_name": "Maria",
        "salutation_name": "Maria Lopez",
        "company": "Acme",
        "role": "Data Engineer",
        "interview_on": INTERVIEW,
    }
    return LetterFacts(**(known | given))  # type: ignore[arg-type]


def letter(f: LetterFacts) -> str:
    return templates.render(f.kind, f.language, f)


def body(text: str) -> str:
    assert text.endswith(f"\n{SIGNATURE}\n")
    return text.removesuffix(f"\n{SIGNATURE}\n")


def sentences(text: str) -> set[str]:
    """The sentences between greeting and closing."""
    middle = body(text).split("\n\n")[1:-1]
    return {s.strip().lower() for p in middle for s in re.split(r"(?<=[.?]) (?=[A-ZÀ-Ý¿])", p)}


@cache
def every(language: str) -> list[tuple[LetterFacts, str]]:
    """Each letter with each combination of facts, and its text; greeting, note and variant go round."""
    steps = [(Kind.CHECK_IN, stage, n) for stage, n in product(STAGES, (1, 2, 3))]
    steps += [(kind, "interviewed", 1) for kind in (Kind.THANK_YOU, Kind.CLOSING_NOTE, Kind.FEEDBACK_REQUEST)]
    names = ((None, None), ("Maria", "Maria Lopez"), (None, "Ms. Lopez"))
    made = []
    for i, ((kind, stage, ordinal), known) in enumerate(product(steps, product((False, True), repeat=6))):
        company, role, interviewed, promised, dated, formal = known
        if (promised or dated) and (kind, ordinal) != (Kind.CHECK_IN, 1):
            continue  # only the first check-in speaks of these days
        f = facts(
            kind=kind,
            language=language,
            stage=stage,
            ordinal=ordinal,
            first_name=names[i % 3][0],
            salutation_name=names[i % 3][1],
            company=COMPANIES[i % 4 == 0] if company else None,
            role=ROLES[i % 4 == 0] if role else None,
            interview_on=INTERVIEW if interviewed else None,
            promised_by=LATER if promised else None,
            applied_on=LATER if dated else None,
            assignment_sent_on=LATER if dated else None,
            note="My talk on the\nevent pipeline is out." if i % 5 == 0 else None,
            formal=formal,
            variant=i % 7,
        )
        made.append((f, letter(f)))
    return made


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_combination_of_facts_reads_well(language: str) -> None:
    for f, text in every(language):
        said = body(text).replace(f.note or "\0", "NOTE")
        assert not LEFTOVERS.search(said), text
        assert not re.search(r"  | [,.;]|\.\.|,,|\n\n\n|[ \t]\n|[,:;]\n\n?$|[^.?\n]\n\nNOTE|\b(\w+) \1\b", said), text
        assert not UNWELCOME.search(said), text
        assert len(said.split()) < 150
        assert len(text.split()) >= 25, text
        paragraphs = said.split("\n\n")
        assert len(paragraphs) == (5 if f.note else 4), text
        assert all(p[-1] in ".?" for p in paragraphs[1:-1] if p != "NOTE"), text
        assert f.note is None or f.note in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_names_what_is_known(language: str) -> None:
    for f, text in every(language):
        wanted = [f.company, f.role]
        wanted += [DAYS[language][0]] if f.interview_on and (f.stage != "applied") else []
        wanted += [DAYS[language][1]] if f.promised_by and f.kind is Kind.CHECK_IN and f.ordinal == 1 else []
        assert all(w in text for w in wanted if w), text
        assert "2026" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_asks_for_one_thing_and_a_closing_note_for_nothing(language: str) -> None:
    questions = {Kind.THANK_YOU: 0, Kind.CHECK_IN: 1, Kind.CLOSING_NOTE: 0, Kind.FEEDBACK_REQUEST: 1}
    for f, text in every(language):
        assert text.count("?") == questions[f.kind], text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_later_check_in_is_shorter_than_the_first(language: str) -> None:
    for f, text in every(language):
        if f.kind is Kind.CHECK_IN and f.ordinal > 1:
            first = letter(replace(f, ordinal=1))
            assert len(text) < 0.95 * len(first), first + text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("formal", [True, False])
def test_no_sentence_comes_twice_on_the_way_to_the_end(language: str, formal: bool) -> None:
    way = [
        (Kind.CHECK_IN, "applied", 1),
        (Kind.CHECK_IN, "scheduling", 1),
        (Kind.THANK_YOU, "interviewed", 1),
        (Kind.CHECK_IN, "interviewed", 1),
        (Kind.CHECK_IN, "interviewed", 2),
        (Kind.CHECK_IN, "interviewed", 3),
        (Kind.CHECK_IN, "interviewed", 4),
        (Kind.CLOSING_NOTE, "interviewed", 1),
    ]
    written: list[str] = []
    for kind, stage, ordinal in way:
        f = facts(kind=kind, stage=stage, ordinal=ordinal, language=language, formal=formal, earlier=tuple(written))
        text = letter(f)
        assert not sentences(text) & set().union(*map(sentences, written)), text
        written.append(text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_check_ins_on_one_silence_differ_even_without_the_earlier_ones(language: str) -> None:
    texts = [sentences(letter(facts(language=language, ordinal=n))) for n in (1, 2, 3, 4)]
    assert not any(a & b for i, a in enumerate(texts) for b in texts[:i])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("stage", ["interviewed", "scheduling", "applied", "assignment"])
def test_a_second_silence_gets_another_first_check_in(language: str, stage: str) -> None:
    f = facts(language=language, stage=stage, assignment_sent_on=LATER, applied_on=LATER)
    once = letter(f)
    again = letter(replace(f, earlier=(once,)))
    assert not sentences(once) & sentences(again), again


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_panel_of_six_gets_six_different_thanks(language: str) -> None:
    texts = {letter(facts(kind=Kind.THANK_YOU, language=language, first_name=None, variant=v)) for v in range(6)}
    assert len(texts) == 6
    pair = [sentences(letter(facts(kind=Kind.THANK_YOU, language=language, variant=v))) for v in (0, 1)]
    assert not pair[0] & pair[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_another_year_is_named(language: str) -> None:
    text = letter(facts(language=language, interview_on=date(2025, 12, 18)))
    assert "18" in text
    assert "2025" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_thanks_of_the_same_day_name_no_date(language: str) -> None:
    text = letter(facts(kind=Kind.THANK_YOU, language=language, interviewed_today=True))
    assert DAYS[language][0] not in text


READ_AS = {
    Kind.THANK_YOU: {Says.THANKS},
    Kind.CHECK_IN: {Says.CHECKS_IN},
    Kind.CLOSING_NOTE: {Says.TAKES_LEAVE},
    Kind.FEEDBACK_REQUEST: {Says.ASKS_FEEDBACK},
}


@pytest.mark.parametrize("language", sorted(phrases.codes() & set(LANGUAGES)))
@pytest.mark.parametrize("step", [11, pytest.param(1, marks=pytest.mark.slow)])
def test_each_letter_is_read_as_what_it_is(language: str, step: int) -> None:
    for f, text in every(language)[::step]:
        said = {x.says for x in phrases.find(text, subject="Re: Data Engineer", language=language, mine=True)}
        assert READ_AS[f.kind] <= said <= {Says.THANKS, Says.CANDIDACY, *READ_AS[f.kind]}, text


def test_each_built_in_language_has_every_letter() -> None:
    assert sorted(templates.languages()) == sorted(LANGUAGES)
    for language, kind in product(LANGUAGES, Kind):
        assert (built_in() / language / f"{kind}.txt.j2").is_file()


def test_it_greets_as_the_thread_does() -> None:
    assert letter(facts()).startswith("Hi Maria,\n\n")
    assert letter(facts(first_name=None, salutation_name="Ms. Lopez")).startswith("Dear Ms. Lopez,\n")
    assert letter(facts(first_name=None, salutation_name=None)).startswith("Hello,\n")
    german = facts(language="de", first_name="Katrin", salutation_name="Frau Vogel")
    assert letter(german).startswith("Guten Tag Frau Vogel,\n")
    assert letter(replace(german, formal=False)).startswith("Hallo Katrin,\n")


@pytest.mark.parametrize("language", [x for x in LANGUAGES if x != "en"])
def test_formal_and_informal_address_differ(language: str) -> None:
    for kind in Kind:
        assert letter(facts(kind=kind, language=language)) != letter(facts(kind=kind, language=language, formal=False))


@pytest.mark.parametrize(
    "hostile",
    [
        "{{ 7 * 7 }}",
        "Acme\r\nBcc: x@evil.example",
        "{% raw %}",
        "None",
        "A" * 500,
        "https://evil.example",
        "\u202e\x00",
    ],
)
def test_hostile_names_say_nothing(hostile: str) -> None:
    text = letter(facts(company=hostile, role=hostile, first_name=hostile, salutation_name=hostile))
    assert text.startswith("Hello,\n")
    assert "the role." in text or "the role " in text
    assert "Bcc" not in text


def test_a_note_stands_word_for_word_as_a_paragraph_of_its_own() -> None:
    note = "I built {{ this }} [your way]:\n- fast\n- small"
    assert f"\n\n{note}\n\n" in letter(facts(note=f"\r\n{note}  \n".replace("\n", "\r\n")))


# ---- users' own templates


def write(folder: Path, name: str, text: str) -> JinjaTemplates:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return JinjaTemplates(folder)


def test_the_users_own_comes_first_and_only_in_its_language(tmp_path: Path) -> None:
    own = write(tmp_path, "de/check_in.txt.j2", "Moin {{ first_name }},\n\ngibt es Neues?\n\n{{ signature }}")
    assert own.render("check_in", "de", facts(language="de")).startswith("Moin Maria,")
    assert own.render("check_in", "en", facts()).startswith("Hi Maria,")


def test_one_without_a_language_serves_all_that_have_none(tmp_path: Path) -> None:
    write(tmp_path, "check_in.txt.j2", "For all: {{ company }}")
    own = write(tmp_path, "de/check_in.txt.j2", "Deutsch: {{ company }}")
    assert own.render("check_in", "en", facts()) == "For all: Acme\n"
    assert own.render("check_in", "de", facts(language="de")) == "Deutsch: Acme\n"


def test_a_user_can_change_only_the_frame_or_one_block(tmp_path: Path) -> None:
    write(
        tmp_path, "en/letter.txt.j2", "{% extends 'builtin/en/letter.txt.j2' %}{% block last %}Cheerio.{% endblock %}"
    )
    own = JinjaTemplates(tmp_path)
    assert "Cheerio." not in own.render("thank_you", "en", facts(kind=Kind.THANK_YOU))
    block = "{% extends 'builtin/en/thank_you.txt.j2' %}{% block last %}Cheerio, {{ company }}.{% endblock %}"
    text = write(tmp_path, "en/thank_you.txt.j2", block).render("thank_you", "en", facts(kind=Kind.THANK_YOU))
    assert "\n\nCheerio, Acme.\n\nBest regards,\n" in text
    assert text.startswith("Hi Maria,")


def test_a_new_language_is_a_new_folder_and_an_unknown_one_gets_english(tmp_path: Path) -> None:
    own = write(tmp_path, "sv/check_in.txt.j2", "Hej {{ first_name }}! Några nyheter?")
    assert "sv" in own.languages()
    assert own.render("check_in", "sv", facts(language="sv")) == "Hej Maria! Några nyheter?\n"
    assert own.render("check_in", "fi", facts(language="fi")).startswith("Hi Maria,")
    assert own.render("check_in", "de-AT", facts(language="de-AT")).startswith("Guten Tag Maria Lopez,")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Hi\n\n{{ frist_name }}", "check_in.txt.j2:3: 'frist_name' is undefined"),
        ("Hi {% if %}", "check_in.txt.j2:1: "),
        ("Hi\n{{ 1 / 0 }}", "check_in.txt.j2:2: division by zero"),
        ("{{ ''.__class__.__mro__ }}", "check_in.txt.j2:1: "),
        ("{% include '../../etc/passwd' %}", "check_in.txt.j2:1: "),
        ("Hi {{ promised_by }}", "'None' is left"),
        ("Dear [Name]", "'[Name' is left"),
        ("  \n{# nothing #}", "the letter is empty"),
        ("{{ signature }}", "the letter is empty"),
    ],
)
def test_a_broken_template_says_where_and_what_to_do(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(TemplateError) as raised:
        write(tmp_path, "en/check_in.txt.j2", text).render("check_in", "en", facts())
    assert says in str(raised.value)
    assert raised.value.remedy


def test_a_template_that_is_no_text_says_so(tmp_path: Path) -> None:
    (tmp_path / "check_in.txt.j2").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TemplateError, match="check_in"):
        JinjaTemplates(tmp_path).render("check_in", "en", facts())


def test_an_unknown_letter_is_an_error() -> None:
    with pytest.raises(TemplateError, match="there is no template love_letter"):
        templates.render("love_letter", "en", facts())


@pytest.mark.parametrize("example", re.findall(r"```jinja\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL))
def test_the_guides_examples_work(tmp_path: Path, example: str) -> None:
    own = write(tmp_path, "en/thank_you.txt.j2", example)
    for known in (facts(kind=Kind.THANK_YOU), facts(kind=Kind.THANK_YOU, first_name=None, role=None, company=None)):
        assert own.render("thank_you", "en", known).strip()


def test_the_guide_names_every_fact() -> None:
    named = set(re.findall(r"`(\w+)`", GUIDE.read_text(encoding="utf-8")))
    assert {f.name for f in fields(LetterFacts)} <= named
