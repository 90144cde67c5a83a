"""Calendar parts as Google, Outlook, Zoom, Calendly and Apple write them, and as nobody should."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from followupd.core import invites
from followupd.core.mail import CalendarPart
from followupd.core.reading import Invite, PartStat

CHICAGO = ZoneInfo("America/Chicago")
WRITTEN = datetime(2026, 4, 16, 15, 25, tzinfo=timezone(timedelta(hours=-5)))
IN_BERLIN = datetime(2026, 4, 16, 22, 25, tzinfo=timezone(timedelta(hours=2)))
FIXTURES = Path(__file__).resolve().parents[2] / "../shared/data/fixtures"


def read(text: str, method: str = "", *, zone: ZoneInfo = CHICAGO, written: datetime = WRITTEN) -> tuple[Invite, ...]:
    return invites.read(CalendarPart(method=method, text=text), zone=zone, written=written)


def one(text: str, method: str = "", **rest: object) -> Invite:
    (invite,) = read(text, method, **rest)  # type: ignore[arg-type]
    return invite


def event(*lines: str, head: str = "") -> str:
    body = "\r\n".join(("UID:u1@corp.example", "DTSTAMP:20260416T202500Z", *lines))
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{head}BEGIN:VEVENT\r\n{body}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


GOOGLE = """BEGIN:VCALENDAR
PRODID:-//Google Inc//Google Calendar 70.9054//EN
VERSION:2.0
CALSCALE:GREGORIAN
METHOD:REQUEST
BEGIN:VEVENT
DTSTART:20260422T160000Z
DTEND:20260422T164500Z
DTSTAMP:20260416T202500Z
ORGANIZER;CN=Carla Stein:mailto:carla.stein@ridgeway.example
UID:2b9f5g7j4l1k6m0@google.com
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=TRUE
 ;CN=Carla Stein;X-NUM-GUESTS=0:mailto:carla.stein@ridgeway.example
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=
 TRUE;CN=dana.reyes@example.org;X-NUM-GUESTS=0:mailto:dana.reyes@example.or
 g
ATTENDEE;CUTYPE=RESOURCE;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=TRUE;CN=Room
  4B;X-NUM-GUESTS=0:mailto:c_188@resource.calendar.google.com
LAST-MODIFIED:20260416T202500Z
SEQUENCE:2
STATUS:CONFIRMED
SUMMARY:Interview\\, Data Engineer - Dana Reyes
BEGIN:VALARM
ACTION:DISPLAY
SUMMARY:not this one
TRIGGER:-P0DT0H10M0S
END:VALARM
END:VEVENT
END:VCALENDAR
"""

OUTLOOK = """BEGIN:VCALENDAR
METHOD:REQUEST
PRODID:Microsoft Exchange Server 2010
VERSION:2.0
BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
ORGANIZER;CN="Huber, Anna (HR)":MAILTO:Anna.Huber@Corp.example
ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN=Dana Reyes
 :MAILTO:dana.reyes@example.org
ATTENDEE;CUTYPE=ROOM;ROLE=NON-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN=Isar
 :MAILTO:isar@corp.example
ATTENDEE;CN=X400 only:invalid:nomail
DESCRIPTION;LANGUAGE=de-DE:Sehr geehrte Frau Reyes\\,\\n
UID:040000008200E00074C5B7101A82E00800000000
SUMMARY;LANGUAGE=de-DE:Vorstellungsgespräch
DTSTART;TZID=W. Europe Standard Time:20260422T100000
DTEND;TZID=W. Europe Standard Time:20260422T110000
CLASS:PUBLIC
DTSTAMP:20260416T202500Z
SEQUENCE:0
X-MICROSOFT-CDO-ALLDAYEVENT:FALSE
END:VEVENT
END:VCALENDAR
"""

ZOOM = """BEGIN:VCALENDAR
PRODID:-//zoom.us//iCalendar Event//EN
VERSION:2.0
CALSCALE:GREGORIAN
METHOD:REQUEST
BEGIN:VTIMEZONE
TZID:America/New_York
X-LIC-LOCATION:America/New_York
BEGIN:DAYLIGHT
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
TZNAME:EDT
DTSTART:19700308T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
DTSTAMP:20260416T202500Z
DTSTART;TZID=America/New_York:20260422T110000
DTEND;TZID=America/New_York:20260422T114000
SUMMARY:Phone screen
UID:20260416T202500Z-91234567890@203.0.113.5
ORGANIZER;CN=Maria Lopez:mailto:maria@acme.example
END:VEVENT
END:VCALENDAR
"""

CALENDLY = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Calendly//EN
CALSCALE:GREGORIAN
METHOD:PUBLISH
BEGIN:VEVENT
DTSTAMP:20260416T202500Z
UID:calendly-4f2c-81d0
DTSTART:20260422T150000Z
DTEND:20260422T153000Z
CLASS:PRIVATE
SUMMARY:Dana Reyes and Maria Lopez
ORGANIZER;CN=Maria Lopez:mailto:maria@acme.example
ATTENDEE;CN=Dana Reyes;CUTYPE=INDIVIDUAL;PARTSTAT=ACCEPTED:mailto:dana.reyes%2Bjobs@example.org
STATUS:CONFIRMED
END:VEVENT
END:VCALENDAR
"""

