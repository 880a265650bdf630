"""Patients' accounts through the API: what stands on them, payments and their way back."""

from collections.abc import Sequence
from typing import Any, ClassVar

import django_filters as filters
from django.http import HttpResponse, QueryDict
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from billing import patient_accounts as states
from billing.account_documents import make_receipt
from billing.account_ledger import VisitLedger, visits_of
from billing.account_list import VIEWS, AccountList
from billing.actions import patient_payments as actions
from billing.actions import patient_prepaid as prepaid_money
from billing.actions import patient_reversals as reversals
from billing.models import PatientPayment
from rcm import events
from rcm.api_base import Filters, WritablePracticeViewSet
from rcm.http import pdf_response
from rcm.models import Patient

DOLLARS: dict[str, Any] = {"max_digits": 12, "decimal_places": 2}


class ReasonSerializer(serializers.Serializer[Any]):
    """Why there is no statement now."""

    code = serializers.CharField()
    text = serializers.CharField()


class StateSerializer(serializers.Serializer[states.AccountState]):
    """What stands on an account. `due` is what a statement would ask for, less credits."""

    owed = serializers.DecimalField(**DOLLARS)
    overpaid = serializers.DecimalField(**DOLLARS)
    prepaid = serializers.DecimalField(**DOLLARS)
    due = serializers.DecimalField(**DOLLARS)
    insurance = serializers.DecimalField(**DOLLARS)
    insurance_lines = serializers.IntegerField()
    in_flight = serializers.IntegerField()
    owed_since = serializers.DateField(allow_null=True)
    last_statement_on = serializers.DateField(allow_null=True)
    statements = serializers.IntegerField()
    inquiries = serializers.IntegerField()
    disputes = serializers.IntegerField()
    flags = serializers.ListField(child=serializers.CharField())
    has_plan = serializers.BooleanField()
    plan_overdue = serializers.IntegerField()
    may_be_stated = serializers.BooleanField()
    reasons = ReasonSerializer(many=True)


class AccountSerializer(serializers.ModelSerializer[Patient]):
    """A patient with what stands on the account; `id` is the patient's."""

    state = serializers.SerializerMethodField()

    class Meta:
        model = Patient
        fields: ClassVar[list[str]] = ["id", "mrn", "last_name", "first_name", "state"]

    @extend_schema(responses=StateSerializer)
    def get_state(self, patient: Patient) -> Any:
        return StateSerializer(self.context["view"].states[patient.pk]).data


class AccountDetailSerializer(AccountSerializer):
    """The same with the ledger by visit."""

    visits = serializers.SerializerMethodField()

    class Meta(AccountSerializer.Meta):
        fields: ClassVar[list[str]] = [*AccountSerializer.Meta.fields, "visits"]

    def get_visits(self, patient: Patient) -> list[dict[str, Any]]:
        return [visit_content(visit) for visit in visits_of(patient)]


def visit_content(visit: VisitLedger) -> dict[str, Any]:
    """A visit as the API tells it; amounts as texts."""
    return {
        "encounter_id": visit.encounter_id,
        "served_on": visit.served_on.isoformat(),
        "claims": [claim.pk for claim in visit.claims],
        "charges": f"{visit.charges:.2f}",
        "insurance": f"{visit.insurance:.2f}",
        "patient": f"{visit.patient:.2f}",
        "lines": [
            {
                "on": line.on.isoformat(),
                "text": line.text,
                "insurance": f"{line.insurance:.2f}",
                "patient": f"{line.patient:.2f}",
                "insurance_after": f"{line.insurance_after:.2f}",
                "patient_after": f"{line.patient_after:.2f}",
            }
            for line in visit.lines
        ],
    }


class AccountFilters(Filters):
    """`view` as the tabs of the page; `owing` are accounts a patient owes on."""

    view = filters.ChoiceFilter(
        choices=[(key or "owing", label) for key, label in VIEWS], method="in_view"
    )
    mrn = filters.CharFilter()
    last_name = filters.CharFilter(lookup_expr="istartswith")

    def in_view(self, rows: Any, name: str, value: str) -> Any:
        key = "" if value == "owing" else value
        practice = self.request.practice  # type: ignore[union-attr]  # set by the middleware
        found = AccountList(practice, QueryDict(f"view={key}"), timezone.localdate())
        return rows.filter(pk__in=found.ids())


class PartInput(serializers.Serializer[Any]):
    """How much of a payment is for which visit."""

    encounter_id = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    amount = serializers.DecimalField(max_digits=12, decimal_places=2)


class PaymentInput(serializers.Serializer[Any]):
    """Money of a patient; without `parts` the oldest visit is paid first."""

    amount = serializers.DecimalField(**DOLLARS)
    method = serializers.ChoiceField(choices=["cash", "check", "card"])
    reference = serializers.CharField(max_length=50, allow_blank=True, default="")
    paid_on = serializers.DateField()
    parts = PartInput(many=True, required=False)


class ReversalInput(serializers.Serializer[Any]):
    """Why a payment is taken back."""

    reason = serializers.CharField(max_length=300, allow_blank=True, default="")


