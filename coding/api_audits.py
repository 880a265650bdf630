"""Audits of coding through the API: what was drawn and what was found. Read only."""

from typing import Any, ClassVar

import django_filters as filters
from django.db.models import Prefetch
from rest_framework import serializers

from coding.models import AuditChart, AuditLine, CodingAudit
from rcm.api_base import Filters, PracticeViewSet


class AuditSerializer(serializers.ModelSerializer[CodingAudit]):
    """An audit; `pool_count` is null until it is drawn."""

    auditor = serializers.EmailField(source="auditor.email")
    coder = serializers.EmailField(source="coder.email", default=None)

    class Meta:
        model = CodingAudit
        fields: ClassVar[list[str]] = [
            *("id", "name", "auditor", "method", "size", "seed", "target_percent", "is_blind"),
            *("coded_from", "coded_to", "coder", "state", "pool_count", "lesson"),
            *("opened_at", "closed_at"),
        ]


class AuditLineSerializer(serializers.ModelSerializer[AuditLine]):
    class Meta:
        model = AuditLine
        fields: ClassVar[list[str]] = [
            *("id", "position", "kind", "coder_value", "auditor_value", "verdict", "reason"),
            *("severity", "effect", "note", "answer", "answer_words", "outcome", "outcome_words"),
        ]


class AuditChartSerializer(serializers.ModelSerializer[AuditChart]):
    """A chart of an audit; the counts are zero until it is reviewed, hidden ones have no risks."""

    coder = serializers.EmailField(source="coder.email")
    encounter_number = serializers.CharField(source="encounter.number")
    risks = serializers.ListField(source="shown_risks", child=serializers.CharField())

    class Meta:
        model = AuditChart
        fields: ClassVar[list[str]] = [
            *("id", "audit_id", "encounter_id", "encounter_number", "coder", "risks", "state"),
            *("dx_right", "dx_total", "procedure_right", "procedure_total", "modifier_right"),
            *("modifier_total", "right", "total", "reviewed_at", "settled_at", "lesson"),
        ]


class AuditChartDetailSerializer(AuditChartSerializer):
    """With its lines; none while a blind audit hides them."""

    lines = AuditLineSerializer(many=True)

    class Meta:
        model = AuditChart
        fields: ClassVar[list[str]] = [*AuditChartSerializer.Meta.fields, "lines"]


class AuditFilters(Filters):
    state = filters.ChoiceFilter(choices=CodingAudit.State.choices)


class AuditChartFilters(Filters):
    audit = filters.NumberFilter(field_name="audit_id")
    state = filters.ChoiceFilter(choices=AuditChart.State.choices)
    coder = filters.CharFilter(field_name="coder__email")


class AuditViewSet(PracticeViewSet):
    """Audits, newest first."""

    capability = "quality.view"
    queryset = CodingAudit.objects.select_related("auditor", "coder").order_by("-id")
    serializer_class = AuditSerializer
    filterset_class = AuditFilters


class AuditChartViewSet(PracticeViewSet):
    """Charts of audits. Retrieving one shows its lines and is recorded."""

    capability = "quality.view"
    queryset = AuditChart.objects.select_related("audit", "encounter", "coder").order_by("-id")
    detail_queryset = AuditChart.objects.select_related(
        "audit", "encounter", "coder"
    ).prefetch_related(Prefetch("lines", AuditLine.objects.order_by("order")))
    serializer_class = AuditChartSerializer
    detail_serializer_class = AuditChartDetailSerializer
    filterset_class = AuditChartFilters
    viewed = "audit_chart.viewed"

    def patient_of(self, row: Any) -> int | None:
        return int(row.encounter.patient_id)
