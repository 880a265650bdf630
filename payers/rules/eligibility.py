"""What a payer's answer about a policy means: in force or not, who pays what, what does not fit.

Reads rcm.x12 dataclasses; decides with plain facts. Dollars as Decimal, dates as dates.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from payers.rules.eligibility_labels import MISMATCHES, describe_rejection
from rcm.x12.eligibility_27x import Benefit, EligibilityAnswer
from rcm.x12.envelope import Delimiters
from rcm.x12.inquiry_parts import Member, Period
from rcm.x12.writer import Cleaner

ACTIVE, INACTIVE, UNKNOWN, ERROR = "active", "inactive", "unknown", "error"
ACTIVE_CODES = frozenset({"1", "2", "3", "4", "5"})
INACTIVE_CODES = frozenset({"6", "7", "8"})
WHOLE_PLAN = "30"
# AAA03 that say the person or policy we named is not the one the payer has.
FIELD_OF_REJECTION: Mapping[str, str] = {
    "58": "birth_date",
    "64": "member_id",
    "65": "last_name",
    "71": "birth_date",
    "72": "member_id",
    "73": "last_name",
}
NOT_FOUND = frozenset({"67", "68", "75", "76", "77", "78"})
# DTP: plan or eligibility as a range or as its first and last day.
RANGES = ("291", "307")
BEGINS = ("346", "356")
ENDS = ("347", "357")

ON_THE_WIRE = Cleaner(Delimiters())

ELIGIBILITY_UNKNOWN = "eligibility_unknown"
ELIGIBILITY_INACTIVE = "eligibility_inactive"
ELIGIBILITY_MISMATCH = "eligibility_mismatch"


class Asked(NamedTuple):
    """Whom we asked about, as sent: the patient, the policy's member id, who holds the policy."""

    last_name: str
    first_name: str
    birth_date: date
    member_id: str
    for_day: date
    holder: str = ""

    @property
    def digest(self) -> str:
        """Tells whether an answer is still about the same person and policy."""
        facts = (self.last_name, self.first_name, str(self.birth_date), self.member_id, self.holder)
        return hashlib.sha256("\n".join(map(bare, facts)).encode()).hexdigest()


class Found(NamedTuple):
    """What an answer comes to."""

    plan_status: str
    reason: str
    rejection_codes: tuple[str, ...] = ()
    plan_name: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    mismatches: tuple[str, ...] = ()
    other_payer_name: str = ""
    other_payer_id: str = ""


def bare(text: str) -> str:
    """Upper case letters and digits only: how two spellings of a name or number are compared.

    Accents fold as they do on the wire: a payer sends back MUNOZ for Muñoz.
    """
    return re.sub(r"[^A-Z0-9]", "", ON_THE_WIRE[text])


def judge_answer(answer: EligibilityAnswer, asked: Asked) -> Found:
    """The whole answer in one row."""
    rejections = answer.all_rejections
    codes = tuple(dict.fromkeys(each.reason for each in rejections if each.reason))
    starts_on, ends_on = plan_days(answer, asked.for_day)
    status, reason = plan_status(answer, asked.for_day, starts_on, ends_on)
    differs = [FIELD_OF_REJECTION[code] for code in codes if code in FIELD_OF_REJECTION]
    person = answer.dependent or answer.subscriber
    if person is not None and status == ACTIVE:
        differs += find_mismatches(person, answer, asked)
    other = find_other_payer(answer.benefits)
    plans = [each.plan_name for each in answer.benefits if each.plan_name]
    return Found(
        status,
        reason,
        codes,
        next(iter(plans), ""),
        starts_on,
        ends_on,
        tuple(dict.fromkeys(differs)),
        *other,
    )


def plan_status(
    answer: EligibilityAnswer, day: date, starts_on: date | None, ends_on: date | None
) -> tuple[str, str]:
    """Status and why. What is said of the plan as a whole (30) goes before single services."""
    whole = [b for b in answer.benefits if WHOLE_PLAN in b.service_types or not b.service_types]
    for benefits in (whole, answer.benefits):
        codes = {each.code for each in benefits}
        if codes & ACTIVE_CODES:
            if ends_on is not None and ends_on < day:
                return INACTIVE, f"The plan ended on {ends_on:%m/%d/%Y}."
            if starts_on is not None and starts_on > day:
                return INACTIVE, f"The plan begins on {starts_on:%m/%d/%Y}."
            return ACTIVE, ""
        if codes & INACTIVE_CODES:
            ended = f" It ended on {ends_on:%m/%d/%Y}." if ends_on and ends_on < day else ""
            return INACTIVE, f"The payer says the policy is not in force.{ended}"
    if answer.all_rejections:
        words = [describe_rejection(r.reason, r.follow_up) for r in answer.all_rejections]
        return ERROR, f"The payer refused: {'; '.join(dict.fromkeys(words))}."
    return UNKNOWN, "The payer does not say whether the policy is in force."


