"""Read endpoints for denials."""

from typing import Any, ClassVar

import django_filters as filters
from rest_framework import serializers

from denials.models import CauseOverride, Denial
from payers.api import PayerShortSerializer
from rcm.api_base import Filters, PracticeViewSet


class DenialSerializer(serializers.ModelSerializer[Denial]):
    payer = PayerShortSerializer()
    claim_number = serializers.CharField(source="claim.patient_control_number")

    class Meta:
        model = Denial
        fields: ClassVar[list[str]] = [
            *("id", "state", "claim_id", "claim_number", "service_line_id", "remitted_claim_id"),
            *("remitted_line_id", "payer", "group", "reason", "remarks", "amount", "category"),
            *("owner_queue", "why", "case", "denied_on", "due_on", "pended_until", "pend_reason"),
            *("coder_task_id", "corrected_claim_id", "resolution", "resolution_note"),
            *("opened_at", "resolved_at"),
        ]


class DenialFilters(Filters):
    state = filters.ChoiceFilter(choices=Denial.State.choices)
    payer = filters.CharFilter(field_name="payer__payer_id")
    category = filters.CharFilter()
    owner_queue = filters.CharFilter()
    reason = filters.CharFilter()
    claim = filters.NumberFilter(field_name="claim_id")
    due_before = filters.DateFilter(field_name="due_on", lookup_expr="lte")
    denied_after = filters.DateFilter(field_name="denied_on", lookup_expr="gte")


class DenialViewSet(PracticeViewSet):
    """Denials, next deadline first. Retrieving one is recorded."""

    capability = "denials.view"
    queryset = Denial.objects.select_related("payer", "claim").order_by("due_on", "id")
    serializer_class = DenialSerializer
    filterset_class = DenialFilters
    viewed = "denial.viewed"

    def patient_of(self, row: Any) -> int | None:
        return int(row.claim.patient_id)


class CauseOverrideSerializer(serializers.ModelSerializer[CauseOverride]):
    """`payer` null is every payer; an empty group or remark is any."""

    payer = PayerShortSerializer()

    class Meta:
        model = CauseOverride
        fields: ClassVar[list[str]] = [
            *("id", "payer", "group", "reason", "remark", "category", "owner_queue"),
            *("routes_to_coder", "note", "created_by_id", "created_at", "ended_by_id", "ended_at"),
        ]


class CauseOverrideFilters(Filters):
    payer = filters.CharFilter(field_name="payer__payer_id")
    reason = filters.CharFilter()
    category = filters.CharFilter()
    is_ended = filters.BooleanFilter(field_name="ended_at", lookup_expr="isnull", exclude=True)


class CauseOverrideViewSet(PracticeViewSet):
    """What codes mean to the practice, newest first; ended ones included."""

    capability = "denials.view"
    queryset = CauseOverride.objects.select_related("payer").order_by("-id")
    serializer_class = CauseOverrideSerializer
    filterset_class = CauseOverrideFilters
