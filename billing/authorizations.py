"""Authorizations against the visits that name them, read in a constant number of statements."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from coding.models import Charge, Encounter
from payers.models import Authorization, AuthorizationRule
from payers.rules import authorizations as rules
from payers.rules.authorizations import Approval, Gap, Rule, Visit
from rcm.money import ZERO

# Patient, payer, number: what a visit names.
NumberKey = tuple[int, int, str]


class Use(NamedTuple):
    """A coded visit that names an authorization, and when it was coded."""

    encounter: int
    coded_at: datetime
    visit: Visit


def approval_of(row: Authorization) -> Approval:
    ranges = rules.read_ranges(" ".join(row.codes))
    return Approval(
        number=row.number,
        state=row.state,
        counts=row.counts,
        quantity=row.quantity,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        ranges=ranges,
        provider=row.provider_id,
    )


def uses_of(
    practice_id: int, patients: Collection[int], numbers: Collection[str]
) -> defaultdict[NumberKey, list[Use]]:
    """What every coded visit of these patients takes, the first coded first. One statement."""
    lines = (
        Charge.objects.filter(
            practice_id=practice_id,
            encounter__patient__in=patients,
            encounter__authorization_number__in=numbers,
            encounter__state=Encounter.State.FINALIZED,
            encounter__coverage__isnull=False,
        )
        .select_related("encounter__coverage")
        .order_by("encounter__finalized_at", "encounter", "position")
    )
    visits: dict[Encounter, list[Charge]] = {}
    for line in lines:
        visits.setdefault(line.encounter, []).append(line)
    found: defaultdict[NumberKey, list[Use]] = defaultdict(list)
    for encounter, charges in visits.items():
        found[key_of(encounter)].append(
            Use(
                encounter.pk,
                encounter.finalized_at,  # type: ignore[arg-type]  # coded has a time
                visit_of(encounter, charges),
            )
        )
    return found


def key_of(encounter: Encounter) -> NumberKey:
    payer = encounter.coverage.payer_id if encounter.coverage else 0
    return encounter.patient_id, payer, encounter.authorization_number


def visit_of(encounter: Encounter, charges: Iterable[Charge]) -> Visit:
    lines = [rules.Line(each.position, each.procedure_code, each.units) for each in charges]
    return Visit(encounter.date_of_service, encounter.provider_id, lines)


def quantities_used(practice_id: int, rows: Sequence[Authorization]) -> dict[int, Decimal]:
    """Authorization -> units or visits used so far. One statement; rows come with coverage."""
    uses = uses_of(practice_id, {row.patient_id for row in rows}, {row.number for row in rows})
    return {
        row.pk: rules.quantity_used(
            approval_of(row),
            [use.visit for use in uses.get((row.patient_id, row.coverage.payer_id, row.number), [])]
            if row.number
            else [],
        )
        for row in rows
    }


class VisitAuthorizations:
    """What some coded visits need and have: three statements, then lookups in memory."""

    def __init__(self, practice_id: int, encounters: Sequence[Encounter]) -> None:
        covered = [each for each in encounters if each.coverage_id is not None]
        patients = {each.patient_id for each in covered}
        self._rules: defaultdict[int, list[Rule]] = defaultdict(list)
        payers = {each.coverage.payer_id for each in covered}  # type: ignore[union-attr]  # covered
        for row in AuthorizationRule.objects.filter(practice_id=practice_id, payer__in=payers):
            codes = rules.CodeRange(row.first_code, row.last_code)
            self._rules[row.payer_id].append(Rule(codes, row.starts_on, row.ends_on))
        self._known: defaultdict[tuple[int, int], list[Approval]] = defaultdict(list)
        known = Authorization.objects.filter(practice_id=practice_id, patient__in=patients)
        for each in known.exclude(number="").select_related("coverage").order_by("pk"):
            self._known[each.patient_id, each.coverage.payer_id].append(approval_of(each))
        numbers = {approval.number for group in self._known.values() for approval in group}
        self._uses = uses_of(practice_id, patients, numbers)

    def gaps_of(self, encounter: Encounter) -> list[Gap]:
        """What keeps the visit from being covered by what it names."""
        coverage = encounter.coverage
        if coverage is None:
            return []
        number = encounter.authorization_number
        visit = visit_of(encounter, encounter.charges.all())
        approval = self._approval(encounter)
        return rules.find_gaps(
            visit,
            self._rules.get(coverage.payer_id, ()),
            coverage.payer.short_name,
            number,
            approval,
            self._used_before(encounter, approval, key_of(encounter)) if approval else ZERO,
        )

    def needed_of(self, encounter: Encounter) -> frozenset[str]:
        """The visit's codes its payer wants authorized on the day."""
        if encounter.coverage is None:
            return frozenset()
        wanted = self._rules.get(encounter.coverage.payer_id, ())
        return frozenset(
            charge.procedure_code
            for charge in encounter.charges.all()
            if rules.needs_authorization(wanted, charge.procedure_code, encounter.date_of_service)
        )

    def named_of(self, encounter: Encounter) -> tuple[Approval, Decimal] | None:
        """The approval the visit names, and what visits coded earlier left of it."""
        approval = self._approval(encounter)
        if approval is None:
            return None
        used = self._used_before(encounter, approval, key_of(encounter))
        return approval, max(approval.quantity - used, ZERO)

    def name_for(self, encounter: Encounter) -> str:
        """The one authorization for a visit that needs one and names none; else empty.

        Of several that cover it the only one with enough left. The visit counts as naming it.
        """
        if encounter.authorization_number or encounter.coverage is None:
            return ""
        payer = encounter.coverage.payer_id
        visit = visit_of(encounter, encounter.charges.all())
        known = self._known.get((encounter.patient_id, payer), ())
        found = rules.fitting(known, visit, self._rules.get(payer, ()))
        if len(found) > 1:
            found = [each for each in found if self._has_room(each, encounter, visit)]
        if len(found) != 1:
            return ""
        key = (encounter.patient_id, payer, found[0].number)
        if encounter.finalized_at is not None:
            self._uses[key].append(Use(encounter.pk, encounter.finalized_at, visit))
        return found[0].number

    def _has_room(self, approval: Approval, encounter: Encounter, visit: Visit) -> bool:
        key = (encounter.patient_id, key_of(encounter)[1], approval.number)
        used = self._used_before(encounter, approval, key)
        return used + rules.quantity_used(approval, [visit]) <= approval.quantity

    def _approval(self, encounter: Encounter) -> Approval | None:
        patient, payer, number = key_of(encounter)
        known = self._known.get((patient, payer), ())
        return next((each for each in known if number and each.number == number), None)

    def _used_before(self, encounter: Encounter, approval: Approval, key: NumberKey) -> Decimal:
        """By visits coded earlier: the first coded takes first."""
        coded_at = encounter.finalized_at
        earlier = [
            use.visit
            for use in self._uses.get(key, ())
            if coded_at is not None
            and use.encounter != encounter.pk
            and (use.coded_at, use.encounter) < (coded_at, encounter.pk)
        ]
        return rules.quantity_used(approval, earlier)
