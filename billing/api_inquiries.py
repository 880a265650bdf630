"""Questions to payers through the API: list them, ask one."""

from typing import Any, ClassVar

import django_filters as filters
from django.db.models import Prefetch
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing.actions.status_inquiries import ask_status
from billing.models import Claim, StatusAnswer, StatusInquiry
from payers.actions.eligibility import ask_eligibility
from payers.models import (
    Coverage,
    EligibilityAnswer,
    EligibilityBenefit,
    EligibilityInquiry,
    InquiryState,
)
from rcm import access
from rcm.api_base import Filters, WritablePracticeViewSet


class BenefitSerializer(serializers.ModelSerializer[EligibilityBenefit]):
    """One EB: codes as the payer sent them, dollars, and the patient's percentage."""

    class Meta:
        model = EligibilityBenefit
        fields: ClassVar[list[str]] = [
            *("code", "service_types", "level", "time", "amount", "percent", "quantity"),
            *("network", "authorization", "plan_name", "messages"),
        ]


class EligibilityAnswerSerializer(serializers.ModelSerializer[EligibilityAnswer]):
    """What the payer says; `mismatches` are fields in which it names somebody else."""

    benefits = BenefitSerializer(many=True)

    class Meta:
        model = EligibilityAnswer
        fields: ClassVar[list[str]] = [
            *("id", "plan_status", "reason", "rejection_codes", "plan_name", "starts_on"),
            *("ends_on", "member_id", "last_name", "first_name", "birth_date", "mismatches"),
            *("other_payer_name", "other_payer_id", "received_at", "benefits"),
        ]


class EligibilityInquirySerializer(serializers.ModelSerializer[EligibilityInquiry]):
    """A question about a policy and its answers, the newest first."""

    patient_id = serializers.IntegerField(source="coverage.patient_id")
    coverage = serializers.IntegerField(source="coverage_id")
    answers = EligibilityAnswerSerializer(many=True)

    class Meta:
        model = EligibilityInquiry
        fields: ClassVar[list[str]] = [
            *("id", "coverage", "patient_id", "for_day", "service_types", "trace_number"),
            *("state", "message", "asked_at", "sent_at", "answered_at", "answers"),
        ]


class EligibilityInput(serializers.Serializer[Any]):
    """The id of a policy, the day it is about, and service types by number (30: the plan)."""

    coverage = serializers.IntegerField(min_value=1)
    for_day = serializers.DateField()
    service_types = serializers.ListField(
        child=serializers.CharField(max_length=2), default=["30"], max_length=99
    )


class EligibilityFilters(Filters):
    state = filters.ChoiceFilter(choices=InquiryState.choices)
    coverage = filters.NumberFilter(field_name="coverage_id")
    patient = filters.NumberFilter(field_name="coverage__patient_id")
    plan_status = filters.ChoiceFilter(
        choices=EligibilityAnswer.PlanStatus.choices,
        field_name="answers__plan_status",
        distinct=True,
    )


class EligibilityInquiryViewSet(WritablePracticeViewSet):
    """Questions about policies (270) and what payers answered (271), newest first."""

    capability = "billing.view"
    write = "billing.work"
    queryset = (
        EligibilityInquiry.objects.select_related("coverage")
        .prefetch_related(
            Prefetch(
                "answers",
                EligibilityAnswer.objects.prefetch_related("benefits").order_by("-pk"),
            )
        )
        .order_by("-id")
    )
    serializer_class = EligibilityInquirySerializer
    filterset_class = EligibilityFilters
    input_class = EligibilityInput
    answer_status = 201
    viewed = "eligibility_inquiry.viewed"
    listed = "eligibility_inquiries.listed"

    def patient_of(self, row: EligibilityInquiry) -> int:
        return row.coverage.patient_id

    def create(self, request: Request) -> Response:
        """Ask about a policy; while the payer has not answered, the question asked before."""
        given = self.read_input(request)
        policies = Coverage.objects.select_related("patient")
        coverage = access.get(request, policies, given["coverage"])
        made = ask_eligibility(
            coverage,
            for_day=given["for_day"],
            service_types=given["service_types"],
            by=self.person,
        )
        return Response(self.get_serializer(self.get_queryset().get(pk=made.pk)).data, status=201)


class StatusAnswerSerializer(serializers.ModelSerializer[StatusAnswer]):
    """What a payer says of a claim, in its codes and in words; `lines` as it told them."""

    class Meta:
        model = StatusAnswer
        fields: ClassVar[list[str]] = [
            *("id", "category", "status_code", "statuses", "words", "effective_on"),
            *("amount_billed", "amount_paid", "finalized_on", "paid_on", "check_number"),
            *("payer_claim_control_number", "lines", "received_at"),
        ]


class StatusInquirySerializer(serializers.ModelSerializer[StatusInquiry]):
    """A question about a claim and its answers, the newest first."""

    claim = serializers.CharField(source="claim.patient_control_number")
    claim_id = serializers.IntegerField()
    patient_id = serializers.IntegerField(source="claim.patient_id")
    answers = StatusAnswerSerializer(many=True)

    class Meta:
        model = StatusInquiry
        fields: ClassVar[list[str]] = [
            *("id", "claim", "claim_id", "patient_id", "trace_number", "state", "message"),
            *("asked_at", "sent_at", "answered_at", "answers"),
        ]


class StatusInput(serializers.Serializer[Any]):
    """The id of a claim its payer has."""

    claim = serializers.IntegerField(min_value=1)


class StatusFilters(Filters):
    state = filters.ChoiceFilter(choices=InquiryState.choices)
    claim = filters.CharFilter(field_name="claim__patient_control_number")
    payer = filters.NumberFilter(field_name="claim__payer_id")


class StatusInquiryViewSet(WritablePracticeViewSet):
    """Questions about claims (276) and what payers answered (277), newest first."""

    capability = "billing.view"
    write = "billing.work"
    queryset = (
        StatusInquiry.objects.select_related("claim")
        .prefetch_related(Prefetch("answers", StatusAnswer.objects.order_by("-pk")))
        .order_by("-id")
    )
    serializer_class = StatusInquirySerializer
    filterset_class = StatusFilters
    input_class = StatusInput
    answer_status = 201
    viewed = "status_inquiry.viewed"
    listed = "status_inquiries.listed"

    def patient_of(self, row: StatusInquiry) -> int:
        return row.claim.patient_id

    def create(self, request: Request) -> Response:
        """Ask what became of a claim; while the payer has not answered, the question before."""
        given = self.read_input(request)
        claim = access.get(request, Claim.objects.all(), given["claim"])
        made = ask_status(claim, by=self.person)
        return Response(self.get_serializer(self.get_queryset().get(pk=made.pk)).data, status=201)
