"""One stay in a hospital among the demo's visits, coded as its facility codes it: an 837I."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from coding.actions import codes, encounters, stays
from coding.models import Document, Encounter
from payers.models import Coverage, Fee, FeeSchedule
from rcm.models import Practice, User

STAYS = 1
PRACTICE, PATIENT, LOCATION = "NM", "N18", "nm-hospital"
NIGHTS = 3
ROOM, IMAGING = "0120", "0324"
PRICES = {ROOM: Decimal("950.00")}
NOTE = (
    "Admitted through the emergency department with fever and productive cough for four days. "
    "Chest film in two views shows a right lower lobe infiltrate. Treated with intravenous "
    "antibiotics for three days, afebrile since the second day, discharged home in stable "
    "condition. Essential hypertension known before, medication continued. "
    "Assessment: community acquired pneumonia, hypertension, both present on admission."
)


def seed_stays(
    practices: Mapping[str, Practice],
    rows: Mapping[str, Mapping[str, Any]],
    coverages: Mapping[str, Coverage],
    today: date,
) -> int:
    """The stay with its note, coded and completed; returns how many stays there are."""
    practice, patient = practices[PRACTICE], rows["patients"][PATIENT]
    ana = User.objects.get(email="ana@example.test")
    admitted = find_free_day(practice, patient.pk, today)
    seed_prices(practice, today)
    stay = Encounter.objects.create(
        practice=practice,
        number=f"{PRACTICE}-STAY-1",
        patient=patient,
        coverage=coverages[PATIENT],
        provider=min(
            (p for p in rows["providers"].values() if p.practice_id == practice.pk),
            key=lambda provider: provider.pk,
        ),
        location=rows["locations"][LOCATION],
        date_of_service=admitted,
        visit_type="Inpatient stay",
        specialty="Hospital",
    )
    seed_note(stay)
    code_stay(stay, ana)
    return STAYS


def find_free_day(practice: Practice, patient_id: int, today: date) -> date:
    """The latest day of admission after which a stay is over and the patient was nowhere else."""
    busy = set(
        Encounter.objects.filter(practice=practice, patient=patient_id).values_list(
            "date_of_service", flat=True
        )
    )
    first = today - timedelta(days=NIGHTS + 2)
    days = (first - timedelta(days=back) for back in range(30))
    nights = range(NIGHTS + 1)
    return next(d for d in days if not any(d + timedelta(days=n) in busy for n in nights))


def seed_prices(practice: Practice, today: date) -> None:
    """What a room costs; the film has its price among the practice's own."""
    schedule = FeeSchedule.objects.get(practice=practice, payer=None)
    Fee.objects.bulk_create(
        Fee(
            practice=practice,
            schedule=schedule,
            procedure_code=code,
            amount=amount,
            starts_on=today - timedelta(days=365),
        )
        for code, amount in PRICES.items()
    )


def seed_note(stay: Encounter) -> None:
    left = stay.date_of_service + timedelta(days=NIGHTS)
    Document.objects.create(
        practice=stay.practice,
        encounter=stay,
        kind=Document.Kind.PROGRESS_NOTE,
        title="Discharge summary",
        text=NOTE,
        signed_by=str(stay.provider),
        signed_at=datetime.combine(left, time(22, 0), UTC),
    )


def code_stay(stay: Encounter, by: User) -> None:
    """Diagnoses with their answers on admission, days of the room, the film; complete."""
    admitted = stay.date_of_service
    stays.set_stay(
        stay,
        by=by,
        type_of_bill="111",
        statement_from=admitted,
        statement_to=admitted + timedelta(days=NIGHTS),
        admission_type="1",
        admission_source="1",
        patient_status="01",
        admission_on=admitted,
        admission_time="1420",
        discharge_time="1100",
        admitting_diagnosis="R509",
        drg="195",
        value_codes=[["80", NIGHTS * 100]],
    )
    for code in ("J189", "I10"):
        diagnosis = codes.add_diagnosis(stay, code, by=by)
        stays.set_present_on_admission(diagnosis, "Y", by=by)
    stays.add_revenue_charge(stay, ROOM, by=by, units=NIGHTS, label="Semi-private room")
    film = codes.add_charge(stay, "71046", by=by)
    stays.set_revenue_codes(stay, [(film, IMAGING)], by=by)
    encounters.finalize_encounter(stay, by=by)
