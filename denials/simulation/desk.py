"""The front desk: the visits of a week with their notes, and authorizations asked for before."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from coding.models import Document, Encounter
from denials.simulation.cast import Clinic
from denials.simulation.visits import VisitKind
from payers.actions.authorizations import save_authorization
from payers.models import Authorization, AuthorizationRule, Coverage
from payers.rules.authorizations import CodeRange, Rule, needs_authorization
from rcm.models import Practice

# Number of the chart -> what its note says.
Notes = dict[str, VisitKind]
# Payer -> what it wants authorized.
Wanted = defaultdict[int, list[Rule]]
WORKING_DAYS = 5


def register_week(
    clinic: Clinic, kinds: tuple[VisitKind, ...], monday: date, count: int, notes: Notes
) -> None:
    """So many visits from Monday to Friday, each of another patient, ready to be coded."""
    drawn = clinic.drawn
    coverages = drawn.sample(list(clinic.coverages), count)
    chosen = drawn.choices(kinds, [float(kind.share) for kind in kinds], k=count)
    wanted, visits = wanted_of(clinic.practice), []
    for kind, coverage in zip(chosen, coverages, strict=True):
        on = monday + timedelta(days=drawn.randrange(WORKING_DAYS))
        number = f"{clinic.practice.initials}-{len(notes) + 1:06d}"
        notes[number] = kind
        visits.append(
            Encounter(
                practice=clinic.practice,
                number=number,
                patient=coverage.patient,
                coverage=coverage,
                provider=drawn.choice(clinic.providers),
                location=clinic.location,
                date_of_service=on,
                visit_type="Established",
                specialty="Primary care",
                authorization_number=authorize(
                    clinic, kind, coverage, on, number, wanted[coverage.payer_id]
                ),
            )
        )
    Encounter.objects.bulk_create(visits)
    Document.objects.bulk_create(
        Document(
            practice=clinic.practice,
            encounter=visit,
            kind=Document.Kind.PROGRESS_NOTE,
            title="Progress note",
            text=f"Seen for {notes[visit.number].name}.",
            signed_by=str(visit.provider),
            signed_at=datetime.combine(visit.date_of_service, time(22), UTC),
        )
        for visit in visits
    )


def wanted_of(practice: Practice) -> Wanted:
    """What each payer wants authorized, as the practice knows it. One statement."""
    found: Wanted = defaultdict(list)
    for row in AuthorizationRule.objects.filter(practice=practice):
        codes = CodeRange(row.first_code, row.last_code)
        found[row.payer_id].append(Rule(codes, row.starts_on, row.ends_on))
    return found


def authorize(
    clinic: Clinic,
    kind: VisitKind,
    coverage: Coverage,
    on: date,
    number: str,
    rules: Sequence[Rule],
) -> str:
    """The number of an authorization where the practice knows that the payer wants one."""
    wanted = [line for line in kind.right.lines if needs_authorization(rules, line.code, on)]
    if not wanted:
        return ""
    return save_number(clinic, coverage, [line.code for line in wanted], on, number)


def save_number(clinic: Clinic, coverage: Coverage, codes: list[str], on: date, number: str) -> str:
    """What the payer answered on the telephone, kept with the policy."""
    row = save_authorization(
        coverage,
        codes=", ".join(codes),
        by=clinic.biller,
        number=f"A{number}",
        state=Authorization.State.APPROVED,
        counts=Authorization.Counts.UNITS,
        quantity=Decimal(10),
        starts_on=on,
        ends_on=on + timedelta(days=30),
    )
    return row.number
