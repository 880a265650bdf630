"""Read endpoints for bank lines and their matches."""

from typing import ClassVar

import django_filters as filters
from rest_framework import serializers

from billing.deposit_state import lines_with_rest
from billing.models import BankLine, DepositMatch
from rcm.api_base import Filters, PracticeViewSet


class BankLineSerializer(serializers.ModelSerializer[BankLine]):
    """`amount_open` is what no payment explains yet."""

    amount_open = serializers.DecimalField(source="left", max_digits=14, decimal_places=2)

    class Meta:
        model = BankLine
        fields: ClassVar[list[str]] = [
            *("id", "statement_id", "line_number", "deposited_on", "amount", "amount_open"),
            *("method", "trace_number", "payer_identifier", "description", "reference"),
            "created_at",
        ]


class DepositSerializer(serializers.ModelSerializer[DepositMatch]):
    class Meta:
        model = DepositMatch
        fields: ClassVar[list[str]] = [
            *("id", "bank_line_id", "remittance_id", "amount", "method", "reason"),
            *("matched_at", "undone_at"),
        ]


class BankLineFilters(Filters):
    statement = filters.NumberFilter(field_name="statement_id")
    trace_number = filters.CharFilter()
    method = filters.ChoiceFilter(choices=BankLine.Method.choices)
    is_open = filters.BooleanFilter(field_name="left", lookup_expr="exact", method="by_rest")
    deposited_after = filters.DateFilter(field_name="deposited_on", lookup_expr="gte")
    deposited_before = filters.DateFilter(field_name="deposited_on", lookup_expr="lte")

    def by_rest(self, rows, name, value):  # type: ignore[no-untyped-def]  # a queryset
        return rows.exclude(left=0) if value else rows.filter(left=0)


class DepositFilters(Filters):
    bank_line = filters.NumberFilter(field_name="bank_line_id")
    remittance = filters.NumberFilter(field_name="remittance_id")
    method = filters.ChoiceFilter(choices=DepositMatch.Method.choices)
    is_undone = filters.BooleanFilter(field_name="undone_at", lookup_expr="isnull", exclude=True)


class BankLineViewSet(PracticeViewSet):
    """What the bank says came in, newest first."""

    capability = "billing.view"
    queryset = lines_with_rest(BankLine.objects.all()).order_by("-deposited_on", "-id")
    serializer_class = BankLineSerializer
    filterset_class = BankLineFilters


class DepositViewSet(PracticeViewSet):
    """Which part of a bank line is which payment, newest first; undone matches too."""

    capability = "billing.view"
    queryset = DepositMatch.objects.order_by("-id")
    serializer_class = DepositSerializer
    filterset_class = DepositFilters