APPLE_REPLY = """BEGIN:VCALENDAR
CALSCALE:GREGORIAN
VERSION:2.0
METHOD:REPLY
PRODID:-//Apple Inc.//macOS 14.0//EN
BEGIN:VEVENT
ATTENDEE;CN="Dana Reyes";CUTYPE=INDIVIDUAL;EMAIL="dana.reyes@example.org";PARTSTAT=TENTATIVE:/aMTg3NjU0MzIx/principal/
DTEND;TZID=America/Chicago:20260422T120000
UID:2b9f5g7j4l1k6m0@google.com
DTSTAMP:20260416T210000Z
SEQUENCE:1
SUMMARY:Interview
DTSTART;TZID=America/Chicago:20260422T110000
ORGANIZER;CN="Carla Stein":mailto:carla.stein@ridgeway.example
END:VEVENT
END:VCALENDAR
"""


def test_google_request_is_read_in_full() -> None:
    invite = one(GOOGLE, "REQUEST")
    assert (invite.uid, invite.method, invite.sequence) == ("2b9f5g7j4l1k6m0@google.com", "REQUEST", 2)
    assert (invite.start, invite.end) == (utc(2026, 4, 22, 16), utc(2026, 4, 22, 16, 45))
    assert invite.stamped_at == utc(2026, 4, 16, 20, 25)
    assert invite.certain
    assert invite.latest_end is None
    assert invite.summary == "Interview, Data Engineer - Dana Reyes"
    assert invite.organizer is not None
    assert (invite.organizer.name, invite.organizer.email) == ("Carla Stein", "carla.stein@ridgeway.example")
    assert [(a.address.name, a.address.email, a.status, a.person) for a in invite.attendees] == [
        ("Carla Stein", "carla.stein@ridgeway.example", PartStat.ACCEPTED, True),
        ("", "dana.reyes@example.org", PartStat.NEEDS_ACTION, True),
        ("Room 4B", "c_188@resource.calendar.google.com", PartStat.ACCEPTED, False),
    ]


def test_outlook_request_in_a_windows_zone() -> None:
    invite = one(OUTLOOK, "REQUEST")
    assert (invite.start, invite.end) == (utc(2026, 4, 22, 8), utc(2026, 4, 22, 9))
    assert invite.organizer is not None
    assert (invite.organizer.name, invite.organizer.email) == ("Huber, Anna (HR)", "Anna.Huber@Corp.example")
    assert [(a.address.email, a.person) for a in invite.attendees] == [
        ("dana.reyes@example.org", True),
        ("isar@corp.example", False),
    ]
    assert not invite.all_day


def test_zoom_request_without_attendees() -> None:
    invite = one(ZOOM)
    assert (invite.method, invite.start, invite.end) == ("REQUEST", utc(2026, 4, 22, 15), utc(2026, 4, 22, 15, 40))
    assert invite.attendees == ()


def test_calendly_publishes_and_escapes_its_addresses() -> None:
    invite = one(CALENDLY)
    assert (invite.method, invite.start) == ("PUBLISH", utc(2026, 4, 22, 15))
    assert invite.attendees[0].address.email == "dana.reyes+jobs@example.org"


def test_apple_reply_names_its_attendee_by_parameter() -> None:
    invite = one(APPLE_REPLY, "REPLY")
    assert (invite.method, invite.sequence, invite.start) == ("REPLY", 1, utc(2026, 4, 22, 16))
    assert [(a.address.email, a.status) for a in invite.attendees] == [("dana.reyes@example.org", PartStat.TENTATIVE)]


