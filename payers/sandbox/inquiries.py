"""The payers' answers to questions: a 271 from the script, a 277 from what became of a claim.

A member is active with the payer's usual copay, deductible and coinsurance unless the script says
something else. A claim nobody knows is not found; one that waits is being worked on; a paid one
comes with the trace number of its payment.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from payers.sandbox import documents
from payers.sandbox.behaviour import Behaviour, Payer
from payers.sandbox.inquiry_rules import (
    ACTIVE,
    INACTIVE,
    REFUSALS,
    UNKNOWN,
    EligibilityRule,
)
from payers.sandbox.state import State, StoredClaim
from rcm.x12.acknowledgment_277ca import Status
from rcm.x12.claim_837 import Identifier
from rcm.x12.eligibility_27x import (
    Benefit,
    EligibilityAnswer,
    EligibilityInquiry,
    EligibilityRejection,
    RelatedParty,
)
from rcm.x12.inquiry_parts import Party, Period, Trace
from rcm.x12.remittance_835 import RemittedClaim
from rcm.x12.status_27x import StatusAnswer, StatusDetail, StatusInquiry

WHOLE_PLAN, OFFICE_VISIT = "30", "98"
YEAR, LEFT, VISIT = "23", "29", "27"
PAYER_UNKNOWN = ("T4", "C")
HUNDRED = Decimal(100)
# X12 lists 507 and 508, by number.
IN_WORK = Status("P1", "20")
PAID = Status("F1", "65")
DENIED = Status("F2", "1")
CHANGED = Status("F3", "1")
NO_SUCH_CLAIM = Status("A4", "35")
WHOLLY_DIFFERENT = Status("D0", "35")


class InquiryDesk:
    """Answers with the state and script of one clearinghouse."""

    def __init__(self, state: State, behaviour: Behaviour) -> None:
        self.state = state
        self.behaviour = behaviour

    def answer_eligibility(
        self, inquiries: Sequence[EligibilityInquiry], today: date
    ) -> list[EligibilityAnswer]:
        """One answer per person asked about; an unknown payer refuses all of its own."""
        return [self.answer_person(inquiry, today) for inquiry in inquiries]

    def answer_person(self, inquiry: EligibilityInquiry, today: date) -> EligibilityAnswer:
        payer = self.behaviour.payers.get(inquiry.payer.identifier)
        person = inquiry.dependent or inquiry.subscriber
        member_id = inquiry.subscriber.party.identifier
        level = "2100D" if inquiry.dependent else "2100C"
        rejections: tuple[EligibilityRejection, ...] = ()
        benefits: tuple[Benefit, ...] = ()
        if payer is None:
            rejections = (EligibilityRejection("2100A", *PAYER_UNKNOWN),)
        else:
            rule = payer.inquiries.find_eligibility(member_id, person.birth_date)
            if rule.answer in REFUSALS:
                rejections = (EligibilityRejection(level, *REFUSALS[rule.answer]),)
            else:
                day = next((period.starts_on for period in inquiry.periods), today)
                benefits = tuple(describe_plan(payer, rule, member_id, day))
        return EligibilityAnswer(
            inquiry.reference,
            inquiry.payer,
            inquiry.provider,
            tuple(Trace("2", t.number, t.origin, t.division) for t in inquiry.traces),
            inquiry.subscriber,
            inquiry.dependent,
            rejections,
            inquiry.periods,
            benefits,
        )

    def answer_claims(self, inquiries: Sequence[StatusInquiry], today: date) -> list[StatusAnswer]:
        """One answer per claim asked about."""
        return [self.answer_claim(inquiry, today) for inquiry in inquiries]

    def answer_claim(self, inquiry: StatusInquiry, today: date) -> StatusAnswer:
        stored = self.find_claim(inquiry)
        detail, icn = self.describe_claim(inquiry, stored, today), stored.icn if stored else ""
        references = [r for r in inquiry.references if r.qualifier != "1K"]
        if icn:
            references.insert(0, Identifier("1K", icn))
        return StatusAnswer(
            inquiry.reference,
            "2200E" if inquiry.patient else "2200D",
            inquiry.trace_number,
            (detail,),
            inquiry.payer,
            inquiry.receiver,
            inquiry.provider,
            inquiry.subscriber,
            inquiry.patient,
            tuple(references),
            inquiry.periods,
        )

    def find_claim(self, inquiry: StatusInquiry) -> StoredClaim | None:
        """By the payer's number, else by the claim's own; a reversed one is still known."""
        payer_id = inquiry.payer.identifier
        told = {r.qualifier: r.value for r in reversed(inquiry.references)}
        found = self.state.find_claim(payer_id, told.get("1K", ""))
        return found or self.state.find_claim_by_number(payer_id, told.get("EJ", ""))

    def describe_claim(
        self, inquiry: StatusInquiry, stored: StoredClaim | None, today: date
    ) -> StatusDetail:
        """STC: the script first, then what really became of the claim."""
        payer = self.behaviour.payers.get(inquiry.payer.identifier)
        number = next((r.value for r in inquiry.references if r.qualifier == "EJ"), "")
        member_id = inquiry.subscriber.party.identifier
        rule = payer.inquiries.find_status(number, member_id) if payer else None
        if rule is not None:
            status = Status(rule.category, rule.status)
            return StatusDetail((status,), today, amount_billed=inquiry.amount)
        if payer is None or stored is None:
            status = NO_SUCH_CLAIM if payer else WHOLLY_DIFFERENT
            return StatusDetail((status,), today, amount_billed=inquiry.amount)
        if stored.status == "pending" or stored.remitted is None:
            return StatusDetail((IN_WORK,), today, amount_billed=inquiry.amount)
        answer = documents.load(RemittedClaim, stored.remitted)
        payment = self.state.find_payment(stored.icn)
        status = PAID if answer.amount_paid > 0 else DENIED
        if stored.status == "reversed":
            status = CHANGED
        trace, paid_on = payment if payment else ("", None)
        return StatusDetail(
            (status,),
            today,
            amount_billed=answer.amount_billed,
            amount_paid=answer.amount_paid,
            finalized_on=paid_on,
            paid_on=paid_on,
            check_number=trace,
        )


def describe_plan(payer: Payer, rule: EligibilityRule, member_id: str, day: date) -> list[Benefit]:
    """EB of one member: status, then what the patient pays where the plan is in force."""
    plan_name = rule.plan_name or f"{payer.name} PLAN"
    ended_on = rule.ended_on
    if rule.answer == INACTIVE and ended_on is None:
        ended_on = day - timedelta(days=30)
    periods = () if ended_on is None else (Period("347", ended_on),)
    codes = {ACTIVE: "1", INACTIVE: "6", UNKNOWN: "V"}
    head = Benefit(codes[rule.answer], "IND", (WHOLE_PLAN,), "", plan_name, periods=periods)
    found = [head]
    if rule.answer == ACTIVE:
        found += describe_shares(payer, member_id)
    if rule.other_payer_name:
        identifier = rule.other_payer_id
        other = Party(
            "PR", rule.other_payer_name, qualifier="PI" if identifier else "", identifier=identifier
        )
        found.append(Benefit("R", parties=(RelatedParty(other),)))
    return found


def describe_shares(payer: Payer, member_id: str) -> list[Benefit]:
    """Copay of a visit, deductible with what is left of it, coinsurance: as claims are priced."""
    share = payer.share
    found = []
    if share.copay:
        found.append(
            Benefit("B", "IND", (OFFICE_VISIT,), time=VISIT, amount=share.copay, network="Y")
        )
    if share.deductible and (
        not share.deductible_digits or member_id.endswith(share.deductible_digits)
    ):
        found += [
            Benefit("C", "IND", (WHOLE_PLAN,), time=time, amount=share.deductible, network="Y")
            for time in (YEAR, LEFT)
        ]
    if share.coinsurance_percent:
        percent = share.coinsurance_percent / HUNDRED
        found.append(Benefit("A", "IND", (WHOLE_PLAN,), percent=percent, network="Y"))
    return found
