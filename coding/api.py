"""Charts and the work returned to coders."""

from typing import Any, ClassVar

import django_filters as filters
from django.db.models import Prefetch
from rest_framework import serializers

from coding.api_queue import QueueVerbs
from coding.models import Charge, CoderTask, Document, Encounter, EncounterDiagnosis
from payers.api import CoverageSerializer
from payers.models import Payer
from rcm.api import PatientSerializer, ProviderSerializer
from rcm.api_base import Filters, PracticeViewSet


class DiagnosisSerializer(serializers.ModelSerializer[EncounterDiagnosis]):
    class Meta:
        model = EncounterDiagnosis
        fields: ClassVar[list[str]] = [
            *("id", "position", "code", "label", "evidence", "present_on_admission"),
        ]


class ChargeSerializer(serializers.ModelSerializer[Charge]):
    class Meta:
        model = Charge
        fields: ClassVar[list[str]] = [
            *("id", "position", "procedure_code", "label", "modifiers", "units", "pointers"),
            *("drug_code", "revenue_code", "evidence", "amount_billed", "is_frozen"),
        ]


class DocumentSerializer(serializers.ModelSerializer[Document]):
    class Meta:
        model = Document
        fields: ClassVar[list[str]] = [
            *("id", "kind", "title", "text", "signed_by", "signed_at", "external_id", "version"),
            *("relation", "received_at"),
        ]


class EncounterSerializer(serializers.ModelSerializer[Encounter]):
    patient = PatientSerializer()
    provider = ProviderSerializer()

    class Meta:
        model = Encounter
        fields: ClassVar[list[str]] = [
            *("id", "number", "state", "date_of_service", "visit_type", "specialty", "priority"),
            *("is_urgent", "owner_id", "patient", "provider", "hold_reason", "hold_until"),
            *("finalized_at", "version", "is_amended"),
        ]


class EncounterDetailSerializer(EncounterSerializer):
    coverage = CoverageSerializer()
    diagnoses = DiagnosisSerializer(many=True)
    charges = ChargeSerializer(many=True)
    documents = DocumentSerializer(many=True)

    class Meta:
        model = Encounter
        fields: ClassVar[list[str]] = [
            *EncounterSerializer.Meta.fields,
            *("authorization_number", "coverage", "diagnoses", "charges", "documents"),
        ]


class CoderTaskSerializer(serializers.ModelSerializer[CoderTask]):
    encounter_number = serializers.CharField(source="encounter.number")
    resolved_by = serializers.EmailField(source="resolved_by.email", default=None)

    class Meta:
        model = CoderTask
        fields: ClassVar[list[str]] = [
            *("id", "encounter_id", "encounter_number", "source", "reason", "state", "answer"),
            *("opened_at", "resolved_at", "resolved_by"),
        ]


class EncounterFilters(Filters):
    number = filters.CharFilter()
    state = filters.ChoiceFilter(choices=Encounter.State.choices)
    patient = filters.NumberFilter(field_name="patient_id")
    provider = filters.NumberFilter(field_name="provider_id")
    owner = filters.NumberFilter(field_name="owner_id")
    specialty = filters.CharFilter()
    payer_class = filters.ChoiceFilter(
        field_name="coverage__payer__payer_class", choices=Payer.PayerClass.choices
    )
    assigned = filters.BooleanFilter(field_name="owner", lookup_expr="isnull", exclude=True)
    served_after = filters.DateFilter(field_name="date_of_service", lookup_expr="gte")
    served_before = filters.DateFilter(field_name="date_of_service", lookup_expr="lte")


class CoderTaskFilters(Filters):
    state = filters.ChoiceFilter(choices=CoderTask.State.choices)
    encounter = filters.NumberFilter(field_name="encounter_id")


class EncounterViewSet(QueueVerbs):
    """Charts, newest service first. Retrieving one shows its documents and is recorded."""

    capability = "coding.view"
    queryset = Encounter.objects.select_related("patient", "provider").order_by(
        "-date_of_service", "-id"
    )
    detail_queryset = Encounter.objects.select_related(
        "patient", "provider", "coverage__payer"
    ).prefetch_related(
        "diagnoses", "charges", Prefetch("documents", Document.objects.current().order_by("id"))
    )
    serializer_class = EncounterSerializer
    detail_serializer_class = EncounterDetailSerializer
    filterset_class = EncounterFilters
    viewed = "encounter.viewed"
    listed = "encounters.listed"


class CoderTaskViewSet(PracticeViewSet):
    """Work returned to coders. Retrieving one is recorded."""

    capability = "coding.view"
    queryset = CoderTask.objects.select_related("encounter", "resolved_by").order_by("-id")
    serializer_class = CoderTaskSerializer
    filterset_class = CoderTaskFilters
    viewed = "coder_task.viewed"

    def patient_of(self, row: Any) -> int | None:
        return int(row.encounter.patient_id)
