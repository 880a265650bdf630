"""Statements through the API: preview, batches, single ones, documents, settings."""

from typing import Any, ClassVar

import django_filters as filters
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from billing.account_documents import make_statements_pdf
from billing.actions import patient_statements as actions
from billing.actions.statement_documents import document_of
from billing.models import AccountSettings, Statement, StatementBatch
from billing.statement_page import preview_of
from rcm import events
from rcm.api_base import Filters, WritablePracticeViewSet
from rcm.http import pdf_response


class StatementSerializer(serializers.ModelSerializer[Statement]):
    """One statement; `content` is what its document says, as texts."""

    class Meta:
        model = Statement
        fields: ClassVar[list[str]] = [
            *("id", "number", "patient_id", "batch_id", "statement_on", "due_on", "amount"),
            *("made_at", "voided_at", "resent_on"),
        ]


class StatementDetailSerializer(StatementSerializer):
    class Meta(StatementSerializer.Meta):
        fields: ClassVar[list[str]] = [*StatementSerializer.Meta.fields, "content"]


class StatementFilters(Filters):
    patient = filters.NumberFilter(field_name="patient_id")
    batch = filters.NumberFilter(field_name="batch_id")
    number = filters.CharFilter()
    made_on = filters.DateFilter(field_name="statement_on")


class StatementViewSet(WritablePracticeViewSet):
    """Statements, newest first."""

    capability = "billing.view"
    write = "billing.work"
    queryset = Statement.objects.select_related("practice").order_by("-id")
    serializer_class = StatementSerializer
    detail_serializer_class = StatementDetailSerializer
    filterset_class = StatementFilters
    viewed = "statement.viewed"

    @extend_schema(responses={(200, "application/pdf"): bytes})
    @action(detail=True, filterset_class=None, pagination_class=None)
    def document(self, request: Request, pk: int) -> HttpResponse:
        """The document as PDF, the same bytes every time."""
        row = self.get_object()
        self.record_view(row)
        content = make_statements_pdf([row.content], made_at=actions.midnight(row.statement_on))
        return pdf_response(content, f"statement-{row.number}.pdf")

    @action(detail=True, methods=["post"], filterset_class=None)
    def resending(self, request: Request, pk: int) -> Response:
        """The same document goes out again."""
        row = actions.resend_statement(self.get_object(), by=self.person)
        return Response(self.get_serializer(row).data)

    @action(detail=True, methods=["post"], filterset_class=None)
    def void(self, request: Request, pk: int) -> Response:
        """Take a single statement of today back."""
        row = actions.void_statement(self.get_object(), by=self.person)
        return Response(self.get_serializer(row).data)


class ExcludedSerializer(serializers.Serializer[Any]):
    """How many accounts that owe have this reason against a statement."""

    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field of ours
    accounts = serializers.IntegerField()


class PreviewSerializer(serializers.Serializer[Any]):
    """What a batch of today would be."""

    statements = serializers.IntegerField()
    amount = serializers.DecimalField(max_digits=14, decimal_places=2)
    excluded = ExcludedSerializer(many=True)


class StatementBatchSerializer(serializers.ModelSerializer[StatementBatch]):
    class Meta:
        model = StatementBatch
        fields: ClassVar[list[str]] = [
            *("id", "statement_on", "state", "made_by_id", "made_at", "mailed_at", "undone_at"),
        ]


class StatementBatchViewSet(WritablePracticeViewSet):
    """Batches of statements, newest first. Follow one under its job."""

    capability = "billing.view"
    write = "billing.work"
    queryset = StatementBatch.objects.select_related("practice").order_by("-id")
    serializer_class = StatementBatchSerializer
    answer_status = 201

    def create(self, request: Request) -> Response:
        """Make statements for every account that may have one today."""
        batch = actions.start_batch(self.practice, by=self.person)
        return Response(self.get_serializer(batch).data, status=201)

    @extend_schema(responses=PreviewSerializer)
    @action(detail=False, pagination_class=None)
    def preview(self, request: Request) -> Response:
        """What a batch of today would be, and why the others are left out."""
        found = preview_of(self.practice, timezone.localdate())
        excluded = [{"code": c, "label": label, "accounts": n} for c, label, n in found.excluded]
        shown = {"statements": found.statements, "amount": found.amount, "excluded": excluded}
        return Response(PreviewSerializer(shown).data)

    @extend_schema(responses={(200, "application/pdf"): bytes})
    @action(detail=True, pagination_class=None)
    def document(self, request: Request, pk: int) -> HttpResponse:
        """All statements of the batch as one PDF; 409 while a worker puts it together."""
        batch = self.get_object()
        content = document_of(batch)
        events.record("statement_batch.printed", batch, by=self.person)
        return pdf_response(content, f"statements-{batch.statement_on:%Y-%m-%d}.pdf")

    @action(detail=True, methods=["post"], answer_status=200)
    def undo(self, request: Request, pk: int) -> Response:
        """Void every statement of it, as long as it is not mailed."""
        return self.answer_with(actions.undo_batch(self.get_object(), by=self.person))

    @action(detail=True, methods=["post"], answer_status=200)
    def mailing(self, request: Request, pk: int) -> Response:
        """It went out."""
        return self.answer_with(actions.mark_mailed(self.get_object(), by=self.person))

    @action(detail=True, methods=["post"], answer_status=200)
    def resumption(self, request: Request, pk: int) -> Response:
        """Go on, and try again what failed."""
        return self.answer_with(actions.resume_batch(self.get_object(), by=self.person))

    def answer_with(self, batch: StatementBatch) -> Response:
        return Response(self.get_serializer(batch).data)


class AccountSettingsSerializer(serializers.ModelSerializer[AccountSettings]):
    class Meta:
        model = AccountSettings
        exclude: ClassVar[list[str]] = ["id", "practice"]
        extra_kwargs: ClassVar[dict[str, dict[str, Any]]] = {
            "minimum": {"min_value": 1},
            "collections_limit": {"min_value": 0},
            **{
                name: {"min_value": 1}
                for name in (
                    *("interval_days", "due_days", "missed_installments", "inquiry_days"),
                    "collections_statements",
                )
            },
        }


class AccountSettingsViewSet(WritablePracticeViewSet):
    """How the practice deals with accounts: no row means the defaults."""

    capability = "billing.view"
    write = "billing.approve"
    queryset = AccountSettings.objects.order_by("id")
    serializer_class = AccountSettingsSerializer
    input_class = AccountSettingsSerializer

    def create(self, request: Request) -> Response:
        """Set what is named; the rest stays."""
        given = AccountSettingsSerializer(data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        row = actions.save_settings(self.practice, dict(given.validated_data), by=self.person)
        return Response(self.get_serializer(row).data)
