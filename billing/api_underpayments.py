"""Endpoints of underpayments and of what payers usually allow."""

from typing import Any, ClassVar

import django_filters as filters
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from billing.actions import underpayments
from billing.models import Underpayment, UsualAllowed
from billing.underpayment_page import same_pattern
from rcm.api_base import Filters, PracticeViewSet, WritablePracticeViewSet


class UsualAllowedSerializer(serializers.ModelSerializer[UsualAllowed]):
    """For one unit: the median of `lines` in the quarter that begins on `quarter`; quartiles."""

    class Meta:
        model = UsualAllowed
        fields: ClassVar[list[str]] = [
            *("id", "payer", "procedure_code", "modifiers", "place_of_service", "quarter"),
            *("lines", "median", "low", "high"),
        ]


class UsualAllowedFilters(Filters):
    payer = filters.CharFilter(field_name="payer__payer_id")
    procedure_code = filters.CharFilter()
    quarter = filters.DateFilter()


class UsualAllowedViewSet(PracticeViewSet):
    """What payers usually allow, from twenty lines on, newest quarter first."""

    capability = "billing.view"
    queryset = UsualAllowed.objects.order_by("-quarter", "id")
    serializer_class = UsualAllowedSerializer
    filterset_class = UsualAllowedFilters


class UnderpaymentSerializer(serializers.ModelSerializer[Underpayment]):
    """A line allowed below its contract, or below the payer's custom where there is none."""

    class Meta:
        model = Underpayment
        fields: ClassVar[list[str]] = [
            *("id", "state", "claim_id", "remitted_line_id", "payer", "procedure_code"),
            *("modifiers", "place_of_service", "paid_on", "basis", "basis_name", "basis_lines"),
            *("expected", "allowed", "shortfall", "recovered", "note", "found_at", "decided_at"),
        ]


class UnderpaymentFilters(Filters):
    state = filters.ChoiceFilter(choices=Underpayment.State.choices)
    payer = filters.CharFilter(field_name="payer__payer_id")
    procedure_code = filters.CharFilter()
    basis = filters.ChoiceFilter(choices=Underpayment.Basis.choices)
    claim = filters.NumberFilter(field_name="claim_id")


class UnderpaymentDecisionInput(serializers.Serializer[Any]):
    """Why; and whether it is about every line of the pattern in the same state."""

    note = serializers.CharField(max_length=300, allow_blank=True, default="")
    whole_pattern = serializers.BooleanField(default=False)


class UnderpaymentViewSet(WritablePracticeViewSet):
    """Underpaid lines, newest first."""

    capability = "billing.view"
    write = "billing.work"
    queryset = Underpayment.objects.order_by("-id")
    serializer_class = UnderpaymentSerializer
    filterset_class = UnderpaymentFilters
    input_class = UnderpaymentDecisionInput

    @action(detail=True, methods=["post"])
    def dispute(self, request: Request, pk: int) -> Response:
        """The payer is asked for the difference."""
        return self.decide(request, "dispute")

    @action(detail=True, methods=["post"])
    def acceptance(self, request: Request, pk: int) -> Response:
        """The difference is let go; say why."""
        return self.decide(request, "acceptance")

    @action(detail=True, methods=["post"])
    def reopening(self, request: Request, pk: int) -> Response:
        """Back to open."""
        return self.decide(request, "reopening")

    def decide(self, request: Request, verb: str) -> Response:
        """The row as it is now, and how many lines went with it."""
        given = self.read_input(request)
        row = self.get_object()
        ids = [row.pk]
        if given["whole_pattern"]:
            ids = list(same_pattern(row).values_list("pk", flat=True))
        count = underpayments.decide(self.practice, ids, verb, by=self.person, note=given["note"])
        row.refresh_from_db()
        return Response(self.get_serializer(row).data | {"lines": count})
