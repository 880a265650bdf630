"""One claim and one payer's behaviour in, what the 835 says about the claim out. Pure.

Own arithmetic in integer cents, independent of how the application prices or balances. Every
line satisfies ``billed - sum(adjustments) = paid``, so every claim and payment balances too
(TR3 X221 1.10.2.1). Rounding is half up to the cent.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from payers.sandbox.behaviour import Denial, PatientShare, Payer
from payers.sandbox.conditions import matches_line
from payers.sandbox.coordination import Shares, deny_share, find_shares, settle_share
from rcm.x12.claim_837p import Claim, ServiceLine
from rcm.x12.remittance_835 import (
    Adjustment,
    Amount,
    DateReference,
    Party,
    Reference,
    Remark,
    RemittedClaim,
    RemittedLine,
)

CLAIM_STATUS_BY_RANK = {"P": "1", "S": "2", "T": "3"}
FORWARDED_STATUS_BY_RANK = {"P": "19", "S": "20", "T": "21"}


def find_percent(amount: int, percent: Decimal) -> int:
    """`percent` of `amount` cents, half up to the cent."""
    return round_half_up(amount * percent / 100)


def round_half_up(cents: Decimal) -> int:
    """Whole cents."""
    return int(cents.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def adjudicate(
    claim: Claim,
    payer: Payer,
    *,
    icn: str,
    received_on: date,
    denial: Denial | None = None,
    duplicate_lines: Collection[int] = (),
) -> RemittedClaim:
    """What `payer` answers to `claim` under its claim number `icn`.

    `denial` is the whole claim's and comes before the payer's own rules; `duplicate_lines` are
    positions of lines adjudicated on an earlier claim. A claim other payers have decided before is
    paid of what they left to the patient. Amounts are cents.
    """
    found = [
        denial or _find_denial(claim, line, payer, received_on, line.position in duplicate_lines)
        for line in claim.lines
    ]
    left = find_shares(claim)
    if left is None:
        share = _ShareLeft(payer.share, claim.subscriber.member_id)
        lines = tuple(
            _deny_line(line, why) if why else _pay_line(claim, line, payer, share, received_on)
            for line, why in zip(claim.lines, found, strict=True)
        )
    else:
        lines = tuple(
            _coordinate_line(line, why, payer, left)
            for line, why in zip(claim.lines, found, strict=True)
        )
    denials = tuple(why for why in found if why)
    return _remit_claim(claim, payer, lines, denials, icn, received_on)


def find_allowed(line: ServiceLine, procedure_code: str, payer: Payer, percent: Decimal) -> int:
    """The allowed amount in cents: base fee x units x percent, never above what was billed."""
    fee = payer.base.get(procedure_code)
    if fee is None:
        return find_percent(line.amount_billed, min(payer.unlisted_percent, Decimal(100)))
    return min(line.amount_billed, round_half_up(fee * line.units * percent / 100))


def reverse(paid: RemittedClaim, position: int = 1) -> RemittedClaim:
    """The reversal of an earlier answer (CLP02 = 22): same numbers and codes, amounts negated.

    Group and reason codes stay the original ones (TR3 X221 1.10.2.8); a denied claim reverses
    its denial the same way.
    """
    return replace(
        paid,
        position=position,
        status_code="22",
        amount_billed=-paid.amount_billed,
        amount_paid=-paid.amount_paid,
        amount_patient=None if paid.amount_patient is None else -paid.amount_patient,
        adjustments=tuple(replace(a, amount=-a.amount) for a in paid.adjustments),
        amounts=tuple(replace(a, amount=-a.amount) for a in paid.amounts),
        lines=tuple(
            replace(
                line,
                amount_billed=-line.amount_billed,
                amount_paid=-line.amount_paid,
                adjustments=tuple(replace(a, amount=-a.amount) for a in line.adjustments),
                amounts=tuple(replace(a, amount=-a.amount) for a in line.amounts),
            )
            for line in paid.lines
        ),
    )


def correct_allowed(
    paid: RemittedClaim, allowed_percent: Decimal, icn: str, position: int
) -> RemittedClaim:
    """A second look at a paid claim: each allowed amount times `allowed_percent`, new CLP07.

    The payment and CO-45 move with it, the patient's share stays. An allowed amount never
    exceeds the charge, and never falls below the patient's share.
    """
    lines = tuple(_correct_line(line, allowed_percent) for line in paid.lines)
    original = Reference("F8", paid.payer_claim_control_number)
    return replace(
        paid,
        position=position,
        payer_claim_control_number=icn,
        amount_paid=sum(line.amount_paid for line in lines),
        lines=lines,
        amounts=_find_coverage_amount(lines),
        references=(*(r for r in paid.references if r.qualifier != "F8"), original),
    )


def _correct_line(line: RemittedLine, allowed_percent: Decimal) -> RemittedLine:
    allowed = line.amount_allowed
    if not allowed or line.amount_paid == 0:
        return line
    kept = tuple(a for a in line.adjustments if (a.group, a.reason) != ("CO", "45"))
    least = sum(a.amount for a in kept)
    corrected = max(least, min(line.amount_billed, find_percent(allowed, allowed_percent)))
    contractual = line.amount_billed - corrected
    first = (Adjustment("CO", "45", contractual),) if contractual else ()
    return replace(
        line,
        amount_paid=corrected - least,
        adjustments=first + kept,
        amounts=(Amount("B6", corrected),),
    )


class _ShareLeft:
    """What is left of the copay and the deductible while the lines of one claim are priced."""

    def __init__(self, share: PatientShare, member_id: str) -> None:
        self._share = share
        self._copay = share.copay
        is_hit = not share.deductible_digits or member_id.endswith(share.deductible_digits)
        self._deductible = share.deductible if is_hit else 0

    def take(self, procedure_code: str, allowed: int) -> tuple[Adjustment, ...]:
        """PR-1, PR-2 and PR-3 of one line; together never more than `allowed` cents."""
        if procedure_code in self._share.exempt_codes:
            return ()
        deductible = min(self._deductible, allowed)
        self._deductible -= deductible
        rest = allowed - deductible
        copay = coinsurance = 0
        if self._copay and procedure_code in self._share.copay_codes:
            copay = min(self._copay, rest)
            self._copay = 0
        else:
            coinsurance = find_percent(rest, self._share.coinsurance_percent)
        shares = (("1", deductible), ("2", coinsurance), ("3", copay))
        return tuple(Adjustment("PR", reason, amount) for reason, amount in shares if amount)


def _find_denial(
    claim: Claim, line: ServiceLine, payer: Payer, received_on: date, is_duplicate: bool
) -> Denial | None:
    for denial in payer.denials:
        if matches_line(denial.when, claim, line, received_on, is_duplicate=is_duplicate):
            return denial
    return None


def _deny_line(line: ServiceLine, denial: Denial) -> RemittedLine:
    charge = line.amount_billed
    return replace(
        _start_line(line),
        units_paid=Decimal(0),
        units_submitted=line.units,
        adjustments=(Adjustment(denial.group, denial.reason, charge),) if charge else (),
        remarks=tuple(Remark("HE", code) for code in denial.remarks),
    )


def _pay_line(
    claim: Claim, line: ServiceLine, payer: Payer, share: _ShareLeft, received_on: date
) -> RemittedLine:
    recoded = next(
        (r for r in payer.recodings if matches_line(r.when, claim, line, received_on)), None
    )
    code = recoded.procedure_code if recoded else line.procedure_code
    repriced = next(
        (r for r in payer.repricings if matches_line(r.when, claim, line, received_on)), None
    )
    percent = repriced.percent if repriced else payer.allowed_percent
    allowed = find_allowed(line, code, payer, percent)
    patient = share.take(line.procedure_code, allowed)
    payable = allowed - sum(a.amount for a in patient)
    contractual = line.amount_billed - allowed
    adjustments = [Adjustment("CO", "45", contractual)] if contractual else []
    if payer.reduction and (cut := find_percent(payable, payer.reduction.percent)):
        adjustments.append(Adjustment(payer.reduction.group, payer.reduction.reason, cut))
        payable -= cut
    paid = replace(
        _start_line(line),
        amount_paid=payable,
        adjustments=(*adjustments, *patient),
        amounts=(Amount("B6", allowed),) if allowed else (),
    )
    if recoded is None or code == line.procedure_code:
        return paid
    return replace(
        paid,
        procedure_code=code,
        submitted_qualifier="HC",
        submitted_code=line.procedure_code,
        submitted_modifiers=line.modifiers,
    )


def _coordinate_line(
    line: ServiceLine, denial: Denial | None, payer: Payer, left: Shares
) -> RemittedLine:
    """A line other payers decided before: a percentage of what they left, or the denial of it."""
    charge, share = line.amount_billed, left[line.position]
    if denial:
        adjustments = deny_share(charge, share, denial.group, denial.reason)
        return replace(_deny_line(line, denial), adjustments=adjustments)
    payable = find_percent(sum(each.amount for each in share), payer.secondary_percent)
    paid, adjustments = settle_share(charge, share, payable)
    return replace(_start_line(line), amount_paid=paid, adjustments=adjustments)


def _start_line(line: ServiceLine) -> RemittedLine:
    ends_on = line.date_of_service_end
    if ends_on and ends_on != line.date_of_service:
        dates: tuple[DateReference, ...] = (
            DateReference("150", line.date_of_service),
            DateReference("151", ends_on),
        )
    else:
        dates = (DateReference("472", line.date_of_service),)
    echoed = line.line_control_number
    return RemittedLine(
        position=line.position,
        qualifier="HC",
        procedure_code=line.procedure_code,
        modifiers=line.modifiers,
        amount_billed=line.amount_billed,
        amount_paid=0,
        units_paid=line.units,
        references=(Reference("6R", echoed),) if echoed else (),
        dates=dates,
    )


def _remit_claim(
    claim: Claim,
    payer: Payer,
    lines: tuple[RemittedLine, ...],
    denials: tuple[Denial, ...],
    icn: str,
    received_on: date,
) -> RemittedClaim:
    paid = sum(line.amount_paid for line in lines)
    patient = sum(a.amount for line in lines for a in line.adjustments if a.group == "PR")
    by_rank = FORWARDED_STATUS_BY_RANK if payer.crossover_id else CLAIM_STATUS_BY_RANK
    status = by_rank.get(claim.subscriber.rank, "1")
    if paid == 0:
        status = next((denial.claim_status for denial in denials if denial.claim_status), status)
    remarks = tuple(dict.fromkeys(code for denial in denials for code in denial.claim_remarks))
    billed = sum(line.amount_billed for line in lines)
    return RemittedClaim(
        position=1,
        patient_control_number=claim.patient_control_number,
        status_code=status,
        amount_billed=billed,
        amount_paid=paid,
        amount_patient=patient or None,
        filing_indicator=claim.subscriber.filing_indicator or "ZZ",
        payer_claim_control_number=icn,
        facility_code=claim.place_of_service,
        frequency=claim.frequency,
        lines=lines,
        parties=_find_parties(claim, payer, is_forwarded=status in ("19", "20", "21")),
        references=_find_references(claim),
        dates=(DateReference("050", received_on),),
        amounts=_find_coverage_amount(lines),
        outpatient=("", "", *remarks[:5]) if remarks else (),
    )


def _find_parties(claim: Claim, payer: Payer, *, is_forwarded: bool) -> tuple[Party, ...]:
    member = claim.subscriber
    patient = claim.patient.person if claim.patient else member.person
    parties = [_name("QC", patient.last_name, patient.first_name, "MI", member.member_id)]
    if claim.patient:
        name = member.person
        parties.append(_name("IL", name.last_name, name.first_name, "MI", member.member_id))
    if claim.rendering_provider:
        name = claim.rendering_provider.person
        npi = claim.rendering_provider.npi
        parties.append(_name("82", name.last_name, name.first_name, "XX", npi))
    if is_forwarded:
        parties.append(Party("TT", "2", payer.crossover_name, "", "", "", "PI", payer.crossover_id))
    return tuple(parties)


def _name(entity: str, last: str, first: str, qualifier: str, identifier: str) -> Party:
    return Party(entity, "1", last, first, "", "", qualifier, identifier)


def _find_references(claim: Claim) -> tuple[Reference, ...]:
    original = claim.payer_claim_control_number
    if claim.frequency == "7" and original:
        return (Reference("F8", original),)
    return ()


def _find_coverage_amount(lines: tuple[RemittedLine, ...]) -> tuple[Amount, ...]:
    allowed = sum(line.amount_allowed or 0 for line in lines)
    return (Amount("AU", allowed),) if allowed else ()
