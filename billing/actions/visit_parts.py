"""The claims one visit was divided into, and the one of them that is drafted again.

The payer has the other parts: nothing may move between them, or it would be billed twice or never.
"""

from collections import defaultdict
from collections.abc import Sequence

from billing.actions.claim_drafts import Draft, compose_drafts
from billing.models import Claim, ServiceLine
from billing.rules.splitting import PARTS_CHANGED
from billing.rules.transitions import GONE, UNSENT
from coding.models import Encounter
from rcm.errors import Refusal


def unsent_together(claim: Claim) -> list[Claim]:
    """The claims that are drafted anew with this unsent one, locked, in order of their parts.

    All originals of its visit while none was sent; itself alone when the payer has another part,
    and when it is a version of a claim or follows one.
    """
    if claim.replaces_id or claim.follows_id:
        return [claim]
    originals = Claim.objects.filter(
        encounter_id=claim.encounter_id,
        rank=claim.rank,
        replaces__isnull=True,
        follows__isnull=True,
    ).exclude(status=Claim.Status.VOIDED)
    rows = sorted(
        originals.select_for_update(of=("self",)).order_by("pk"), key=lambda row: row.part
    )
    return rows if all(row.status in UNSENT for row in rows) else [claim]


def compose_part(claim: Claim, chart: Encounter, number: str) -> Draft:
    """What this claim bills, from the chart as it is coded now.

    `number` is that of the whole visit. Raises Refusal 409 when the chart divides otherwise.
    """
    drafts = compose_drafts(chart, number)
    _require_same_division(claim, drafts)
    return drafts[claim.part - 1]


def _require_same_division(claim: Claim, drafts: Sequence[Draft]) -> None:
    place = f"part {claim.part} of {claim.parts}" if claim.parts > 1 else "the whole of its visit"
    who = f"Claim {claim} is {place}"
    if len(drafts) != claim.parts:
        now = "1 claim" if len(drafts) == 1 else f"{len(drafts)} claims"
        raise Refusal(
            PARTS_CHANGED,
            f"{who}, and its chart would now make {now}. Code the chart so that it makes "
            f"{claim.parts} again; what was added can stand on a visit of its own.",
            status=409,
        )
    billed = _charges_of_others(claim) if claim.parts > 1 else {}
    for draft in drafts:
        charges = {charge.pk for charge in draft.charges}
        if draft.part != claim.part and charges != billed[draft.part]:
            raise Refusal(
                PARTS_CHANGED,
                f"{who}, and lines of its chart would move to or from part {draft.part}, which was "
                "sent. Code the chart so that each line stays in its part; what was added can "
                "stand on a visit of its own.",
                status=409,
            )


def _charges_of_others(claim: Claim) -> dict[int, set[int]]:
    """Part to the charges its newest claim bills or takes back, those still on the chart."""
    lines = ServiceLine.objects.filter(
        claim__encounter_id=claim.encounter_id, claim__rank=claim.rank, charge__isnull=False
    ).exclude(claim__status__in=GONE)
    found: dict[int, set[int]] = defaultdict(set)
    for part, charge_id in lines.values_list("claim__part", "charge_id"):
        found[part].add(charge_id)
    return found
