"""A claim to the next payer, from the claim the earlier payers decided and what they said of it.

Group and reason codes go on as they came (TR3 X222 1.4.1): adjustments of a line with the line
(2430), those of the claim with the claim (2320). A decision whose amounts do not explain the charge
to the cent is refused: the next payer would reject it, or pay on a figure nobody stated.
Amounts are integer cents.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from billing.rules.claim_content import AnyClaim, renumber
from billing.rules.guide_codes import CORRECTIONS
from rcm.money import cents_text
from rcm.x12.claim_837p import Claim, LineAdjudication, OtherPayer, Person
from rcm.x12.remittance_835 import Adjustment

PAID_TO_PATIENT = "100"
Kind = TypeVar("Kind", bound=AnyClaim)


class NotExplained(ValueError):
    """The earlier payer's figures do not add up to the charge; the text says where."""


@dataclass(frozen=True, slots=True)
class PriorPayer:
    """Who decided before, and the patient's policy there (2320 SBR, 2330A, 2330B)."""

    rank: str
    name: str
    payer_id: str
    filing_indicator: str
    relationship: str
    person: Person
    member_id: str
    group_number: str = ""


@dataclass(frozen=True, slots=True)
class PriorLine:
    """One SVC of a decision. `position` is that of our service line, None when not matched."""

    position: int | None
    amount_paid: int
    procedure_code: str
    modifiers: tuple[str, ...] = ()
    qualifier: str = "HC"
    revenue_code: str = ""
    units: Decimal | None = None
    adjustments: tuple[Adjustment, ...] = ()


@dataclass(frozen=True, slots=True)
class PriorDecision:
    """One CLP that stands: what the payer paid, left and said of one claim on one day."""

    payer: PriorPayer
    paid_on: date
    amount_billed: int
    amount_paid: int
    payer_claim_control_number: str = ""
    adjustments: tuple[Adjustment, ...] = ()
    lines: tuple[PriorLine, ...] = ()
    remarks: tuple[str, ...] = ()


def compose_secondary(
    decided: Kind, decisions: Sequence[PriorDecision], *, number: str, parties: Mapping[str, Any]
) -> Kind:
    """The claim `number` to the next payer for the services of `decided`.

    `parties` are the fields of Claim that name the next payer and policy; `decisions` are those
    that stand, of every earlier payer, in order. Raises NotExplained.
    """
    by_payer: dict[PriorPayer, list[PriorDecision]] = {}
    for decision in decisions:
        by_payer.setdefault(decision.payer, []).append(decision)
    adjudications: dict[int, list[LineAdjudication]] = defaultdict(list)
    others = tuple(
        _other_payer(decided, payer, of_payer, adjudications)
        for payer, of_payer in by_payer.items()
    )
    lines: Any = tuple(
        replace(line, adjudications=tuple(adjudications[line.position])) for line in decided.lines
    )
    changes: dict[str, Any] = {
        "payer_claim_control_number": "",
        "authorization_number": "",
        "referral_number": "",
        **parties,
    }
    if isinstance(decided, Claim):
        changes["frequency"] = "1"
    elif decided.frequency in CORRECTIONS:
        changes["type_of_bill"] = decided.type_of_bill[:2] + "1"
    return renumber(replace(decided, lines=lines, other_payers=others, **changes), number)


def _other_payer(
    decided: AnyClaim,
    payer: PriorPayer,
    decisions: Sequence[PriorDecision],
    adjudications: dict[int, list[LineAdjudication]],
) -> OtherPayer:
    """2320 and 2330 of one payer; its 2430s go to `adjudications`."""
    if any(decision.lines for decision in decisions):
        _explain_lines(decided, payer, decisions, adjudications)
    _explain_claim(decided, payer, decisions)
    triplets = [adjustment for decision in decisions for adjustment in _all_adjustments(decision)]
    last = decisions[-1]
    has_lines = any(decision.lines for decision in decisions)
    return OtherPayer(
        rank=payer.rank,
        relationship=payer.relationship,
        filing_indicator=payer.filing_indicator,
        person=payer.person,
        member_id=payer.member_id,
        name=payer.name,
        payer_id=payer.payer_id,
        group_number=payer.group_number,
        adjustments=tuple(a for decision in decisions for a in decision.adjustments),
        amount_paid=sum(decision.amount_paid for decision in decisions),
        amount_remaining=sum(
            a.amount for a in triplets if a.group == "PR" and a.reason != PAID_TO_PATIENT
        ),
        remarks=tuple(dict.fromkeys(r for decision in decisions for r in decision.remarks))[:5],
        # DTP*573 stands once: with the lines when there are any.
        paid_on=None if has_lines else last.paid_on,
        payer_claim_control_number=last.payer_claim_control_number,
    )


def _all_adjustments(decision: PriorDecision) -> tuple[Adjustment, ...]:
    return decision.adjustments + tuple(a for line in decision.lines for a in line.adjustments)


def _explain_lines(
    decided: AnyClaim,
    payer: PriorPayer,
    decisions: Sequence[PriorDecision],
    adjudications: dict[int, list[LineAdjudication]],
) -> None:
    """2430: each line's charge is what was paid and adjusted, over all SVCs of the line."""
    explained: dict[int, int] = defaultdict(int)
    units = {line.position: line.units for line in decided.lines}
    for decision in decisions:
        for line in decision.lines:
            if line.position is None or line.position not in units:
                raise NotExplained(
                    f"{payer.name} decided on {line.procedure_code}, which is matched to no line."
                )
            explained[line.position] += line.amount_paid + _total(line.adjustments)
            adjudications[line.position].append(
                LineAdjudication(
                    payer_id=payer.payer_id,
                    amount_paid=line.amount_paid,
                    procedure_code=line.procedure_code,
                    units=units[line.position] if line.units is None else line.units,
                    paid_on=decision.paid_on,
                    adjustments=line.adjustments,
                    modifiers=line.modifiers,
                    procedure_qualifier=line.qualifier,
                    revenue_code=line.revenue_code,
                )
            )
    for sent in decided.lines:
        if explained[sent.position] != sent.amount_billed:
            raise NotExplained(
                f"Line {sent.position} was billed {cents_text(sent.amount_billed)}; {payer.name} "
                f"explains {cents_text(explained[sent.position])} of it."
            )


def _explain_claim(
    decided: AnyClaim, payer: PriorPayer, decisions: Sequence[PriorDecision]
) -> None:
    """CLM02 = AMT*D and all adjustments of claim and lines (TR3 X222 1.4.1)."""
    explained = sum(d.amount_paid + _total(_all_adjustments(d)) for d in decisions)
    if explained != decided.amount_billed:
        raise NotExplained(
            f"The claim was billed {cents_text(decided.amount_billed)}; {payer.name} explains "
            f"{cents_text(explained)} of it."
        )


def _total(adjustments: Sequence[Adjustment]) -> int:
    return sum(adjustment.amount for adjustment in adjustments)
