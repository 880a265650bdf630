"""What payers' plans and contracts say about a policy, read for many at once."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from django.db.models import Q

from payers.fee_lookup import facility_places, localities, relative_values
from payers.models import Coverage, Fee, Payer, PayerContract, Plan
from payers.rules.edit_tables import Table
from payers.rules.expected_allowed import Terms
from payers.rules.fees import FeeRow
from payers.rules.filing import FilingLimits, FilingTerms, filing_limits_on
from payers.rules.medicare_units import FeeTables
from payers.rules.reductions import Rules
from payers.table_lookup import tables_on
from rcm.models import Practice

# Payer, plan (None: of any plan).
TermsKey = tuple[int, int | None]


def limits_of(coverage: Coverage, on: date) -> FilingLimits:
    """The filing limits of a policy for a service of that day.

    No statement when the policy comes with its plan and its payer's contracts.
    """
    return limits_for(coverage.payer, coverage.plan, on)


def limits_for(payer: Payer, plan: Plan | None, on: date) -> FilingLimits:
    """The same for any policy of this payer and plan."""
    plan_id = plan.pk if plan else None
    contracts = sorted(payer.contracts.all(), key=lambda row: (row.plan_id is not None, row.pk))
    return filing_limits_on(
        on,
        FilingTerms(payer.short_name, payer.timely_filing_days, payer.corrected_claim_days),
        [filing_terms(plan)] if plan else [],
        [filing_terms(row) for row in contracts if row.plan_id in (None, plan_id)],
    )


def filing_terms(row: Plan | PayerContract) -> FilingTerms:
    return FilingTerms(
        row.name, row.timely_filing_days, row.corrected_claim_days, row.starts_on, row.ends_on
    )


def filing_indicator_of(coverage: Coverage, on: date) -> str:
    """SBR09: the plan's where it has one and is in force, else the payer's."""
    plan = coverage.plan
    if plan is None or not plan.filing_indicator or on < plan.starts_on:
        return coverage.payer.filing_indicator
    is_over = plan.ends_on is not None and on > plan.ends_on
    return coverage.payer.filing_indicator if is_over else plan.filing_indicator


class Contracts:
    """The contracts of some payers with the prices of some codes: two statements."""

    def __init__(self, practice_id: int, payers: Collection[int], codes: Collection[str]) -> None:
        rows = list(
            PayerContract.objects.filter(practice_id=practice_id, payer__in=payers).order_by("pk")
        )
        fees: defaultdict[int, list[FeeRow]] = defaultdict(list)
        schedules = {row.schedule_id for row in rows if row.schedule_id}
        for fee in Fee.objects.filter(
            practice_id=practice_id, schedule__in=schedules, procedure_code__in=codes
        ).order_by("pk"):
            fees[fee.schedule_id].append(
                FeeRow(fee.procedure_code, fee.amount, fee.starts_on, fee.ends_on, fee.modifier)
            )
        self._terms: defaultdict[TermsKey, list[Terms]] = defaultdict(list)
        for row in rows:
            terms = Terms(
                name=row.name,
                method=row.method,
                starts_on=row.starts_on,
                ends_on=row.ends_on,
                percent=row.percent,
                rules=Rules(row.reduces_multiple, row.reduces_bilateral),
                pays_lesser=row.pays_lesser,
                fees=fees.get(row.schedule_id or 0, ()),
            )
            self._terms[row.payer_id, row.plan_id].append(terms)

    def of(self, payer: int, plan: int | None) -> list[Terms]:
        """The contracts of the plan first, then those for all plans."""
        own = self._terms.get((payer, plan), []) if plan is not None else []
        return [*own, *self._terms.get((payer, None), [])]


def fee_tables(
    practice: Practice, days: Iterable[date], codes: Collection[str]
) -> dict[date, FeeTables]:
    """The Medicare fee schedule of each day at the practice's locality. Answers are kept."""
    return {day: fee_tables_on(practice, day, codes) for day in set(days)}


def fee_tables_on(practice: Practice, on: date, codes: Collection[str]) -> FeeTables:
    release = tables_on(on, setting="practitioner", codes=()).releases.get(Table.FEES)
    if release is None:
        return FeeTables()
    values = dict(relative_values(on, codes))
    bases = {row.endoscopy_base for row in values.values() if row.endoscopy_base} - set(codes)
    if bases:
        values |= relative_values(on, bases)
    places = localities(on)
    key = (practice.medicare_contractor, practice.medicare_locality)
    found = places.get(key)
    fault = ""
    if not key[0]:
        fault = "the practice has no Medicare locality"
    elif not places:
        fault = f"no Medicare localities are loaded for {on:%m/%d/%Y}"
    elif found is None:
        fault = f"locality {key[0]}-{key[1]} is not in the loaded table"
    name = f"Medicare {release.name}"
    return FeeTables(name, values, found, fault, facility_places(on))


def plan_for(payer_id: int, group_number: str, on: date, plans: Iterable[Plan]) -> Plan | None:
    """The only plan in force whose pattern the group number fits; None when there are several."""
    fitting = [
        plan
        for plan in plans
        if plan.payer_id == payer_id
        and plan.group_pattern
        and plan.starts_on <= on
        and (plan.ends_on is None or on <= plan.ends_on)
        and re.fullmatch(plan.group_pattern, group_number)
    ]
    return fitting[0] if len(fitting) == 1 else None


def plans_in_force(payer_id: int, on: date) -> list[Plan]:
    rows = Plan.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), payer=payer_id)
    return list(rows.filter(starts_on__lte=on).order_by("name", "pk"))
