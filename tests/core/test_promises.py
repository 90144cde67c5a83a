"""Promised answers and returns from absence, in the words of the eight languages."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from holidays import country_holidays

from followupd.core import phrases
from followupd.core.promises import absence, promise
from followupd.core.reading import Absence, Finding, Promise, Says
from followupd.core.worktime import WorkCalendar

CALENDAR = WorkCalendar(zone=ZoneInfo("America/Chicago"))
WRITTEN = datetime.fromisoformat("2026-03-05T10:00:00-06:00")  # a Thursday


def _promise(text: str, *said: str, language: str = "en", written: datetime = WRITTEN) -> Promise | None:
    findings = [
        Finding(says=Says.PROMISES, rule="test", start=text.index(words), end=text.index(words) + len(words))
        for words in said
    ]
    return promise(text, findings=findings, language=language, written=written, calendar=CALENDAR)


PROMISES = [
    ("en", "Thank you for the interview on Tuesday. We will get back to you by the end of next\nweek.",
     "We will get back to you", "2026-03-13"),
    ("en", "After your interview on Thursday, March 12 at 10 am we will be in touch by Tuesday.",
     "we will be in touch", "2026-03-10"),
    ("en", "By next Wednesday you will hear from us.", "you will hear from us", "2026-03-11"),
    ("en", "We plan to decide soon. You can expect an answer by Friday.", "We plan to decide", "2026-03-06"),
    ("en", "We will let you know. Most likely by March 20.", "We will let you know", "2026-03-20"),
    ("en", "Our decision should fall by March 18. We will get back to you then.", "We will get back to you",
     "2026-03-18"),
    ("en", "We will get back to you soon. Please send your references by Friday.", "We will get back to you", None),
    ("en", "We will get back to you soon. Your interview is on Tuesday, March 10 at 2 pm.",
     "We will get back to you", None),
    ("en", "We will be in touch after your call with Tom on Monday.", "We will be in touch", None),
    ("en", "We will get back to you by March 2.", "We will get back to you", None),
    ("en", "We will get back to you within five business days.", "We will get back to you", "2026-03-12"),
    ("en", "We will get back to you in the next 2-3 weeks.", "We will get back to you", "2026-03-26"),
    ("en", "We have a few more conversations this week and will get back to you by the end of next week.",
     "will get back to you", "2026-03-13"),
    ("en", "We met on Monday, and I promised to get back to you by tomorrow.", "promised to get back to you",
     "2026-03-06"),
    ("de", "Wir melden uns bis Ende nächster Woche bei Ihnen.", "Wir melden uns", "2026-03-13"),
    ("de", "Das Gespräch findet am 10. März um 10 Uhr statt. Danach melden wir uns innerhalb einer Woche.",
     "melden wir uns", "2026-03-12"),
    ("fr", "Nous reviendrons vers vous d'ici la fin de la semaine prochaine.", "Nous reviendrons vers vous",
     "2026-03-13"),
    ("es", "Te daremos una respuesta antes del 20 de marzo.", "Te daremos una respuesta", "2026-03-20"),
    ("pt", "Daremos um retorno até sexta-feira.", "Daremos um retorno", "2026-03-06"),
    ("it", "Le faremo sapere entro due settimane.", "Le faremo sapere", "2026-03-19"),
    ("nl", "Je hoort uiterlijk volgende week vrijdag van ons.", "Je hoort", "2026-03-13"),
    ("pl", "Odezwiemy się do końca przyszłego tygodnia.", "Odezwiemy się", "2026-03-13"),
    ("en", "Thanks for coming in on Monday! The team is meeting on Thursday to discuss, and we should be able to let you know by early next week.", "we should be able to let you know", "2026-03-10"),
    ("en", "We are interviewing other candidates through March 13 and expect to make a decision the following week.", "expect to make a decision", "2026-03-20"),
    ("en", "You should expect to hear back from us within 1-2 weeks of your interview on March 10.", "You should expect to hear back from us", "2026-03-19"),
    ("en", "I will have an update for you by end of day Friday, March 6th, 2026.", "I will have an update for you", "2026-03-06"),
    ("en", "We'll be in touch in the coming weeks.", "We'll be in touch", "2026-03-26"),
    ("en", "Our timeline: interviews until March 20, decision by March 27. We will be in touch either way.", "We will be in touch", "2026-03-27"),
    ("en", "We will let you know in due course. The role starts on June 1.", "We will let you know", None),
    ("en", "We'll get back to you about next steps by the 20th.", "We'll get back to you", "2026-03-20"),
    ("en", "I'll follow up with you on Monday.", "I'll follow up with you", "2026-03-09"),
    ("en", "The committee meets again on March 24 and we will contact you shortly after that.", "we will contact you", "2026-03-24"),
    ("en", "If we move forward, we will contact you within 3 weeks. If you do not hear from us, the position has been filled.", "we will contact you", "2026-03-26"),
    ("en", "Unfortunately I won't have an answer this week, but I will get back to you next week.", "I will get back to you", "2026-03-13"),
    ("en", "We'll be in touch by the end of the month to schedule an interview for the week of April 6.", "We'll be in touch", "2026-03-31"),
    ("de", "Vielen Dank für das nette Gespräch heute. Wir sprechen noch bis nächste Woche Mittwoch mit weiteren Kandidaten und melden uns dann bis spätestens Freitag, 13. März.", "melden uns dann", "2026-03-13"),
    ("de", "Bis Ende März treffen wir eine Entscheidung und kommen dann auf Sie zu.", "kommen dann auf Sie zu", "2026-03-31"),
    ("de", "Wir melden uns unaufgefordert bei Ihnen. Bitte sehen Sie bis dahin von Rückfragen ab.", "Wir melden uns", None),
    ("de", "Sie hören in etwa zwei Wochen von uns.", "Sie hören", "2026-03-19"),
    ("fr", "Nous reviendrons vers vous au plus tard le 20 mars pour vous donner notre réponse.", "Nous reviendrons vers vous", "2026-03-20"),
    ("fr", "Suite à notre entretien de ce matin, je reviens vers vous en fin de semaine prochaine.", "je reviens vers vous", "2026-03-13"),
    ("es", "Tras la entrevista del martes, le informaremos del resultado en un plazo de 10 días.", "le informaremos del resultado", "2026-03-15"),
    ("es", "Nos pondremos en contacto contigo a lo largo de la semana que viene.", "Nos pondremos en contacto contigo", "2026-03-13"),
    ("pt", "Até o final de março entraremos em contato.", "entraremos em contato", "2026-03-31"),
    ("it", "La contatteremo nelle prossime due settimane.", "La contatteremo", "2026-03-19"),
    ("nl", "We komen er begin volgende week bij je op terug.", "We komen er", "2026-03-10"),
    ("pl", "O wyniku poinformujemy w ciągu 7 dni od rozmowy.", "poinformujemy", "2026-03-12"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "said", "by"), PROMISES)
def test_a_promise_is_the_date_that_belongs_to_it(language: str, text: str, said: str, by: str | None) -> None:
    found = _promise(text, said, language=language)
    assert (found.by.isoformat() if found else None) == by


IN_WORDS = [
    ("we would expect to let everyone know the outcome within the fortnight.", "2026-08-20"),
    ("You should hear from us inside a fortnight.", "2026-08-20"),
    ("I'll have news for you in a fortnight's time.", "2026-08-20"),
    ("We'll make the call once she's back on the 14th and I will ping you right after.", "2026-08-14"),
    ("Once our VP returns on August 14 we will decide.", "2026-08-14"),
    ("Our CEO is travelling until the 24th; I'll get his verdict then and let you know.", "2026-08-24"),
    ("Denise is back Monday the 17th, so expect to hear from me then.", "2026-08-17"),
    ("As soon as our director is back from vacation on the 17th, we'll finalise and get back to you.", "2026-08-17"),
    ("You'll hear from us right after Labor Day.", "2026-09-08"),
    ("We will be in touch shortly after Labor Day.", "2026-09-08"),
    ("Expect an answer before Thanksgiving.", "2026-11-26"),
    ("We'll have made up our minds by Thanksgiving.", "2026-11-26"),
    ("You will have our decision by Christmas.", "2026-12-25"),
    ("We shall write to all applicants during the week of August 10.", "2026-08-14"),
    ("We will send out decisions the week of the 17th.", "2026-08-21"),
    ("It'll be Monday before I can tell you anything.", "2026-08-10"),
    ("It will probably be next Thursday until I know more.", "2026-08-13"),
    ("I won't know anything until Monday.", "2026-08-10"),
    ("I won't have an answer before Wednesday, August 12.", "2026-08-12"),
    ("will let u know by aug 20", "2026-08-20"),
    ("gonna let you know by the 14th", "2026-08-14"),
    ("You will have an answer from me by close of business Thursday of next week, one way or the other.", "2026-08-13"),
    ("Look for an email from me tomorrow.", "2026-08-07"),
    ("An offer or a no will be in your inbox by tomorrow evening.", "2026-08-07"),
    ("Decision is due Friday week - no, sorry, by the 14th; I'll mail you.", "2026-08-14"),
    ("The hiring committee votes at the end of August and everyone gets an email after that.", "2026-08-31"),
    ("We plan to wrap this up by end of month.", "2026-08-31"),
    ("The panel meets on August 19, and I'll let you know their decision afterwards.", "2026-08-19"),
    ("The committee meets on the 19th, after which we will contact all candidates.", "2026-08-19"),
    ("Please give us until Monday.", "2026-08-10"),
    ("Bear with us until Wednesday please.", "2026-08-12"),
    ("Give me two weeks and you'll have an answer.", "2026-08-20"),
    ("I need another week before I can say more.", "2026-08-13"),
    ("Our final interviews run through August 18, you'll know after that.", "2026-08-18"),
    ("Expect a decision late next week.", "2026-08-14"),
    ("Should have news early next week!", "2026-08-11"),
    ("more tomorrow!", "2026-08-07"),
    ("Decision by next Friday, promise.", "2026-08-14"),
    ("ping you monday", "2026-08-10"),
    ("The first week of September is when you can expect to hear back.", "2026-09-04"),
    ("I owe you an answer; expect it by August 14.", "2026-08-14"),
    ("Our aim is to have this settled by the 14th.", "2026-08-14"),
    ("We're targeting August 14 for a decision.", "2026-08-14"),
    ("Target date for our decision is August 14.", "2026-08-14"),
    ("Check back with me on Wednesday if you have not heard.", "2026-08-12"),
    ("If you haven't heard from me by August 14, feel free to nudge me.", "2026-08-14"),
    ("If you don't hear from us by next Friday, please drop me a line.", "2026-08-14"),
    ("We would love to have you start on August 31.", None),
    ("Could you send me your references by Friday?", None),
    ("The office is closed on September 7.", None),
    ("We received your application on August 3 and will be in touch.", None),
    ("We don't expect to make a decision before the end of September.", "2026-09-30"),
    ("It could take up to three weeks before you hear from us.", "2026-08-27"),
    ("Budget gets approved mid-September. I can tell you more then.", "2026-09-20"),
    ("You can expect our answer no later than the 14th.", "2026-08-14"),
    ("Our decision will be communicated on August 14.", "2026-08-14"),
    ("Candidates will be notified on or around August 14.", "2026-08-14"),
    ("Results go out on the 14th.", "2026-08-14"),
    ("All applicants will receive a response by August 14, 2026.", "2026-08-14"),
    ("We are looking at the week of August 24 for next steps.", "2026-08-28"),
    ("Our board gets together next Friday; once they have spoken I'll pass their answer along.", "2026-08-14"),
    ("Sit tight til Wednesday.", "2026-08-12"),
    ("I'd say end of August before we're ready to make anyone an offer.", "2026-08-31"),
    ("You should know where you stand in a couple of weeks.", "2026-08-20"),
    ("I'll circle round on Monday once I have spoken to Carl.", "2026-08-10"),
    ("We have our debrief a week from today and will be in contact right after it.", "2026-08-13"),
    ("I'm hoping to get back to everybody by the 21st.", "2026-08-21"),
    ("We'll be reviewing applications until 25 August and contacting people after that date.", "2026-08-25"),
    ("We want to have someone in place by Christmas and will inform you of our choice before then.", "2026-12-25"),
    ("Final decisions are expected by August 14.", "2026-08-14"),
    ("The plan is to decide by the 14th.", "2026-08-14"),
    ("A decision should land by end of next week.", "2026-08-14"),
    ("Drop me a note on Tuesday if it's still quiet.", "2026-08-11"),
    ("You'll have my answer tomorrow.", "2026-08-07"),
    ("The search will close at the end of the month, at which point I'll write to all of you.", "2026-08-31"),
    ("Please allow two weeks for a reply.", "2026-08-20"),
    ("Kindly allow us up to two weeks to respond.", "2026-08-20"),
    ("It usually takes us six weeks to get through everything, and then you'll hear.", "2026-09-17"),
    ("We respond to every applicant within five working days.", "2026-08-13"),
    ("Shortlisting takes place in the week commencing 17 August and you will be advised of the outcome then.", "2026-08-21"),
    ("Will revert by Monday.", "2026-08-10"),
    ("Kindly note that the results of the interview shall be communicated to you on or before 14th August, 2026.", "2026-08-14"),
    ("lemme talk to my cofounder n get back 2 u tmrw", "2026-08-07"),
    ("We are seeing the last candidate on the 18th, after which you'll get a call either way.", "2026-08-18"),
    ("Sorry for the delay! New target is the 28th.", "2026-08-28"),
    ("Not today, but tomorrow you'll have it in writing.", "2026-08-07"),
    ("Let me know by Friday if you can start on August 31.", None),
    ("Please sign the NDA by Monday.", None),
    ("The position starts September 1 and pays 60k.", None),
    ("We loved meeting you on Monday!", None),
    ("Our team offsite is next week, so I'm slow on email.", None),
    ("We hope to hear from you by Friday.", None),
    ("The assignment is due August 12; we'll review it carefully.", None),
    ("We will decide whether to go ahead after you've sent the test.", None),
    ("I will call you Tuesday at 3pm for the interview.", None),
    ("Looking forward to seeing you on the 12th!", None),
    ("If you get this before Monday, please call me.", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "by"), IN_WORDS)
def test_a_promise_is_found_however_it_is_said(text: str, by: str | None) -> None:
    written = datetime.fromisoformat("2026-08-06T17:00:00-05:00")  # a Thursday
    calendar = WorkCalendar(zone=ZoneInfo("America/Chicago"), days_off=country_holidays("US"))
    said = phrases.find(text, subject="", language="en", mine=False)
    found = promise(text, findings=said, language="en", written=written, calendar=calendar, country="US")
    assert (found.by.isoformat() if found else None) == by


def test_a_promise_is_quoted_with_its_date() -> None:
    text = "Hi Dana,\n\nthe team liked you. We will get back to you by the end of next\nweek. All the best"
    found = _promise(text, "We will get back to you")
    assert found is not None
    assert text[found.start : found.end] == "We will get back to you by the end of next\nweek"


def test_the_date_before_the_promise_is_quoted_with_its_preposition() -> None:
    text = "By next Wednesday you will hear from us."
    found = _promise(text, "you will hear from us")
    assert found is not None
    assert text[found.start : found.end] == "By next Wednesday you will hear from us"


def test_the_last_of_several_promises_stands() -> None:
    text = "We will get back to you by Friday. No: we will let you know by March 20."
    found = _promise(text, "We will get back to you", "we will let you know")
    assert found is not None
    assert found.by == date(2026, 3, 20)


def test_findings_of_other_kinds_promise_nothing() -> None:
    text = "Please answer by Friday."
    asks = Finding(says=Says.ASKS, rule="test", start=0, end=13)
    assert promise(text, findings=[asks], language="en", written=WRITTEN, calendar=CALENDAR) is None


def test_working_days_are_those_of_the_calendar() -> None:
    calendar = WorkCalendar(zone=ZoneInfo("America/Chicago"), days_off=frozenset({date(2026, 3, 6)}))
    text = "We will answer within two working days."
    found = promise(
        text, findings=[Finding(says=Says.PROMISES, rule="test", start=0, end=14)], language="en", written=WRITTEN,
        calendar=calendar,
    )  # fmt: skip
    assert found is not None
    assert found.by == date(2026, 3, 10)


ABSENCES = [
    ("en", "I am out of the office and will be back on Monday, April 20. I will answer then.", "2026-04-20", None),
    ("en", "I am out of the office until April 17.", None, "2026-04-17"),
    ("en", "I will be out of office through Friday, April 17, with limited access to email.", None, "2026-04-17"),
    ("en", "I am on leave from April 13 to April 17 and back on April 20.", "2026-04-20", "2026-04-17"),
    ("en", "I will not be back until April 20.", "2026-04-20", None),
    ("en", "I'm away and returning Monday the 20th of April.", "2026-04-20", None),
    ("en", "I am currently out of the office, returning on Tuesday.", "2026-03-10", None),
    ("en", "I will be out of the office this week.", None, "2026-03-06"),
    ("en", "I'm on parental leave. Please contact Tom instead.", None, None),
    ("en", "I was out of office until March 2 and work through my mail.", None, None),
    ("en", "Out of office 04/06/2026 - 04/17/2026", None, "2026-04-17"),
    ("de", "Ich bin ab dem 20. April wieder im Büro.", "2026-04-20", None),
    ("de", "Ich bin bis einschließlich 17. April nicht erreichbar.", None, "2026-04-17"),
    ("de", "Ich bin vom 6. bis 17. April im Urlaub und am 20. April wieder da.", "2026-04-20", "2026-04-17"),
    ("de", "Ich bin bis 17.04.2026 außer Haus.", None, "2026-04-17"),
    ("fr", "Je suis absent jusqu'au 17 avril inclus.", None, "2026-04-17"),
    ("fr", "Je serai de retour le lundi 20 avril.", "2026-04-20", None),
    ("es", "Estoy fuera de la oficina hasta el 17 de abril.", None, "2026-04-17"),
    ("es", "Estaré de vuelta el 20 de abril.", "2026-04-20", None),
    ("pt", "Estou de férias até 17 de abril.", None, "2026-04-17"),
    ("pt", "Estarei de volta no dia 20 de abril.", "2026-04-20", None),
    ("it", "Sono assente fino al 17 aprile.", None, "2026-04-17"),
    ("it", "Sarò di ritorno il 20 aprile.", "2026-04-20", None),
    ("nl", "Ik ben afwezig tot en met 17 april.", None, "2026-04-17"),
    ("nl", "Ik ben op 20 april weer aanwezig.", "2026-04-20", None),
    ("pl", "Jestem na urlopie do 17 kwietnia.", None, "2026-04-17"),
    ("pl", "Wracam 20 kwietnia.", "2026-04-20", None),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "back_on", "through"), ABSENCES)
def test_an_absence_tells_the_return(language: str, text: str, back_on: str | None, through: str | None) -> None:
    found = absence(text, language=language, written=WRITTEN, calendar=CALENDAR, country="US")
    assert found == Absence(
        back_on=date.fromisoformat(back_on) if back_on else None,
        through=date.fromisoformat(through) if through else None,
    )


def test_the_subject_tells_where_the_text_does_not() -> None:
    found = absence(
        "Thank you for your message.",
        subject="Out of office until April 17",
        language="en",
        written=WRITTEN,
        calendar=CALENDAR,
    )
    assert found == Absence(through=date(2026, 4, 17))
