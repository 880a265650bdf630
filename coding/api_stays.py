"""What a facility says of a visit, through the API: shown, and entered as a whole."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from coding.actions.stays import enter_stay
from coding.models import Charge, Encounter, EncounterDiagnosis, FacilityStay
from coding.rules.pointers import EntryError
from coding.rules.stay_lines import LISTS, read_revenue_rows, read_rows, write_rows
from rcm import access
from rcm.api_base import WritablePracticeViewSet
from rcm.models import Provider

SINGLE_LISTS = ("patient_reasons", "condition_codes")
ROW_LISTS = tuple(field for field in LISTS if field not in SINGLE_LISTS)
FACTS = (
    *("type_of_bill", "statement_from", "statement_to", "admission_on", "admission_time"),
    *("discharge_time", "admission_type", "admission_source", "patient_status", "drg"),
    *("admitting_diagnosis", "attending", "operating", *SINGLE_LISTS),
)


class AnswerSerializer(serializers.ModelSerializer[EncounterDiagnosis]):
    class Meta:
        model = EncounterDiagnosis
        fields: ClassVar[list[str]] = ["id", "position", "code", "present_on_admission"]


class RevenueSerializer(serializers.ModelSerializer[Charge]):
    class Meta:
        model = Charge
        fields: ClassVar[list[str]] = [
            *("id", "position", "procedure_code", "revenue_code", "units", "label"),
        ]


class RowsField(serializers.ListField):
    """Rows of words: ``[["11", "2026-11-01"]]``, amounts as ``"3.00"``."""

    child = serializers.ListField(child=serializers.CharField())

    def to_representation(self, data: Any) -> list[list[str]]:
        return write_rows(data)


class StaySerializer(serializers.ModelSerializer[FacilityStay]):
    """The stay, with the answer on admission of each diagnosis and each charge's revenue code."""

    external_causes = RowsField()
    procedures = RowsField()
    occurrences = RowsField()
    occurrence_spans = RowsField()
    value_codes = RowsField()
    diagnoses = AnswerSerializer(source="encounter.diagnoses", many=True)
    charges = RevenueSerializer(source="encounter.charges", many=True)

    class Meta:
        model = FacilityStay
        fields: ClassVar[list[str]] = [
            *("encounter_id", *FACTS, *ROW_LISTS, "diagnoses", "charges"),
        ]


def code(count: int, **more: Any) -> serializers.CharField:
    return serializers.CharField(max_length=count, **more)


def optional_code(count: int) -> serializers.CharField:
    return code(count, allow_blank=True, default="")


def codes() -> serializers.ListField:
    return serializers.ListField(child=code(8), default=list, max_length=50)


def rows() -> serializers.ListField:
    """Each row is a list of words; ``"3.00"`` is an amount, ``"2026-11-01"`` a day."""
    row = serializers.ListField(child=code(20, allow_blank=True), max_length=3)
    return serializers.ListField(child=row, default=list, max_length=50)


def person() -> serializers.IntegerField:
    return serializers.IntegerField(min_value=1, allow_null=True, default=None)


class StayInput(serializers.Serializer[Any]):
    """The whole stay: what is left out is empty.

    `present_on_admission` is by id of diagnosis, `revenue_codes` by id of charge; ids left out
    stay as they are. `new_charges` (revenue code, units, label) are added by every request.
    `attending` and `operating` are ids of providers, `version` that of the visit as read.
    """

    version = serializers.IntegerField(min_value=1, allow_null=True, default=None)
    type_of_bill = code(3)
    statement_from = serializers.DateField()
    statement_to = serializers.DateField()
    admission_on = serializers.DateField(allow_null=True, default=None)
    admission_time = optional_code(4)
    discharge_time = optional_code(4)
    admission_type = code(1)
    admission_source = optional_code(1)
    patient_status = code(2)
    drg = optional_code(4)
    admitting_diagnosis = optional_code(8)
    attending = person()
    operating = person()
    patient_reasons = codes()
    condition_codes = codes()
    external_causes = rows()
    procedures = rows()
    occurrences = rows()
    occurrence_spans = rows()
    value_codes = rows()
    present_on_admission = serializers.DictField(child=optional_code(1), default=dict)
    revenue_codes = serializers.DictField(child=code(4), default=dict)
    new_charges = serializers.ListField(
        child=serializers.ListField(child=code(160, allow_blank=True), min_length=2, max_length=3),
        default=list,
        max_length=50,
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Lists as the stay keeps them. Raises ValidationError naming the row, as "Line 2: …"."""
        faults: dict[str, list[str]] = {}
        for field, reader in READERS.items():
            try:
                attrs[field] = reader(attrs[field])
            except EntryError as error:
                faults[field] = [str(error)]
        if faults:
            raise ValidationError(faults)
        for field in ("admission_source", "admitting_diagnosis"):
            attrs[field] = attrs[field].upper().replace(".", "")
        return attrs


def read_singles(field: str, given: Sequence[str]) -> list[Any]:
    return read_rows(field, [[each] for each in given])


def read_ids(given: Mapping[str, str]) -> dict[int, str]:
    """By number. Raises EntryError when a key is no id."""
    if wrong := [key for key in given if not (key.isascii() and key.isdecimal())]:
        raise EntryError(f"{wrong[0][:20]} is not an id.")
    return {int(key): value for key, value in given.items()}


READERS: dict[str, Callable[[Any], Any]] = {
    **{field: partial(read_singles, field) for field in SINGLE_LISTS},
    **{field: partial(read_rows, field) for field in ROW_LISTS},
    "present_on_admission": read_ids,
    "revenue_codes": read_ids,
    "new_charges": read_revenue_rows,
}


class StayVerbs(WritablePracticeViewSet):
    """What a facility says of a visit; a visit with it is billed by 837I."""

    write = "coding.work"
    viewed = "encounter.viewed"

    @action(
        detail=True,
        serializer_class=StaySerializer,
        input_class=StayInput,
        pagination_class=None,
        filterset_class=None,
    )
    def stay(self, request: Request, pk: int) -> Response:
        """The stay of the visit; 204 when no facility bills it. Recorded."""
        encounter = self.get_object()
        self.record_view(encounter)
        return self.answer_with_stay(encounter)

    @stay.mapping.put
    def put_stay(self, request: Request, pk: int) -> Response:
        """Enter the stay as a whole, with answers on admission and revenue codes, or nothing."""
        encounter, given = self.get_object(), self.read_input(request)
        for field in ("attending", "operating"):
            if given[field] is not None:
                given[field] = access.get(request, Provider.objects.all(), given[field])
        answers = given.pop("present_on_admission")
        enter_stay(encounter, by=self.person, answers=answers, **given)
        return self.answer_with_stay(encounter)

    def answer_with_stay(self, encounter: Encounter) -> Response:
        rows = FacilityStay.objects.prefetch_related("encounter__diagnoses", "encounter__charges")
        stay = rows.filter(encounter=encounter.pk).first()
        return Response(self.get_serializer(stay).data) if stay else Response(status=204)
