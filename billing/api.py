"""Endpoints for claims, files, payments and the ledger. Verbs are in api_writes."""

from decimal import Decimal
from typing import Any

import django_filters as filters
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from billing import api_serializers as shapes
from billing.actions.attachments import PACKET_MADE
from billing.actions.claim_status import record_for_claim
from billing.api_claims import ClaimVerbs
from billing.api_paper import PaperClaims
from billing.api_writes import FileVerbs, RemittanceVerbs, RemittedClaimVerbs
from billing.attachment_packet import make_packet
from billing.filing_proof import make_proof
from billing.ledger import claim_balances
from billing.models import (
    Account,
    Adjustment,
    Batch,
    Claim,
    ClaimFinding,
    InterchangeFile,
    Posting,
    PostingRule,
    Remittance,
    RemittedClaim,
    RemittedLine,
)
from billing.next_parties import steps_of
from billing.remittance_page import candidates_for
from billing.rules.next_party import Step
from billing.sent_codes import left_behind
from rcm import access, events
from rcm.api_base import Filters, PracticeViewSet
from rcm.http import pdf_response


class ClaimFilters(Filters):
    number = filters.CharFilter(field_name="patient_control_number")
    payer_claim_control_number = filters.CharFilter()
    status = filters.MultipleChoiceFilter(choices=Claim.Status.choices)
    payer = filters.CharFilter(field_name="payer__payer_id")
    patient = filters.NumberFilter(field_name="patient_id")
    encounter = filters.NumberFilter(field_name="encounter_id")
    served_after = filters.DateFilter(field_name="date_of_service", lookup_expr="gte")
    served_before = filters.DateFilter(field_name="date_of_service", lookup_expr="lte")
    is_coded_anew = filters.BooleanFilter(method="keep_coded_anew")

    def keep_coded_anew(self, rows: Any, name: str, value: bool) -> Any:
        """Sent claims whose chart says other codes by now; or the others."""
        found = left_behind(rows)
        return found if value else rows.exclude(pk__in=found.values("pk"))


class BatchFilters(Filters):
    state = filters.ChoiceFilter(choices=Batch.State.choices)
    payer = filters.CharFilter(field_name="payer__payer_id")


class FileFilters(Filters):
    direction = filters.ChoiceFilter(choices=InterchangeFile.Direction.choices)
    state = filters.ChoiceFilter(choices=InterchangeFile.State.choices)
    kind = filters.CharFilter()
    sha256 = filters.CharFilter()


class RemittanceFilters(Filters):
    state = filters.ChoiceFilter(choices=Remittance.State.choices)
    payer = filters.CharFilter(field_name="payer__payer_id")
    trace_number = filters.CharFilter()
    paid_after = filters.DateFilter(field_name="paid_on", lookup_expr="gte")
    paid_before = filters.DateFilter(field_name="paid_on", lookup_expr="lte")


class RemittedClaimFilters(Filters):
    remittance = filters.NumberFilter(field_name="remittance_id")
    claim = filters.NumberFilter(field_name="claim_id")
    number = filters.CharFilter(field_name="patient_control_number")
    state = filters.ChoiceFilter(choices=RemittedClaim.State.choices)
    exception_code = filters.CharFilter()


class PostingFilters(Filters):
    claim = filters.NumberFilter(field_name="claim_id")
    remittance = filters.NumberFilter(field_name="remittance_id")
    source = filters.ChoiceFilter(choices=Account.choices)
    destination = filters.ChoiceFilter(choices=Account.choices)
    posted_after = filters.DateFilter(field_name="posted_on", lookup_expr="gte")
    posted_before = filters.DateFilter(field_name="posted_on", lookup_expr="lte")


class PostingRuleFilters(Filters):
    action = filters.ChoiceFilter(choices=PostingRule.Action.choices)
    payer = filters.CharFilter(field_name="payer__payer_id")
    is_active = filters.BooleanFilter()


class ClaimViewSet(PaperClaims, ClaimVerbs):
    """Claims with balances and next step, newest service first. Retrieving one is recorded."""

    capability = "billing.view"
    queryset = Claim.objects.select_related("payer").order_by("-date_of_service", "-id")
    detail_queryset = Claim.objects.select_related("payer", "patient").prefetch_related(
        "lines",
        Prefetch("findings", ClaimFinding.objects.order_by("id")),
        "acknowledgments",
        "submissions",
    )
    serializer_class = shapes.ClaimSerializer
    detail_serializer_class = shapes.ClaimDetailSerializer
    filterset_class = ClaimFilters
    viewed = "claim.viewed"

    @extend_schema(responses={(200, "application/pdf"): bytes})
    @action(detail=True, url_path="filing-proof", filterset_class=None)
    def filing_proof(self, request: Request, pk: int) -> HttpResponse:
        """Proof of timely filing as PDF: what was sent when, and who answered."""
        claim = self.get_object()
        facts = {"patient_id": claim.patient_id, "by_api": True}
        events.record("claim.proof_made", claim, by=request.user, **facts)  # type: ignore[arg-type]  # signed in
        return pdf_response(make_proof(claim, now=timezone.now()), f"filing-{claim}.pdf")

    @extend_schema(responses={(200, "application/pdf"): bytes})
    @action(detail=True, filterset_class=None)
    def packet(self, request: Request, pk: int) -> HttpResponse:
        """The files that go by mail, by fax or on request, behind a cover sheet, as PDF."""
        claim = self.get_object()
        content = make_packet(claim, now=timezone.now())
        record_for_claim(PACKET_MADE, claim, by=self.person, by_api=True)
        return pdf_response(content, f"packet-{claim}.pdf")

    balances: dict[int, dict[str, Decimal]]
    steps: dict[int, Step]

    def paginate_queryset(self, queryset: Any) -> Any:
        """The balances and next steps of all claims of the page, in one statement each."""
        page = super().paginate_queryset(queryset)
        self.read_balances(page or [])
        return page

    def get_object(self) -> Claim:
        claim: Claim = super().get_object()
        self.read_balances([claim])
        return claim

    def read_balances(self, claims: list[Claim]) -> None:
        practice = self.request.practice  # type: ignore[attr-defined]  # set by the middleware
        self.balances = claim_balances(practice.pk, [claim.pk for claim in claims])
        decided = [claim.pk for claim in claims if claim.adjudicated_at]
        self.steps = steps_of(practice.pk, decided, timezone.localdate()) if decided else {}


