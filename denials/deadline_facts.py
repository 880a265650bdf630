"""What the deadlines of many denials depend on, read in a constant number of statements."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Max
from django.db.models.fields.json import KeyTextTransform

from billing.models import ServiceLine
from denials.models import AppealLine, AppealTerms, Denial
from denials.rules.appeals import OPENS_NEXT
from denials.rules.deadlines import AppealStep, DeniedClaim, PayerTerms
from payers.terms import limits_of


class Read(NamedTuple):
    """One denial's facts and the terms its payer has ever had for it."""

    claim: DeniedClaim
    terms: list[PayerTerms]


def read_facts(ids: Collection[int]) -> dict[int, Read]:
    """Denial id -> what its windows depend on; locks the denials, by id. Six statements."""
    rows = list(
        Denial.objects.select_for_update(of=("self",))
        .filter(pk__in=ids)
        .select_related("claim__coverage__payer", "claim__coverage__plan", "payer", "service_line")
        .prefetch_related("claim__coverage__payer__contracts")
        .annotate(statement_to=KeyTextTransform("statement_to", "claim__content"))
        # The claim as sent is long, and only this day of it is asked for.
        .defer("claim__content")
        .order_by("pk")
    )
    ends = dict(
        ServiceLine.objects.filter(claim__in={row.claim_id for row in rows})
        .order_by()
        .values_list("claim_id")
        .annotate(Max("date_of_service"))
    )
    own = terms_by_payer({row.payer_id for row in rows})
    decided = decisions_of({row.claim_id for row in rows})
    return {
        row.pk: Read(
            denied_claim(row, ends, decided[line_key(row)]),
            [
                terms
                for plan_id, terms in own[row.payer_id]
                if plan_id in (None, row.claim.coverage.plan_id)
            ],
        )
        for row in rows
    }


LineKey = tuple[int, int | None, str, str]


def line_key(denial: Denial) -> LineKey:
    """The same for a line denied again with the same code: its appeals go on."""
    return denial.claim_id, denial.service_line_id, denial.group, denial.reason


def decisions_of(claims: Collection[int]) -> defaultdict[LineKey, dict[int, date]]:
    """Of each line, the notice of every level that did not give everything. One statement."""
    found: defaultdict[LineKey, dict[int, date]] = defaultdict(dict)
    lines = AppealLine.objects.filter(
        appeal__claim__in=claims, appeal__outcome__in=OPENS_NEXT
    ).select_related("appeal", "denial")
    for line in lines.order_by("pk"):
        if line.appeal.decided_on is not None:
            found[line_key(line.denial)][line.appeal.level] = line.appeal.decided_on
    return found


def denied_claim(row: Any, ends: dict[int, date], decisions: dict[int, date]) -> DeniedClaim:
    """The facts of one denial. A facility's stay ends with its statement, else its last line."""
    claim, payer = row.claim, row.payer
    line = row.service_line
    through = ends.get(claim.pk) or claim.date_of_service
    if row.statement_to:
        through = date.fromisoformat(row.statement_to)
    return DeniedClaim(
        payer_class=payer.payer_class,
        payer_name=payer.short_name,
        reason=row.reason,
        remarks=tuple(row.remarks),
        is_institutional=claim.form == claim.Form.INSTITUTIONAL,
        takes_replacement=payer.takes_replacement_claims,
        served_from=line.date_of_service if line else claim.date_of_service,
        served_through=through,
        denied_on=row.denied_on,
        limits=limits_of(claim.coverage, claim.date_of_service),
        appeal_days=payer.appeal_days,
        decisions=decisions,
    )


def terms_by_payer(payers: Collection[int]) -> dict[int, list[tuple[int | None, PayerTerms]]]:
    """Payer id -> (plan id or None, terms). Two statements."""
    found: defaultdict[int, list[tuple[int | None, PayerTerms]]] = defaultdict(list)
    rows = AppealTerms.objects.filter(payer__in=payers).select_related("payer", "plan")
    for row in rows.prefetch_related("levels").order_by("pk"):
        steps = sorted(
            (
                AppealStep(each.level, each.days, each.day_kind, each.presumed_receipt_days)
                for each in row.levels.all()
            ),
            key=lambda step: step.level,
        )
        terms = PayerTerms(
            source=f"Terms of {row}",
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            is_of_plan=row.plan_id is not None,
            corrected_claim_days=row.corrected_claim_days,
            steps=tuple(steps),
        )
        found[row.payer_id].append((row.plan_id, terms))
    return found
