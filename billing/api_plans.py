"""Payment plans through the API."""

from typing import Any, ClassVar

import django_filters as filters
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from billing.actions import patient_plans as actions
from billing.models import PaymentPlan
from rcm import access
from rcm.api_base import Filters, WritablePracticeViewSet
from rcm.models import Patient


class PaymentPlanSerializer(serializers.ModelSerializer[PaymentPlan]):
    """A plan with its instalments and what of each is paid."""

    installments = serializers.SerializerMethodField()

    class Meta:
        model = PaymentPlan
        fields: ClassVar[list[str]] = [
            *("id", "patient_id", "amount", "missed_allowed", "state", "made_by_id", "made_at"),
            *("ended_at", "end_reason", "installments"),
        ]

    def get_installments(self, plan: PaymentPlan) -> list[dict[str, str]]:
        return [
            {
                "due_on": each.due_on.isoformat(),
                "amount": f"{each.amount:.2f}",
                "paid": f"{each.paid:.2f}",
            }
            for each in actions.standing_of(plan)
        ]


class PaymentPlanInput(serializers.Serializer[Any]):
    """What a patient promises; the answer is the schedule."""

    patient = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    amount = serializers.DecimalField(max_digits=12, decimal_places=2)
    count = serializers.IntegerField(min_value=1, max_value=1_000)
    first_on = serializers.DateField()


class PlanReasonInput(serializers.Serializer[Any]):
    """Why a plan is cancelled."""

    reason = serializers.CharField(max_length=300, allow_blank=True, default="")


class PaymentPlanFilters(Filters):
    patient = filters.NumberFilter(field_name="patient_id")
    state = filters.ChoiceFilter(choices=PaymentPlan.State.choices)


class PaymentPlanViewSet(WritablePracticeViewSet):
    """Payment plans of patients, newest first."""

    capability = "billing.view"
    write = "billing.work"
    queryset = PaymentPlan.objects.prefetch_related("installments").order_by("-id")
    serializer_class = PaymentPlanSerializer
    filterset_class = PaymentPlanFilters
    input_class = PaymentPlanInput
    answer_status = 201
    viewed = "payment_plan.viewed"

    def create(self, request: Request) -> Response:
        """Make a plan over what a patient owes; 404 for a patient of nobody here."""
        given = self.read_input(request)
        patient = access.get(request, Patient.objects.all(), given.pop("patient"))  # type: ignore[arg-type]  # with what the middleware set
        plan = actions.make_plan(patient, by=self.person, **given)
        return Response(self.get_serializer(plan).data, status=201)

    @action(
        detail=True,
        methods=["post"],
        input_class=PlanReasonInput,
        answer_status=200,
        filterset_class=None,
    )
    def cancellation(self, request: Request, pk: int) -> Response:
        """End a plan; what is owed stays owed."""
        reason = self.read_input(request)["reason"]
        plan = actions.cancel_plan(self.get_object(), reason=reason, by=self.person)
        return Response(self.get_serializer(plan).data)
