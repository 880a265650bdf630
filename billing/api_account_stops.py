"""Questions, disputes and flags of accounts through the API."""

from typing import Any, ClassVar

import django_filters as filters
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from billing.actions import patient_flags as flags
from billing.actions import patient_inquiries as inquiries
from billing.models import AccountFlag, AccountInquiry, AccountMessage
from rcm import access
from rcm.api_base import Filters, WritablePracticeViewSet
from rcm.models import Patient


class AccountMessageSerializer(serializers.ModelSerializer[AccountMessage]):
    class Meta:
        model = AccountMessage
        fields: ClassVar[list[str]] = [
            *("id", "author", "text", "is_answer", "written_by_id", "written_at"),
        ]


class AccountInquirySerializer(serializers.ModelSerializer[AccountInquiry]):
    """A question or dispute with its thread."""

    messages = AccountMessageSerializer(many=True)

    class Meta:
        model = AccountInquiry
        fields: ClassVar[list[str]] = [
            *("id", "patient_id", "kind", "due_on", "opened_by_id", "opened_at"),
            *("closed_by_id", "closed_at", "messages"),
        ]


class InquiryInput(serializers.Serializer[Any]):
    """What a patient asks."""

    patient = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    kind = serializers.ChoiceField(choices=AccountInquiry.Kind.choices)
    text = serializers.CharField(max_length=2_000)


class InquiryMessageInput(serializers.Serializer[Any]):
    """One more message."""

    author = serializers.ChoiceField(choices=AccountMessage.Author.choices)
    text = serializers.CharField(max_length=2_000)


class InquiryAnswerInput(serializers.Serializer[Any]):
    """What closes it."""

    text = serializers.CharField(max_length=2_000)


class AccountInquiryFilters(Filters):
    patient = filters.NumberFilter(field_name="patient_id")
    kind = filters.ChoiceFilter(choices=AccountInquiry.Kind.choices)
    is_open = filters.BooleanFilter(field_name="closed_at", lookup_expr="isnull")


class AccountInquiryViewSet(WritablePracticeViewSet):
    """Questions and disputes of patients, newest first."""

    capability = "billing.view"
    write = "billing.work"
    queryset = AccountInquiry.objects.prefetch_related("messages").order_by("-id")
    serializer_class = AccountInquirySerializer
    filterset_class = AccountInquiryFilters
    input_class = InquiryInput
    answer_status = 201
    viewed = "account_inquiry.viewed"

    def create(self, request: Request) -> Response:
        """Note what a patient asks; a dispute stops statements."""
        given = self.read_input(request)
        patient = access.get(request, Patient.objects.all(), given.pop("patient"))  # type: ignore[arg-type]  # with what the middleware set
        made = inquiries.open_inquiry(patient, by=self.person, **given)
        return Response(self.get_serializer(made).data, status=201)

    @action(
        detail=True,
        methods=["post"],
        input_class=InquiryMessageInput,
        answer_status=200,
        filterset_class=None,
    )
    def messages(self, request: Request, pk: int) -> Response:
        """Add a message to the thread."""
        row = self.get_object()
        inquiries.add_message(row, by=self.person, **self.read_input(request))
        return Response(self.get_serializer(self.get_object()).data)

    @action(
        detail=True,
        methods=["post"],
        input_class=InquiryAnswerInput,
        answer_status=200,
        filterset_class=None,
    )
    def answer(self, request: Request, pk: int) -> Response:
        """Close it with an answer."""
        row, text = self.get_object(), self.read_input(request)["text"]
        inquiries.close_inquiry(row, answer=text, by=self.person)
        return Response(self.get_serializer(self.get_object()).data)


class AccountFlagSerializer(serializers.ModelSerializer[AccountFlag]):
    class Meta:
        model = AccountFlag
        fields: ClassVar[list[str]] = [
            *("id", "patient_id", "kind", "state", "reason", "amount", "needs_approval"),
            *("requested_by_id", "requested_at", "decided_by_id", "decided_at"),
            *("ended_by_id", "ended_at", "end_reason"),
        ]


class FlagInput(serializers.Serializer[Any]):
    """Collections need the day of a written notice."""

    patient = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    kind = serializers.ChoiceField(choices=AccountFlag.Kind.choices)
    reason = serializers.CharField(max_length=300, allow_blank=True, default="")
    notice_on = serializers.DateField(allow_null=True, default=None)


class FlagEndInput(serializers.Serializer[Any]):
    """Why it is taken back."""

    reason = serializers.CharField(max_length=300, allow_blank=True, default="")


class AccountFlagFilters(Filters):
    patient = filters.NumberFilter(field_name="patient_id")
    kind = filters.ChoiceFilter(choices=AccountFlag.Kind.choices)
    state = filters.ChoiceFilter(choices=AccountFlag.State.choices)


class AccountFlagViewSet(WritablePracticeViewSet):
    """Bankruptcy and collections, newest first."""

    capability = "billing.view"
    write = "billing.work"
    queryset = AccountFlag.objects.order_by("-id")
    serializer_class = AccountFlagSerializer
    filterset_class = AccountFlagFilters
    input_class = FlagInput
    answer_status = 201
    viewed = "account_flag.viewed"

    def create(self, request: Request) -> Response:
        """Set a flag; collections only when the whole checklist is met."""
        given = self.read_input(request)
        rows = Patient.objects.select_related("practice")
        patient = access.get(request, rows, given["patient"])  # type: ignore[arg-type]  # with what the middleware set
        reason, by = given["reason"], self.person
        if given["kind"] == AccountFlag.Kind.BANKRUPTCY:
            made = flags.flag_bankruptcy(patient, reason=reason, by=by)
        else:
            day = given["notice_on"]
            made = flags.send_to_collections(patient, reason=reason, notice_on=day, by=by)
        return Response(self.get_serializer(made).data, status=201)

    @action(detail=True, methods=["post"], answer_status=200, filterset_class=None)
    def approval(self, request: Request, pk: int) -> Response:
        """Another person lets it go; only a manager may."""
        made = flags.approve_flag(self.get_object(), by=self.person)
        return Response(self.get_serializer(made).data)

    @action(
        detail=True,
        methods=["post"],
        input_class=FlagEndInput,
        answer_status=200,
        filterset_class=None,
    )
    def end(self, request: Request, pk: int) -> Response:
        """Take a flag back."""
        reason = self.read_input(request)["reason"]
        made = flags.end_flag(self.get_object(), reason=reason, by=self.person)
        return Response(self.get_serializer(made).data)