class PatientPaymentSerializer(serializers.ModelSerializer[PatientPayment]):
    """A payment with its moves: `claim_id` is null where the money is prepaid."""

    parts = serializers.SerializerMethodField()

    class Meta:
        model = PatientPayment
        fields: ClassVar[list[str]] = [
            *("id", "patient_id", "method", "amount", "reference", "paid_on", "taken_by_id"),
            *("taken_at", "is_reversed", "reversal_reason", "reversed_at", "parts"),
        ]

    def get_parts(self, payment: PatientPayment) -> list[dict[str, Any]]:
        moves = [row.posting for row in payment.moves.all() if row.posting.reverses_id is None]
        return [{"claim_id": move.claim_id, "amount": f"{move.amount:.2f}"} for move in moves]


class AccountViewSet(WritablePracticeViewSet):
    """Accounts of patients: who owes what, and why there is no statement now."""

    capability = "billing.view"
    write = "billing.work"
    queryset = Patient.objects.select_related("practice").order_by("last_name", "first_name", "id")
    serializer_class = AccountSerializer
    detail_serializer_class = AccountDetailSerializer
    filterset_class = AccountFilters
    viewed = "account.viewed"
    listed = "accounts.listed"

    states: dict[int, states.AccountState]

    def patient_of(self, row: Any) -> int | None:
        return int(row.pk)

    def read_states(self, patients: Sequence[Patient]) -> None:
        """What stands on these accounts, for their serializer."""
        ids = [patient.pk for patient in patients]
        found = states.account_states(self.practice, timezone.localdate(), ids)
        self.states = {row.patient_id: row for row in found}

    def paginate_queryset(self, queryset: Any) -> Any:
        page = super().paginate_queryset(queryset)
        self.read_states(page or [])
        return page

    def get_object(self) -> Patient:
        patient: Patient = super().get_object()
        self.read_states([patient])
        return patient

    @extend_schema(responses={201: PatientPaymentSerializer})
    @action(
        detail=True,
        methods=["post"],
        input_class=PaymentInput,
        answer_status=201,
        filterset_class=None,
    )
    def payments(self, request: Request, pk: int) -> Response:
        """Take a payment; more than is owed stays prepaid for the patient."""
        patient = self.get_object()
        given = self.read_input(request)
        parts = given.pop("parts", None)
        split = None if parts is None else {each["encounter_id"]: each["amount"] for each in parts}
        key = f"api:{request.headers.get('Idempotency-Key', '')}"[:200]
        money = actions.Money(**given)
        made = actions.take_payment(patient, money, key=key, parts=split, by=self.person)
        return Response(PatientPaymentSerializer(made).data, status=201)

    @extend_schema(responses={201: PatientPaymentSerializer})
    @action(detail=True, methods=["post"], answer_status=201, filterset_class=None)
    def prepaid(self, request: Request, pk: int) -> Response:
        """Pay what is owed from prepaid money, the oldest visit first."""
        key = f"api:{request.headers.get('Idempotency-Key', '')}"[:200]
        made = prepaid_money.use_prepaid(self.get_object(), key=key, by=self.person)
        return Response(PatientPaymentSerializer(made).data, status=201)


class PatientPaymentFilters(Filters):
    patient = filters.NumberFilter(field_name="patient_id")
    method = filters.ChoiceFilter(choices=PatientPayment.Method.choices)
    is_reversed = filters.BooleanFilter()


class PatientPaymentViewSet(WritablePracticeViewSet):
    """Payments of patients, newest first."""

    capability = "billing.view"
    write = "billing.work"
    queryset = (
        PatientPayment.objects.select_related("patient", "practice", "taken_by")
        .prefetch_related("moves__posting")
        .order_by("-id")
    )
    serializer_class = PatientPaymentSerializer
    filterset_class = PatientPaymentFilters
    viewed = "patient_payment.viewed"

    @extend_schema(responses={(200, "application/pdf"): bytes})
    @action(detail=True, filterset_class=None, pagination_class=None)
    def receipt(self, request: Request, pk: int) -> HttpResponse:
        """The receipt as PDF."""
        payment = self.get_object()
        events.record(
            "patient_payment.receipt_made",
            payment,
            by=self.person,
            patient_id=payment.patient_id,
        )
        return pdf_response(make_receipt(payment, now=payment.taken_at), f"receipt-{pk}.pdf")

    @action(detail=True, methods=["post"], input_class=ReversalInput, filterset_class=None)
    def reversal(self, request: Request, pk: int) -> Response:
        """Take a payment back: its moves are swapped."""
        reason = self.read_input(request)["reason"]
        made = reversals.reverse_payment(self.get_object(), reason=reason, by=self.person)
        return Response(self.get_serializer(made).data)

    @action(detail=True, methods=["post"], filterset_class=None)
    def restoration(self, request: Request, pk: int) -> Response:
        """Undo a reversal."""
        made = reversals.restore_payment(self.get_object(), by=self.person)
        return Response(self.get_serializer(made).data)
