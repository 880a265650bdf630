"""What the deadlines of many denials depend on, read in a constant number of statements.

Denials of one payer, code and day have the same deadlines: what is alike is worked out once.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, NamedTuple

from django.db import connection

from billing.models import Claim
from denials.models import AppealLine, AppealTerms, Denial
from denials.rules.appeals import OPENS_NEXT
from denials.rules.deadlines import AppealStep, DeniedClaim, PayerTerms
from payers.models import Payer, Plan
from payers.terms import limits_for

# What the windows of denials depend on; {rows} are denials, in the table or on their way into it.
# When a service ended is asked of facilities alone; the claim as sent is long.
FACTS = """
SELECT d.id, d.claim_id, d.service_line_id, d."group", d.payer_id, d.reason, d.remarks,
    d.denied_on, c.form, c.date_of_service,
    coalesce(l.date_of_service, c.date_of_service) AS served_from,
    CASE WHEN c.form = 'institutional' THEN coalesce(
        (c.content ->> 'statement_to')::date,
        (SELECT max(s.date_of_service) FROM billing_serviceline s WHERE s.claim_id = c.id),
        c.date_of_service) ELSE c.date_of_service END AS served_through,
    v.payer_id AS covering_id, v.plan_id
FROM {rows} d
JOIN billing_claim c ON c.id = d.claim_id
JOIN payers_coverage v ON v.id = c.coverage_id
LEFT JOIN billing_serviceline l ON l.id = d.service_line_id
{which}
"""
SAVED = {
    "rows": "denials_denial",
    "which": "WHERE d.id = ANY (%s) ORDER BY d.id FOR UPDATE OF d",
}
FRESH = {"rows": "staged_denial", "which": "ORDER BY d.id"}


class Read(NamedTuple):
    """What some denials have in common, the terms their payer ever had for it, and their ids."""

    claim: DeniedClaim
    terms: list[PayerTerms]
    ids: list[int]


class Alike(NamedTuple):
    """What the deadlines of a denial depend on, as the database says it."""

    payer_id: int
    reason: str
    remarks: tuple[str, ...]
    denied_on: date
    form: str
    on: date
    served_from: date
    served_through: date
    covering_id: int
    plan_id: int | None
    decisions: tuple[tuple[int, date], ...]


def read_facts(ids: Collection[int]) -> list[Read]:
    """What the windows of these denials depend on; locks the denials, by id. Eight statements."""
    with connection.cursor() as db:
        db.execute(FACTS.format(**SAVED), [list(ids)])
        return read_rows(db.fetchall())


def read_fresh() -> list[Read]:
    """The same for the denials of staged_denial, which are not in the table yet."""
    with connection.cursor() as db:
        db.execute(FACTS.format(**FRESH))
        return read_rows(db.fetchall())


def read_rows(rows: Collection[tuple[Any, ...]]) -> list[Read]:
    """The rows of FACTS, what is alike together."""
    decided = decisions_of({row[1] for row in rows})
    found: defaultdict[Alike, list[int]] = defaultdict(list)
    for pk, claim_id, line_id, group, payer_id, reason, remarks, *rest in rows:
        decisions = decided.get((claim_id, line_id, group, reason), {}) if decided else {}
        told = (payer_id, reason, tuple(remarks), *rest, tuple(sorted(decisions.items())))
        alike = Alike._make(told)
        found[alike].append(pk)
    payers = Payer.objects.prefetch_related("contracts").in_bulk(
        {each.payer_id for each in found} | {each.covering_id for each in found}
    )
    plans = Plan.objects.in_bulk({each.plan_id for each in found if each.plan_id})
    own = terms_by_payer({each.payer_id for each in found})
    return [
        Read(
            denied_claim(alike, payers, plans.get(alike.plan_id or 0)),
            [terms for plan_id, terms in own[alike.payer_id] if plan_id in (None, alike.plan_id)],
            ids,
        )
        for alike, ids in found.items()
    ]


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


def denied_claim(alike: Alike, payers: Mapping[int, Payer], plan: Plan | None) -> DeniedClaim:
    """The facts of some denials. A facility's stay ends with its statement, else its last line."""
    payer = payers[alike.payer_id]
    return DeniedClaim(
        payer_class=payer.payer_class,
        payer_name=payer.short_name,
        reason=alike.reason,
        remarks=alike.remarks,
        is_institutional=alike.form == Claim.Form.INSTITUTIONAL,
        takes_replacement=payer.takes_replacement_claims,
        served_from=alike.served_from,
        served_through=alike.served_through,
        denied_on=alike.denied_on,
        limits=limits_for(payers[alike.covering_id], plan, alike.on),
        appeal_days=payer.appeal_days,
        decisions=dict(alike.decisions),
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
