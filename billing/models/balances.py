"""What stands on patients' accounts, kept by the database as moves are written (migration 0036).

Each row is a sum of the ledger, never written by the application: `check_accounts` proves it.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from billing.models.remittances import bulk_key
from coding.models import Encounter
from rcm.models import OwnedByPractice, Patient, Practice


class VisitBalance(OwnedByPractice):
    """What is open of one visit, all versions of its claim together; a settled visit has no row.

    `owed` is the patient's, below zero where too much was paid. `insurance_lines` are receivables
    of payers that are not zero, by payer and rank, `insurance` their sum.
    """

    practice = bulk_key(Practice, "+")
    encounter = models.OneToOneField(
        Encounter, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    patient = bulk_key(Patient, "+")
    owed = models.DecimalField(max_digits=14, decimal_places=2)
    owed_since = models.DateField(null=True)
    insurance_lines = models.PositiveSmallIntegerField()
    insurance = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        indexes = [
            # What is open of a patient.
            models.Index(fields=["patient"], name="visit_balance_of_patient"),
        ]

    def __str__(self) -> str:
        return f"Visit {self.encounter_id}: {self.owed}"


class PatientBalance(OwnedByPractice):
    """What stands on one account: every patient has a row. Dollars; `due` is below zero for credit.

    `owed` adds the visits the patient owes for, `overpaid` those paid too much, `prepaid` is held
    for the patient and tied to no visit.
    """

    practice = bulk_key(Practice, "+")
    patient = models.OneToOneField(Patient, on_delete=models.PROTECT, related_name="balance")
    owed = models.DecimalField(max_digits=14, decimal_places=2, db_default=0)
    overpaid = models.DecimalField(max_digits=14, decimal_places=2, db_default=0)
    owed_since = models.DateField(null=True)
    insurance_lines = models.PositiveIntegerField(db_default=0)
    insurance = models.DecimalField(max_digits=14, decimal_places=2, db_default=0)
    prepaid = models.DecimalField(max_digits=14, decimal_places=2, db_default=0)
    due = models.GeneratedField(
        expression=F("owed") - F("overpaid") - F("prepaid"),
        output_field=models.DecimalField(max_digits=14, decimal_places=2),
        db_persist=True,
    )

    class Meta:
        indexes = [
            # All accounts, the largest balance first.
            models.Index(fields=["practice", "-due", "patient"], name="patient_balance_list"),
            # Those that owe, the same way, with what filters and sums ask.
            models.Index(
                fields=["practice", "-due", "patient"],
                include=["owed_since", "insurance_lines"],
                name="patient_balance_owing",
                condition=Q(owed__gt=0),
            ),
            # Those the practice owes.
            models.Index(
                fields=["practice", "-due", "patient"],
                name="patient_balance_credit",
                condition=Q(overpaid__gt=0) | Q(prepaid__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"Patient {self.patient_id}: {self.due}"


class BalanceWork(OwnedByPractice):
    """Claims and patients whose moves the current transaction has written: gone when it commits."""

    practice = bulk_key(Practice, "+")
    claims = ArrayField(models.BigIntegerField())
    patients = ArrayField(models.BigIntegerField())

    def __str__(self) -> str:
        return f"{len(self.claims)} claims, {len(self.patients)} patients"