def plan_days(answer: EligibilityAnswer, day: date) -> tuple[date | None, date | None]:
    """First and last day of the plan, as far as they are told.

    A benefit's own dates count when it says that the plan is in force, or, when none does, that it
    is not. Of several, such as last year's plan and this year's, those that hold `day`.
    """
    active = [each for each in answer.benefits if each.code in ACTIVE_CODES]
    told = active or [each for each in answer.benefits if each.code in INACTIVE_CODES]
    own = [_days(each.periods, day) for each in told if each.periods]
    chosen = next((days for days in own if _holds(days, day)), own[0] if own else (None, None))
    starts_on, ends_on = _days(answer.periods, day)
    return starts_on or chosen[0], ends_on or chosen[1]


Days = tuple[date | None, date | None]


def _days(periods: Sequence[Period], day: date) -> Days:
    """First and last day of some periods; of several ranges the one that holds the day."""
    ranges = [
        (each.starts_on, each.ends_on)
        for each in periods
        if each.qualifier in RANGES and each.ends_on is not None
    ]
    none: Days = (None, None)
    chosen = next((days for days in ranges if _holds(days, day)), ranges[0] if ranges else none)
    return _first(periods, BEGINS) or chosen[0], _first(periods, ENDS) or chosen[1]


def _holds(days: Days, day: date) -> bool:
    starts_on, ends_on = days
    return (starts_on is None or starts_on <= day) and (ends_on is None or day <= ends_on)


def _first(periods: Iterable[Period], qualifiers: Sequence[str]) -> date | None:
    return next((p.starts_on for p in periods if p.qualifier in qualifiers), None)


def find_mismatches(person: Member, answer: EligibilityAnswer, asked: Asked) -> list[str]:
    """Fields in which the payer names somebody else; what it does not repeat is not compared."""
    found = []
    party = person.party
    subscriber = answer.subscriber
    member_id = party.identifier or (subscriber.party.identifier if subscriber else "")
    if member_id and bare(member_id) != bare(asked.member_id):
        found.append("member_id")
    if party.name and bare(party.name) != bare(asked.last_name):
        found.append("last_name")
    given, ours = bare(party.first_name), bare(asked.first_name)
    if given and not (given.startswith(ours) or ours.startswith(given)):
        found.append("first_name")
    if person.birth_date is not None and person.birth_date != asked.birth_date:
        found.append("birth_date")
    return found


def find_other_payer(benefits: Iterable[Benefit]) -> tuple[str, str]:
    """Name and id of another payer (EB R with NM1 PR or another insurer); empty when none."""
    for benefit in benefits:
        if benefit.code == "R":
            for related in benefit.parties:
                return related.party.name, related.party.identifier
    return "", ""


class Known(NamedTuple):
    """The newest answer about a policy that is still about the same person and policy."""

    plan_status: str
    reason: str
    rejection_codes: Sequence[str]
    mismatches: Sequence[str]


def judge_visit(known: Known | None, *, is_required: bool) -> tuple[str, str] | None:
    """Why a visit waits for its eligibility: a code and a sentence; None when nothing is wrong.

    Without an answer, or with one that says nothing, it waits only where the payer requires one.
    """
    if known is not None:
        if known.plan_status == INACTIVE:
            return ELIGIBILITY_INACTIVE, known.reason
        is_other = bool(NOT_FOUND & set(known.rejection_codes))
        if known.mismatches:
            fields = ", ".join(MISMATCHES[name] for name in known.mismatches)
            return ELIGIBILITY_MISMATCH, f"The payer has another {fields}. {known.reason}".strip()
        if known.plan_status == ERROR and is_other:
            return ELIGIBILITY_MISMATCH, known.reason
        if known.plan_status == ACTIVE:
            return None
    if not is_required:
        return None
    said = known.reason if known else "The payer has not answered yet."
    return ELIGIBILITY_UNKNOWN, f"This payer wants eligibility checked first. {said}"


class Share(NamedTuple):
    """What the patient pays for one service type, in network and for one person."""

    service_type: str
    copay: Decimal | None = None
    coinsurance: Decimal | None = None
    deductible: Decimal | None = None
    deductible_left: Decimal | None = None
    limit: Decimal | None = None
    limit_left: Decimal | None = None


class Part(NamedTuple):
    """One EB with money: dollars, and the patient's percentage."""

    code: str
    service_types: Sequence[str]
    level: str
    time: str
    amount: Decimal | None
    percent: Decimal | None
    network: str


LEFT = ("29", "33")


def shares_of(parts: Sequence[Part]) -> list[Share]:
    """One row per service type, the plan as a whole first; the first amount told wins."""
    rows: dict[str, dict[str, Decimal]] = {}
    for part in parts:
        if part.network == "N" or part.level not in ("", "IND"):
            continue
        column, amount = _column_of(part)
        if column and amount is not None:
            for number in part.service_types or (WHOLE_PLAN,):
                rows.setdefault(number, {}).setdefault(column, amount)
    order = sorted(rows, key=lambda number: (number != WHOLE_PLAN, number))
    return [Share(number, **rows[number]) for number in order]


def _column_of(part: Part) -> tuple[str, Decimal | None]:
    is_left = part.time in LEFT
    if part.code == "A":
        return "coinsurance", part.percent
    if part.code == "B":
        return "copay", part.amount
    if part.code == "C":
        return ("deductible_left" if is_left else "deductible"), part.amount
    if part.code == "G":
        return ("limit_left" if is_left else "limit"), part.amount
    return "", None