def test_counter_keeps_its_method() -> None:
    assert one(GOOGLE.replace("METHOD:REQUEST", "METHOD:COUNTER"), "COUNTER").method == "COUNTER"


def test_the_parts_parameter_outranks_the_text_and_the_status_both() -> None:
    assert one(GOOGLE, "CANCEL").method == "CANCEL"
    assert one(GOOGLE.replace("STATUS:CONFIRMED", "STATUS:CANCELLED"), "REQUEST").method == "CANCEL"
    assert one(event("DTSTART:20260422T160000Z")).method == ""


@pytest.mark.parametrize(
    ("tzid", "start"),
    [
        ("Europe/Berlin", utc(2026, 4, 22, 8)),
        ("europe/berlin", utc(2026, 4, 22, 8)),
        ("Pacific Standard Time", utc(2026, 4, 22, 17)),
        ('"Eastern Standard Time"', utc(2026, 4, 22, 14)),
        ('"tzone://Microsoft/Utc"', utc(2026, 4, 22, 10)),
        ('"(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna"', utc(2026, 4, 22, 8)),
        ('"(GMT-06:00) Central Time (US & Canada)"', utc(2026, 4, 22, 15)),
        ('"(UTC-05:00) Somewhere Unlisted"', utc(2026, 4, 22, 15)),
        ("(UTC+01:00) Amsterdam", utc(2026, 4, 22, 8)),
        ('"(UTC) Coordinated Universal Time"', utc(2026, 4, 22, 10)),
        ('"Amsterdam, Belgrade, Berlin, Brussels, Budapest, Madrid"', utc(2026, 4, 22, 8)),
        ("/freeassociation.sourceforge.net/Tzfile/America/Argentina/Buenos_Aires", utc(2026, 4, 22, 13)),
        ("UTC+11", datetime(2026, 4, 21, 23, tzinfo=UTC)),
        ("GMT-0530", utc(2026, 4, 22, 15, 30)),
    ],
)
def test_zone_names(tzid: str, start: datetime) -> None:
    invite = one(event(f"DTSTART;TZID={tzid}:20260422T100000", "DURATION:PT30M"))
    assert (invite.start, invite.certain) == (start, True)
    assert invite.end == start + timedelta(minutes=30)


