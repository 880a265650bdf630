"""How a payer answers questions about policies and claims where the script says so. Plain data."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from payers.sandbox.script_values import Place, ScriptRefused

ACTIVE, INACTIVE, UNKNOWN = "active", "inactive", "unknown"
NOT_FOUND, WRONG_BIRTH_DATE, INVALID_MEMBER_ID = (
    "not_found",
    "wrong_birth_date",
    "invalid_member_id",
)
NO_ANSWER = "no_answer"
# AAA03 and AAA04 of an answer that is a refusal.
REFUSALS = {
    NOT_FOUND: ("75", "C"),
    WRONG_BIRTH_DATE: ("71", "C"),
    INVALID_MEMBER_ID: ("72", "C"),
    NO_ANSWER: ("42", "R"),
}
ANSWERS = (ACTIVE, INACTIVE, UNKNOWN, *REFUSALS)


@dataclass(frozen=True, slots=True)
class MemberCondition:
    """Which members a rule is about. Every filled field must hold."""

    member_ids: frozenset[str] = frozenset()
    member_id_suffix: str = ""
    member_id_not_matching: str = ""
    birth_date_not: date | None = None

    def holds(self, member_id: str, birth_date: date | None) -> bool:
        pattern = self.member_id_not_matching
        return all(
            (
                not self.member_ids or member_id in self.member_ids,
                member_id.endswith(self.member_id_suffix),
                not pattern or re.fullmatch(pattern, member_id) is None,
                self.birth_date_not is None or birth_date != self.birth_date_not,
            )
        )


@dataclass(frozen=True, slots=True)
class EligibilityRule:
    """One scripted answer; `ended_on` ends the plan, `other_payer` comes as EB R."""

    when: MemberCondition
    answer: str = ACTIVE
    ended_on: date | None = None
    plan_name: str = ""
    other_payer_name: str = ""
    other_payer_id: str = ""


@dataclass(frozen=True, slots=True)
class StatusRule:
    """One scripted claim status (STC01), instead of what really became of the claim."""

    patient_control_numbers: frozenset[str]
    member_ids: frozenset[str]
    category: str
    status: str

    def holds(self, number: str, member_id: str) -> bool:
        return (not self.patient_control_numbers or number in self.patient_control_numbers) and (
            not self.member_ids or member_id in self.member_ids
        )


@dataclass(frozen=True, slots=True)
class InquiryRules:
    """Both lists of one payer, in order; the first rule that holds wins."""

    eligibility: tuple[EligibilityRule, ...] = ()
    claim_status: tuple[StatusRule, ...] = ()

    def find_eligibility(self, member_id: str, birth_date: date | None) -> EligibilityRule:
        rules = self.eligibility
        found = (rule for rule in rules if rule.when.holds(member_id, birth_date))
        return next(found, EligibilityRule(MemberCondition()))

    def find_status(self, number: str, member_id: str) -> StatusRule | None:
        return next((rule for rule in self.claim_status if rule.holds(number, member_id)), None)


def read_inquiry_rules(payer: Place) -> InquiryRules:
    """`eligibility` and `claim_status` of a payer; raises ScriptRefused."""
    return InquiryRules(
        tuple(map(read_eligibility_rule, payer.read_places("eligibility"))),
        tuple(map(read_status_rule, payer.read_places("claim_status"))),
    )


def read_eligibility_rule(place: Place) -> EligibilityRule:
    """One entry of `eligibility`. `id` and `why` are for people."""
    note_for_people(place, ("id", "why"))
    when, other = place.read_place("when"), place.read_place("other_payer")
    rule = EligibilityRule(
        MemberCondition(
            frozenset(when.read_list("member_ids")),
            when.read_text("member_id_suffix", ""),
            when.read_pattern("member_id_not_matching"),
            read_day(when, "birth_date_not"),
        ),
        place.read_choice("answer", ANSWERS),
        read_day(place, "ended_on"),
        place.read_text("plan_name", ""),
        other.read_text("name", ""),
        other.read_text("payer_id", ""),
    )
    for each in (when, other, place):
        each.refuse_rest()
    return rule


def read_status_rule(place: Place) -> StatusRule:
    """One entry of `claim_status`."""
    note_for_people(place, ("id", "why"))
    when = place.read_place("when")
    rule = StatusRule(
        frozenset(when.read_list("patient_control_numbers")),
        frozenset(when.read_list("member_ids")),
        place.read_text("category"),
        place.read_text("status"),
    )
    when.refuse_rest()
    place.refuse_rest()
    return rule


def note_for_people(place: Place, names: Iterable[str]) -> None:
    for name in names:
        place.read_text(name, "")


def read_day(place: Place, name: str) -> date | None:
    """A date as 2026-11-20, None when the key is missing."""
    text = place.read_text(name, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise ScriptRefused(f"{place.where}.{name}: a date is needed") from error
