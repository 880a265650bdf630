"""Rejected claims and silence through the API."""

from typing import Any, ClassVar

import django_filters as filters
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from billing.actions import rejections as actions
from billing.models import Rejection
from billing.rejection_list import open_work
from billing.silence import silent_claims, silent_forms, silent_payers, stuck_batches
from rcm.api_base import Filters, WritablePracticeViewSet


class RejectionSerializer(serializers.ModelSerializer[Rejection]):
    """A sending that was turned away: why, the field as sent, the owner, until when to correct."""

    claim = serializers.CharField(source="claim.patient_control_number")
    claim_id = serializers.IntegerField()
    claim_status = serializers.CharField(source="claim.status")
    patient_id = serializers.IntegerField(source="claim.patient_id")
    batch_id = serializers.IntegerField(allow_null=True)
    owner = serializers.StringRelatedField()  # type: ignore[var-annotated]  # untyped stub

    class Meta:
        model = Rejection
        fields: ClassVar[list[str]] = [
            *("id", "claim", "claim_id", "claim_status", "patient_id", "batch_id", "source"),
            *("reason", "label", "message", "field", "value_sent", "is_contradicted", "owner"),
            *("rejected_at", "due_at", "resolved_at"),
        ]


class RejectionFilters(Filters):
    is_open = filters.BooleanFilter(method="open_ones")
    reason = filters.CharFilter()
    source = filters.ChoiceFilter(choices=Rejection.Source.choices)
    claim = filters.CharFilter(field_name="claim__patient_control_number")
    payer = filters.CharFilter(field_name="claim__payer__payer_id")

    def open_ones(self, rows: Any, name: str, value: bool) -> Any:
        return open_work(rows) if value else rows.exclude(pk__in=open_work(rows).values("pk"))


class IdsInput(serializers.Serializer[Any]):
    """Ids of open rejections."""

    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1), allow_empty=False
    )


class RejectionOwnerInput(IdsInput):
    """Ids of open rejections and the id of the person who works on them."""

    owner = serializers.IntegerField(min_value=1, max_value=2**63 - 1)


class SentAgainSerializer(serializers.Serializer[Any]):
    """How many claims went into the outbox, how many a check held, and the batches."""

    sent = serializers.IntegerField()
    held = serializers.IntegerField()
    batches = serializers.ListField(child=serializers.IntegerField())


class SilenceSerializer(serializers.Serializer[Any]):
    """Something without an answer for longer than usual: `missing` is outcome, 999, 277CA or 835.

    `batch_id` is null where a payer has not paid; `since` is when it was sent or accepted.
    """

    missing = serializers.CharField()
    batch_id = serializers.IntegerField(allow_null=True)
    payer = serializers.CharField()
    claims = serializers.IntegerField()
    amount = serializers.DecimalField(max_digits=14, decimal_places=2)
    since = serializers.DateTimeField(allow_null=True)


class RejectionViewSet(WritablePracticeViewSet):
    """Claims turned away before adjudication, the earliest clock first; open ones and old ones."""

    capability = "billing.view"
    write = "billing.work"
    queryset = Rejection.objects.select_related("claim", "owner").order_by("due_at", "id")
    serializer_class = RejectionSerializer
    filterset_class = RejectionFilters
    viewed = "rejection.viewed"

    def patient_of(self, row: Rejection) -> int:
        return row.claim.patient_id

    @extend_schema(responses=SentAgainSerializer)
    @action(detail=False, methods=["post"], input_class=IdsInput, filterset_class=None)
    def sendings(self, request: Request) -> Response:
        """Corrected: check the claims and send the clean ones again, as originals."""
        given = self.read_input(request)
        done = actions.send_again(self.practice, given["ids"], by=self.person)
        batches = [batch.pk for batch in done.batches]
        return Response({"sent": done.sent, "held": done.held, "batches": batches})

    @extend_schema(responses={200: {"type": "object"}})
    @action(detail=False, methods=["post"], input_class=RejectionOwnerInput, filterset_class=None)
    def owners(self, request: Request) -> Response:
        """Make one person the owner of rejections; `assigned` says of how many."""
        given = self.read_input(request)
        count = actions.assign_rejections(
            self.practice, given["ids"], to=given["owner"], by=self.person
        )
        return Response({"assigned": count})

    @extend_schema(responses=SilenceSerializer(many=True))
    @action(
        detail=False,
        filterset_class=None,
        pagination_class=None,
        serializer_class=SilenceSerializer,
    )
    def silence(self, request: Request) -> Response:
        """Batches and claims without an answer for longer than their payer usually takes."""
        return Response(SilenceSerializer(silence_rows(self.practice.pk), many=True).data)


def silence_rows(practice_id: int) -> list[dict[str, Any]]:
    """The four kinds of silence as rows of SilenceSerializer."""
    now = timezone.now()
    forms = [("outcome", batch) for batch in stuck_batches(practice_id)]
    forms += [("999", batch) for batch in silent_forms(practice_id, now)]
    rows: list[dict[str, Any]] = [
        {
            "missing": missing,
            "batch_id": batch.pk,
            "payer": batch.payer.payer_id,
            "claims": batch.claims_count,
            "amount": batch.amount_billed,
            "since": batch.sent_at,
        }
        for missing, batch in forms
    ]
    rows += [
        {
            "missing": "277CA",
            "batch_id": row.batch.pk,
            "payer": row.batch.payer.payer_id,
            "claims": row.silent,
            "amount": row.amount,
            "since": row.batch.sent_at,
        }
        for row in silent_claims(practice_id, now)
    ]
    return rows + [
        {
            "missing": "835",
            "batch_id": None,
            "payer": payer.payer_id,
            "claims": payer.silent,
            "amount": payer.amount,
            "since": payer.since,
        }
        for payer in silent_payers(practice_id, now)
    ]