CUSTOM = """BEGIN:VTIMEZONE
TZID:Customized Time Zone
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""


@pytest.mark.parametrize(
    ("wall", "start"),
    [
        ("20260422T100000", utc(2026, 4, 22, 8)),
        ("20260329T015959", utc(2026, 3, 29, 0, 59, 59)),
        ("20260329T030000", utc(2026, 3, 29, 1)),
        ("20261025T040000", utc(2026, 10, 25, 3)),
        ("20261225T100000", utc(2026, 12, 25, 9)),
        ("20260101T100000", utc(2026, 1, 1, 9)),
    ],
)
def test_a_zone_of_the_calendars_own_is_evaluated(wall: str, start: datetime) -> None:
    invite = one(event(f"DTSTART;TZID=Customized Time Zone:{wall}", head=CUSTOM))
    assert (invite.start, invite.certain) == (start, True)


def test_one_calendars_custom_zone_is_not_anothers() -> None:
    other = CUSTOM.replace("+0200", "-0700").replace("+0100", "-0800")
    assert one(event("DTSTART;TZID=Customized Time Zone:20260422T100000", head=CUSTOM)).start == utc(2026, 4, 22, 8)
    assert one(event("DTSTART;TZID=Customized Time Zone:20260422T100000", head=other)).start == utc(2026, 4, 22, 17)


def test_a_zone_described_after_its_use_with_ended_rules() -> None:
    zone = CUSTOM.replace("RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3", "RDATE:19800406T020000").replace(
        "DTSTART:16010101T030000", "DTSTART:19790930T030000"
    )
    text = event("DTSTART;TZID=Customized Time Zone:20260422T100000").replace("END:VCALENDAR", zone + "END:VCALENDAR")
    assert one(text).start == utc(2026, 4, 22, 9)


@pytest.mark.parametrize("start", ["DTSTART:20260422T100000", "DTSTART;TZID=Somewhere Odd:20260422T100000"])
def test_a_time_without_a_known_zone_is_uncertain(start: str) -> None:
    invite = one(event(start, "DTEND" + start[7:].replace("T10", "T11")), written=IN_BERLIN)
    assert not invite.certain
    assert invite.start == datetime(2026, 4, 22, 10, tzinfo=CHICAGO)
    assert invite.end == invite.latest_end == datetime(2026, 4, 22, 11, tzinfo=CHICAGO)


def test_the_latest_reading_may_be_the_senders() -> None:
    in_hawaii = datetime(2026, 4, 16, 10, tzinfo=timezone(timedelta(hours=-10)))
    invite = one(event("DTSTART:20260422T100000"), written=in_hawaii)
    assert invite.end == datetime(2026, 4, 22, 11, tzinfo=CHICAGO)
    assert invite.latest_end == utc(2026, 4, 22, 21)


def test_a_floating_time_is_certain_between_people_of_one_offset() -> None:
    invite = one(event("DTSTART:20260422T100000"))
    assert (invite.start, invite.certain) == (datetime(2026, 4, 22, 10, tzinfo=CHICAGO), True)


def test_the_calendars_own_zone_governs_its_floating_times() -> None:
    text = event("DTSTART:20260422T100000").replace("VERSION:2.0", "X-WR-TIMEZONE:Europe/Berlin")
    assert one(text, written=IN_BERLIN).start == utc(2026, 4, 22, 8)


def test_an_offset_in_the_time_itself() -> None:
    assert one(event("DTSTART:2026-04-22T10:00:00+02:00")).start == utc(2026, 4, 22, 8)


def test_whole_days_are_the_users() -> None:
    invite = one(event("DTSTART;VALUE=DATE:20260422"))
    assert invite.all_day
    assert invite.certain
    assert invite.start == datetime(2026, 4, 22, tzinfo=CHICAGO)
    assert invite.end == datetime(2026, 4, 23, tzinfo=CHICAGO)
    assert one(event("DTSTART:20260422T000000Z", "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE")).all_day


@pytest.mark.parametrize(
    ("lines", "hours"),
    [
        ((), 1),
        (("DTEND:20260422T180000Z",), 2),
        (("DTEND:20260422T150000Z",), 1),
        (("DTEND:nonsense",), 1),
        (("DURATION:PT3H",), 3),
        (("DURATION:P1DT1H",), 25),
        (("DURATION:-PT3H",), 1),
        (("DURATION:PT99999999999999H",), 1),
    ],
)
def test_how_long_it_lasts(lines: tuple[str, ...], hours: int) -> None:
    invite = one(event("DTSTART:20260422T160000Z", *lines))
    assert invite.end == utc(2026, 4, 22, 16) + timedelta(hours=hours)


@pytest.mark.parametrize(
    ("lines", "start"),
    [
        (("RRULE:FREQ=WEEKLY;COUNT=6",), utc(2026, 4, 20, 14)),
        (("RRULE:FREQ=WEEKLY;COUNT=2",), utc(2026, 4, 6, 14)),  # over: the series' own start
        (("RRULE:FREQ=WEEKLY;UNTIL=20260420T140000Z",), utc(2026, 4, 20, 14)),
        (("RRULE:FREQ=WEEKLY;UNTIL=20260419",), utc(2026, 4, 6, 14)),
        (("RRULE:FREQ=WEEKLY", "EXDATE;TZID=America/New_York:20260420T100000"), utc(2026, 4, 27, 14)),
        (("RDATE;TZID=Europe/Berlin:20260418T160000",), utc(2026, 4, 18, 14)),
        (("RRULE:FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR",), utc(2026, 4, 17, 14)),
        (("RRULE:FREQ=MONTHLY;BYDAY=3WE",), utc(2026, 5, 20, 14)),
        (("RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",), utc(2026, 4, 30, 14)),
        (("RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH",), utc(2026, 4, 20, 14)),
        (("RRULE:FREQ=DAILY;INTERVAL=0",), utc(2026, 4, 6, 14)),
        (("RRULE:FREQ=SECONDLY",), utc(2026, 4, 6, 14)),
        (("RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",), utc(2026, 4, 6, 14)),
        (("RRULE:FREQ=NEVER;BYDAY=9XX",), utc(2026, 4, 6, 14)),
    ],
)
def test_a_series_gives_what_comes_next(lines: tuple[str, ...], start: datetime) -> None:
    invite = one(event("DTSTART;TZID=America/New_York:20260406T100000", *lines))
    assert (invite.start, invite.recurring) == (start, True)
    assert invite.end == start + timedelta(hours=1)


def test_an_occurrence_that_was_replaced_is_not_the_series_next() -> None:
    text = event("DTSTART:20260406T140000Z", "RRULE:FREQ=WEEKLY").replace(
        "END:VCALENDAR",
        "BEGIN:VEVENT\nUID:u1@corp.example\nRECURRENCE-ID;TZID=America/Chicago:20260420T090000\n"
        "DTSTART:20260421T140000Z\nEND:VEVENT\nEND:VCALENDAR",
    )
    series, moved = read(text)
    assert (series.start, series.occurrence) == (utc(2026, 4, 27, 14), None)
    assert (moved.start, moved.occurrence, moved.recurring) == (
        utc(2026, 4, 21, 14),
        "2026-04-20T14:00:00+00:00",
        False,
    )


def test_an_event_without_uid_gets_one_that_lasts() -> None:
    text = event("DTSTART:20260422T160000Z", "SUMMARY:Chat").replace("UID:u1@corp.example", "X-NO:1")
    assert one(text).uid == one(text).uid
    assert one(text).uid.endswith("@missing.invalid")


def test_a_broken_parameter_costs_only_itself() -> None:
    invite = one(event("DTSTART:20260422T160000Z", 'ATTENDEE;CN="Jo "JJ" Doe:mailto:jo@corp.example'))
    assert [a.address.email for a in invite.attendees] == ["jo@corp.example"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "BEGIN:VCALENDAR",
        "BEGIN:VEVENT\nDTSTART",
        "\x00\ud800",
        "END:VEVENT\nEND:VCALENDAR",
        "DTSTART:20260101T000000Z",
    ],
)
def test_scraps_give_no_start(text: str) -> None:
    assert all(invite.start is None for invite in read(text))


def test_other_components_are_no_invites() -> None:
    assert read("BEGIN:VCALENDAR\nBEGIN:VTODO\nUID:1\nDTSTART:20260422T160000Z\nEND:VTODO\nEND:VCALENDAR") == ()


WORDS = [
    "BEGIN:VCALENDAR", "END:VCALENDAR", "BEGIN:VEVENT", "END:VEVENT", "BEGIN:VTIMEZONE", "END:VTIMEZONE", "BEGIN:STANDARD",
    "END:STANDARD", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "TZID", "TZOFFSETTO", "TZOFFSETFROM", "UID",
    "ATTENDEE", "ORGANIZER", "mailto:a@b.example", "20260422T100000", "00010101T000000", "99991231T235959Z", "P1D", "FREQ=DAILY",
    "COUNT=3", "BYDAY=-9MO", ";", ":", "=", ",", '"', "\n", "\r\n ", "+0200", "-9999", "RECURRENCE-ID", "UNTIL=20261340", "\\",
]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=5)), max_size=60).map("".join))
def test_no_text_raises(text: str) -> None:
    for invite in read(text, written=IN_BERLIN):
        assert invite.end is None or (invite.start is not None and invite.end > invite.start)


@pytest.mark.parametrize(
    "junk",
    [
        "\n" * 1_000_000,
        " \t" * 500_000,
        "BEGIN:VEVENT\n" * 70_000,
        'ATTENDEE;CN="' * 80_000,
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260101T100000Z\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30\nEND:VEVENT\n"
        * 9_000,
        "BEGIN:VEVENT\n" + "ATTENDEE;CN=a b:mailto:a@b.example\n" * 28_000 + "END:VEVENT",
        "DTSTART:" + "2" * 1_000_000,
    ],
    ids=["newlines", "blanks", "open", "quotes", "series", "attendees", "digits"],
)
def test_a_megabyte_of_junk_is_soon_done(junk: str) -> None:
    begun = time.process_time()
    read(junk)
    assert time.process_time() - begun < 5


@pytest.mark.skipif(not FIXTURES.exists(), reason="the shared fixtures are not there")
def test_every_fixture_is_read() -> None:
    files = [*FIXTURES.glob("collective+icalendar/**/*.ics"), *FIXTURES.glob("jens-maus+node-ical/**/*.ics")]
    assert files
    for file in files:
        read(file.read_bytes().decode(errors="replace"))
