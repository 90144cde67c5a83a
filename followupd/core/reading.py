"""What one message says: the result of reading it once. No body text is kept, only facts and where they stood.

Positions (``start``, ``end``) count characters of the *visible text* (``text.visible``), of the subject, or of a
header's value, as ``part`` tells, so that a quotation can be made again from the mailbox without being stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from followupd.core.mail import Address

READER_VERSION = 3
"""Raised whenever a message could now be read otherwise; older readings are then made again."""


class Origin(StrEnum):
    """Who or what wrote a message (RFC 3834 and policy section 1)."""

    HUMAN = "human"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    AUTOMATED = "automated"
    BULK = "bulk"


class Says(StrEnum):
    """What a message can say. The first group is said to the candidate, the second by the candidate."""

    INVITES = "invites"  # to an interview, a call, a chat about the role
    OFFERS_TIMES = "offers_times"  # "would Tuesday at 10 suit?", "how about …"
    ASKS_TIMES = "asks_times"  # "when are you free?", "send me your availability"
    SCHEDULING_LINK = "scheduling_link"  # "book a slot here"
    CONFIRMS = "confirms"  # an interview time is fixed
    MOVES = "moves"  # an interview gets another time, or has to get one
    CANCELS = "cancels"  # an interview will not take place
    ACKNOWLEDGES = "acknowledges"  # an application has arrived
    ASKS = "asks"  # wants something of the candidate: an answer, a document, a form
    ASSIGNS = "assigns"  # sets a task, test or take-home
    PROMISES = "promises"  # will answer, by a date or soon
    REJECTS = "rejects"
    MAY_REJECT = "may_reject"  # a word of a rejection, too weak to be one, and nothing else that it could be part of
    OFFERS_JOB = "offers_job"
    HOLDS = "holds"  # on hold, hiring freeze, paused
    CLOSES_POSITION = "closes_position"  # the opening itself is gone
    RESUMES = "resumes"  # what was on hold or ended is taken up again
    RECEIVES_WORK = "receives_work"  # what the candidate handed in has arrived
    STILL_DECIDING = "still_deciding"  # an answer that decides nothing
    AWAY = "away"  # out of office
    HOSTS = "hosts"  # the writer takes part: "Tom and I would like to meet you"
    REFERS = "refers"  # write to my colleague
    NO_CONTACT = "no_contact"  # do not write to us about it
    OUTREACH = "outreach"  # a recruiter's cold approach: "came across your profile"
    PUTS_FORWARD = "puts_forward"  # somebody between asks to bring the user before an employer
    THANKS = "thanks"  # either side
    # said by the candidate
    APPLIES = "applies"
    HANDS_IN = "hands_in"
    DELIVERS = "delivers"  # "here it is", with a link: hands over whatever was asked for
    CHECKS_IN = "checks_in"
    TAKES_LEAVE = "takes_leave"  # a closing note: thanks, wishes, the door left open, asks nothing
    ASKS_FEEDBACK = "asks_feedback"
    ACCEPTS_TIME = "accepts_time"  # "Thursday at 2 works for me"
    DECLINES_TIME = "declines_time"  # "I cannot make it on Thursday"
    DEFERS = "defers"  # "let me check my calendar and come back to you"
    ACCEPTS_OFFER = "accepts_offer"
    DECLINES_OFFER = "declines_offer"
    AGREES = "agrees"  # "count me in": a yes to whatever they offered
    WITHDRAWS = "withdraws"
    # either side
    CANDIDACY = "candidacy"  # speaks of the user's own application or interview as of something that is
    # either side: what makes the message belong to no hiring process of the user's
    CONDUCTS = "conducts"  # the user is interviewer, referee or hirer: panel, scorecard, "our candidate"
    ASIDE = "aside"  # of the writer's own job hunt, a date, a room, a broker's positions: no process where no opening is named
    OTHER_KIND = "other_kind"  # press, podcast, research, visa, school, tenancy, insurance, loan


class Strength(StrEnum):
    STRONG = "strong"
    WEAK = "weak"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that a message says, and the words that say it.

    ``rule`` names the entry of the data files, or the code, that found it. ``part`` is ``text``, ``subject``,
    ``header`` or ``calendar``.
    """

    says: Says
    rule: str
    strength: Strength = Strength.STRONG
    part: str = "text"
    start: int = 0
    end: int = 0


