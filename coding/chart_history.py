"""The patient's other visits in this practice, as the checks on codes of one chart see them."""

from datetime import timedelta
from decimal import Decimal

from coding.models import Encounter
from coding.rules.checks.global_surgery import PERIOD_DAYS
from coding.rules.checks.visits import NEW_FOR_YEARS, NEW_VISITS, years_before
from coding.rules.code_facts import PastLine
from coding.rules.coded_claim import CodedClaim

COLUMNS = (
    *("number", "date_of_service", "provider__npi", "specialty", "practice__npi"),
    *("charges__procedure_code", "charges__modifiers", "charges__units"),
)


def read_history(encounter: Encounter, view: CodedClaim) -> tuple[PastLine, ...]:
    """Lines of other visits, oldest first; a visit that is not coded has one without a procedure.

    Ninety days back for global periods, a day ahead for the surgery after a visit, and three years
    back for patients coded as new. A facility's lines are no part of what a provider did, nor the
    other way round. One statement.
    """
    on = encounter.date_of_service
    is_new = bool(view.codes & NEW_VISITS)
    since = years_before(on, NEW_FOR_YEARS) if is_new else on - timedelta(PERIOD_DAYS)
    rows = (
        Encounter.objects.filter(
            practice_id=encounter.practice_id,
            patient_id=encounter.patient_id,
            date_of_service__gte=since,
            date_of_service__lte=on + timedelta(1),
            stay__isnull=not view.is_institutional,
        )
        .exclude(pk=encounter.pk)
        .order_by("date_of_service", "pk", "charges__position")
        .values_list(*COLUMNS)
    )
    return tuple(
        PastLine(
            claim_number=number,
            procedure_code=code or "",
            served_on=served_on,
            provider_npi=group if view.is_institutional else npi,
            specialty=specialty,
            modifiers=tuple(marks or ()),
            units=units or Decimal(1),
            where="chart",
        )
        for number, served_on, npi, specialty, group, code, marks, units in rows
    )
