"""What a facility says of a visit beyond its codes."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.lookups import LessThanOrEqual

from coding.models.encounters import Encounter
from rcm.models import OwnedByPractice, Provider

HHMM = r"^([01][0-9]|2[0-3])[0-5][0-9]$"


def at_most(field: str, count: int) -> LessThanOrEqual:
    """A JSON list of no more than `count`; PostgreSQL refuses what is no list."""
    length = models.Func(
        models.F(field), function="jsonb_array_length", output_field=models.IntegerField()
    )
    return LessThanOrEqual(length, count)


class FacilityStay(OwnedByPractice):
    """What a facility says of an encounter beyond its codes: such a visit is billed on an 837I.

    `type_of_bill` is three digits without the leading zero (CLM05-1 and frequency), the CL1 fields
    are codes of the NUBC. The lists mirror HI: an external cause is (code, present on admission),
    a procedure or occurrence (code, day), a span (code, first day, last day), a value (code, amount
    in hundredths). Diagnoses and charges are the encounter's own.
    """

    encounter = models.OneToOneField(Encounter, on_delete=models.PROTECT, related_name="stay")
    type_of_bill = models.CharField(max_length=3)
    statement_from = models.DateField()
    statement_to = models.DateField()
    admission_on = models.DateField(null=True, blank=True)
    admission_time = models.CharField(max_length=4, blank=True)
    discharge_time = models.CharField(max_length=4, blank=True)
    admission_type = models.CharField(max_length=1)
    admission_source = models.CharField(max_length=1, blank=True)
    patient_status = models.CharField(max_length=2)
    attending = models.ForeignKey(
        Provider, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    operating = models.ForeignKey(
        Provider, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    drg = models.CharField(max_length=4, blank=True)
    admitting_diagnosis = models.CharField(max_length=7, blank=True)
    patient_reasons = ArrayField(models.CharField(max_length=7), default=list, blank=True)
    condition_codes = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    external_causes = models.JSONField(default=list, blank=True)
    procedures = models.JSONField(default=list, blank=True)
    occurrences = models.JSONField(default=list, blank=True)
    occurrence_spans = models.JSONField(default=list, blank=True)
    value_codes = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [
            # Facility type, care and frequency.
            models.CheckConstraint(
                condition=Q(type_of_bill__regex=r"^[0-9]{2}[0-9A-Z]$"), name="stay_bill_type_form"
            ),
            # A statement ends on or after the day it begins.
            models.CheckConstraint(
                condition=Q(statement_to__gte=models.F("statement_from")), name="stay_days_in_order"
            ),
            # HHMM; a time of admission belongs to a day.
            models.CheckConstraint(
                condition=(Q(admission_time="") | Q(admission_time__regex=HHMM))
                & (Q(discharge_time="") | Q(discharge_time__regex=HHMM))
                & (Q(admission_time="") | Q(admission_on__isnull=False)),
                name="stay_times_hhmm",
            ),
            # CL101 and CL103 have their lengths.
            models.CheckConstraint(
                condition=Q(admission_type__regex=r"^[1-9]$", patient_status__regex=r"^[0-9]{2}$"),
                name="stay_codes_form",
            ),
            # HI holds no more than these.
            models.CheckConstraint(
                condition=Q(patient_reasons__len__lte=3, condition_codes__len__lte=24),
                name="stay_codes_few",
            ),
            # The same for the lists; what is no list is refused with them.
            models.CheckConstraint(
                condition=at_most("external_causes", 12), name="stay_causes_few"
            ),
            models.CheckConstraint(condition=at_most("procedures", 25), name="stay_procedures_few"),
            models.CheckConstraint(condition=at_most("occurrences", 24), name="stay_events_few"),
            models.CheckConstraint(
                condition=at_most("occurrence_spans", 24), name="stay_spans_few"
            ),
            models.CheckConstraint(condition=at_most("value_codes", 24), name="stay_values_few"),
        ]

    def __str__(self) -> str:
        return self.type_of_bill
