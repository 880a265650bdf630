"""Read endpoints for provider adjustments, credit balances and refunds."""

from decimal import Decimal
from typing import Any, ClassVar

import django_filters as filters
from rest_framework import serializers

from billing.credits import Credit, credit_of, credits_of
from billing.models import Claim, ProviderAdjustment, Refund
from billing.models.refunds import OWED_ACCOUNTS
from billing.open_offsets import STATES, with_open
from payers.api import PayerShortSerializer
from payers.rules.provider_adjustments import meaning_of
from rcm.api_base import Filters, PracticeViewSet


class OpenAdjustmentSerializer(serializers.ModelSerializer[ProviderAdjustment]):
    """`amount_open` is signed like `amount`: below zero the payer will take it."""

    payer_identifier = serializers.CharField(source="remittance.payer_identifier")
    trace_number = serializers.CharField(source="remittance.trace_number")
    paid_on = serializers.DateField(source="remittance.paid_on")
    label = serializers.SerializerMethodField()  # type: ignore[assignment]  # a field of ours
    kind = serializers.SerializerMethodField()
    amount_open = serializers.DecimalField(max_digits=12, decimal_places=2)
    state = serializers.ChoiceField(choices=list(STATES))

    class Meta:
        model = ProviderAdjustment
        fields: ClassVar[list[str]] = [
            *("id", "remittance_id", "payer_identifier", "trace_number", "paid_on", "position"),
            *("code", "label", "kind", "reference", "claim_id", "refers_to_id"),
            *("amount", "amount_open", "state"),
        ]

    def get_label(self, row: ProviderAdjustment) -> str:
        return meaning_of(row.code).label

    def get_kind(self, row: ProviderAdjustment) -> str:
        return meaning_of(row.code).kind


class OpenAdjustmentFilters(Filters):
    state = filters.ChoiceFilter(choices=list(STATES.items()))
    code = filters.CharFilter()
    payer_identifier = filters.CharFilter(field_name="remittance__payer_identifier")
    claim = filters.NumberFilter(field_name="claim_id")
    remittance = filters.NumberFilter(field_name="remittance_id")
    paid_after = filters.DateFilter(field_name="remittance__paid_on", lookup_expr="gte")
    paid_before = filters.DateFilter(field_name="remittance__paid_on", lookup_expr="lte")


class ProviderAdjustmentViewSet(PracticeViewSet):
    """PLB pairs with what is open of them, newest first."""

    capability = "billing.view"
    queryset = (
        with_open(ProviderAdjustment.objects.all()).select_related("remittance").order_by("-id")
    )
    serializer_class = OpenAdjustmentSerializer
    filterset_class = OpenAdjustmentFilters


class CreditSerializer(serializers.ModelSerializer[Claim]):
    """A claim and the accounts on which more was paid than owed."""

    payer = PayerShortSerializer()
    credits = serializers.SerializerMethodField()

    class Meta:
        model = Claim
        fields: ClassVar[list[str]] = [
            *("id", "patient_control_number", "patient_id", "payer", "date_of_service", "credits"),
        ]

    def get_credits(self, claim: Claim) -> list[dict[str, str]]:
        return [
            {
                "account": row.account,
                "owner": row.owner,
                "amount": f"{row.amount:.2f}",
                "free": f"{row.free:.2f}",
                "identified_on": row.identified_on.isoformat(),
                "due_on": row.due_on.isoformat(),
            }
            for row in self.context["view"].credits.get(claim.pk, [])
        ]


class CreditViewSet(PracticeViewSet):
    """Claims with a credit balance. Retrieving one is recorded."""

    capability = "billing.view"
    queryset = Claim.objects.select_related("payer").order_by("-date_of_service", "-id")
    serializer_class = CreditSerializer
    viewed = "claim.viewed"

    credits: dict[int, list[Credit]]

    def filter_queryset(self, queryset: Any) -> Any:
        """Only claims with a credit, all credits in one reading."""
        rows = super().filter_queryset(queryset)
        self.credits = {}
        if self.action == "list":
            for row in credits_of(self.request.practice.pk):  # type: ignore[attr-defined]  # set by the middleware
                self.credits.setdefault(row.claim_id, []).append(row)
            rows = rows.filter(pk__in=list(self.credits))
        return rows

    def get_object(self) -> Claim:
        claim: Claim = super().get_object()
        found = (credit_of(claim, account) for account in OWED_ACCOUNTS)
        self.credits = {claim.pk: [row for row in found if row is not None]}
        return claim


class RefundSerializer(serializers.ModelSerializer[Refund]):
    amount = serializers.DecimalField(max_digits=12, decimal_places=2, min_value=Decimal(0))

    class Meta:
        model = Refund
        fields: ClassVar[list[str]] = [
            *("id", "claim_id", "account", "owner", "kind", "amount", "target_claim_id"),
            *("target_account", "reason", "state", "needs_approval", "requested_by_id"),
            *("requested_at", "decided_by_id", "decided_at", "decision_note", "paid_on"),
            *("reference",),
        ]


class RefundFilters(Filters):
    state = filters.ChoiceFilter(choices=Refund.State.choices)
    kind = filters.ChoiceFilter(choices=Refund.Kind.choices)
    owner = filters.ChoiceFilter(choices=Refund.Owner.choices)
    claim = filters.NumberFilter(field_name="claim_id")


class RefundViewSet(PracticeViewSet):
    """Refunds and offsets of credits, newest first."""

    capability = "billing.view"
    queryset = Refund.objects.order_by("-id")
    serializer_class = RefundSerializer
    filterset_class = RefundFilters