HINT = 1
"""The weight of what may be a name: it names nothing, but may agree with what other mail says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A fact that a message states in its own words, such as a company or a role. ``weight`` is HINT to 5 (sure)."""

    value: str
    weight: int
    part: str = "text"
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeMention:
    """A point or span of clock time that a text names, with its date.

    ``start`` and ``end`` are aware. ``certain`` is False where the zone was not named and the sender's offset differs
    from the reader's: then ``start`` reads it in the sender's offset and ``latest_start`` in whichever is later.
    """

    start: datetime
    end: datetime | None = None
    certain: bool = True
    latest_start: datetime | None = None
    text_start: int = 0
    text_end: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """They named a date by which they will answer. ``by`` is the last day of what they named (policy section 4)."""

    by: date
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """Out of office. ``back_on`` is the first day they are back; ``through`` the last day away; both may be unknown."""

    back_on: date | None = None
    through: date | None = None


class PartStat(StrEnum):
    """RFC 5545 section 3.2.12, as far as it matters here."""

    NEEDS_ACTION = "NEEDS-ACTION"
    ACCEPTED = "ACCEPTED"
    TENTATIVE = "TENTATIVE"
    DECLINED = "DECLINED"
    DELEGATED = "DELEGATED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendee:
    address: Address
    status: PartStat = PartStat.NEEDS_ACTION
    person: bool = True  # False for rooms and resources


@dataclass(frozen=True, slots=True, kw_only=True)
class Invite:
    """One VEVENT of a calendar part (RFC 5545, RFC 5546).

    ``method`` is the iTIP method in upper case ("" if none is given); a VEVENT with STATUS:CANCELLED has ``CANCEL``.
    ``certain`` is False for floating times and unknown zones (then ``latest_end`` is later than ``end``), and for
    all-day events ``all_day`` is True. ``occurrence`` is the RECURRENCE-ID where the event is one of a series.
    """

    uid: str
    method: str
    sequence: int = 0
    stamped_at: datetime | None = None
    start: datetime | None = None
    end: datetime | None = None
    certain: bool = True
    latest_end: datetime | None = None
    all_day: bool = False
    recurring: bool = False
    occurrence: str | None = None
    summary: str = ""
    organizer: Address | None = None
    attendees: tuple[Attendee, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """All that followupd knows of one message's content.

    ``language`` is an ISO 639-1 code, or None where it could not be told. ``understood`` is False for a text in a language
    without phrases: then only headers and calendar parts were read. ``empty`` marks a message without readable text.
    ``days`` are the single days ahead that it names, with an hour or without; ``hour_kept`` tells that it speaks of the same
    hour as before. ``hours`` are, where it has no ``times``, clock times without a day, as if meant for the day of writing; ``shift_minutes``
    is by how much it says that something is later (or, below 0, earlier).
    ``interviewers`` are people whom the text names for the interview and whose address it
    or the header gives; ``formal`` tells whether it says Sie or du (None where that cannot be told). ``ideas`` is how many ideas of hiring it touches,
    ``candidacy`` whether it speaks of its reader's application (``vocabulary``). ``signed`` is the name under the text, ``greeted`` the name in its salutation. ``sketch`` is a MinHash of the visible
    text (closeness of two texts without keeping either).
    """

    origin: Origin
    origin_rule: str = ""
    language: str | None = None
    understood: bool = True
    empty: bool = False
    findings: tuple[Finding, ...] = ()
    times: tuple[TimeMention, ...] = ()
    days: tuple[date, ...] = ()
    hours: tuple[TimeMention, ...] = ()
    hour_kept: bool = False
    shift_minutes: int | None = None
    duration_minutes: int | None = None
    invites: tuple[Invite, ...] = ()
    promise: Promise | None = None
    absence: Absence | None = None
    referral: Address | None = None
    interviewers: tuple[Address, ...] = ()
    formal: bool | None = None
    companies: tuple[Claim, ...] = ()
    roles: tuple[Claim, ...] = ()
    requisitions: tuple[str, ...] = ()
    ideas: int = 0
    candidacy: bool = False
    signed: str | None = None
    greeted: str | None = None
    bounced: tuple[str, ...] = ()
    returned_id: str | None = None
    sketch: tuple[int, ...] = ()

    def says(self, *wanted: Says) -> bool:
        """Whether it says any of ``wanted``."""
        return any(f.says in wanted for f in self.findings)

    def finding(self, *wanted: Says) -> Finding | None:
        """The first finding that is one of ``wanted``."""
        return next((f for f in self.findings if f.says in wanted), None)