class BatchViewSet(PracticeViewSet):
    """Files of claims sent, newest first."""

    capability = "billing.view"
    queryset = Batch.objects.select_related("payer").order_by("-id")
    serializer_class = shapes.BatchSerializer
    filterset_class = BatchFilters


class FileViewSet(FileVerbs):
    """Files received and sent: what they are and what is wrong in them, never their bytes."""

    capability = "billing.view"
    queryset = InterchangeFile.objects.defer("content").order_by("-id")
    detail_queryset = InterchangeFile.objects.defer("content").prefetch_related("problems")
    serializer_class = shapes.FileSerializer
    detail_serializer_class = shapes.FileDetailSerializer
    filterset_class = FileFilters


class RemittanceViewSet(RemittanceVerbs):
    """Payments as the payers stated them, newest first. Retrieving one is recorded.

    Its claims are pages of their own, since one payment can hold thousands.
    """

    capability = "billing.view"
    queryset = Remittance.objects.select_related("payer").order_by("-id")
    detail_queryset = Remittance.objects.select_related("payer").prefetch_related(
        "provider_adjustments"
    )
    serializer_class = shapes.RemittanceSerializer
    detail_serializer_class = shapes.RemittanceDetailSerializer
    filterset_class = RemittanceFilters
    viewed = "remittance.viewed"

    @action(detail=True, filterset_class=None, serializer_class=shapes.RemittedClaimSerializer)
    def claims(self, request: Request, pk: int) -> Response:
        """What the payer says of each claim and line, with every adjustment."""
        remittance = self.get_object()
        page = self.paginate_queryset(remitted_claims(remittance)) or []
        self.record_view(remittance, remitted_claims=[row.pk for row in page])
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class RemittedClaimViewSet(RemittedClaimVerbs):
    """What payers say of claims, newest payment first. Retrieving one is recorded.

    One row adds whom the payer names and the claims it might mean.
    """

    capability = "billing.view"
    serializer_class = shapes.RemittedClaimSerializer
    detail_serializer_class = shapes.RemittedClaimDetailSerializer
    filterset_class = RemittedClaimFilters
    viewed = "remitted_claim.viewed"

    candidates: list[dict[str, Any]]

    def get_queryset(self) -> QuerySet[RemittedClaim]:
        rows = with_lines(RemittedClaim.objects.order_by("-remittance_id", "position"))
        return access.in_practice(self.request, rows.select_related("claim"))

    def get_object(self) -> RemittedClaim:
        remitted: RemittedClaim = super().get_object()
        is_open = remitted.state != RemittedClaim.State.POSTED
        self.candidates = candidates_for(remitted, self.practice) if is_open else []
        return remitted

    def patient_of(self, row: RemittedClaim) -> int | None:
        return row.claim.patient_id if row.claim else None

    def record_view(self, row: Any, **shown: list[int]) -> None:
        claims = [found["claim"].pk for found in self.candidates]
        super().record_view(row, candidates=claims, **shown)


class PostingViewSet(PracticeViewSet):
    """The moves of the ledger, newest first."""

    capability = "billing.view"
    queryset = Posting.objects.order_by("-id")
    serializer_class = shapes.PostingSerializer
    filterset_class = PostingFilters


class PostingRuleViewSet(PracticeViewSet):
    """What posts by itself and what waits, newest first; retired versions included."""

    capability = "billing.view"
    queryset = PostingRule.objects.select_related("payer").order_by("-id")
    serializer_class = shapes.PostingRuleSerializer
    filterset_class = PostingRuleFilters


def remitted_claims(remittance: Remittance) -> QuerySet[RemittedClaim]:
    """In the payer's order, with lines and adjustments, in four statements."""
    return with_lines(RemittedClaim.objects.filter(remittance=remittance).order_by("position"))


def with_lines(rows: QuerySet[RemittedClaim]) -> QuerySet[RemittedClaim]:
    """Lines and adjustments of all of them in three statements."""
    of_claim = Adjustment.objects.filter(remitted_line__isnull=True).order_by("position")
    of_line = Adjustment.objects.order_by("position")
    lines = RemittedLine.objects.order_by("position").prefetch_related(
        Prefetch("adjustments", of_line, to_attr="line_adjustments")
    )
    return rows.prefetch_related(
        Prefetch("lines", lines), Prefetch("adjustments", of_claim, to_attr="claim_adjustments")
    )
