"""Files that go with claims through the API."""

from typing import Any, ClassVar

import django_filters as filters
from django.db.models import Model, QuerySet
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from billing.actions import attachments as acts
from billing.actions.claim_status import record_for_claim
from billing.claim_attachments import carried_by, newest_claim
from billing.models import Claim, ClaimAttachment
from billing.rules.attachment_files import SUFFIXES
from billing.rules.attachment_kinds import REPORT_TYPES, TRANSMISSIONS
from rcm import access
from rcm.api_base import Filters, WritablePracticeViewSet
from rcm.http import saved_response


class ClaimAttachmentSerializer(serializers.ModelSerializer[ClaimAttachment]):
    """A file: what it is, how it travels, by which number; with which versions it came and went."""

    claim = serializers.CharField(source="added_to.patient_control_number")
    claim_id = serializers.IntegerField(source="added_to_id")
    encounter_id = serializers.IntegerField()
    patient_id = serializers.IntegerField(source="added_to.patient_id")
    removed_from_id = serializers.IntegerField(allow_null=True)
    added_by = serializers.StringRelatedField()  # type: ignore[var-annotated]  # untyped stub

    class Meta:
        model = ClaimAttachment
        fields: ClassVar[list[str]] = [
            *("id", "claim", "claim_id", "encounter_id", "patient_id", "rank", "report_type"),
            *("transmission", "control_number", "name", "content_type", "size", "pages", "sha256"),
            *("added_at", "added_by", "removed_at", "removed_from_id"),
        ]


class ClaimAttachmentFilters(Filters):
    claim = filters.NumberFilter(method="of_claim")
    encounter = filters.NumberFilter(field_name="encounter_id")
    control_number = filters.CharFilter()
    is_removed = filters.BooleanFilter(
        field_name="removed_from", lookup_expr="isnull", exclude=True
    )

    def of_claim(
        self, rows: QuerySet[ClaimAttachment], name: str, value: Any
    ) -> QuerySet[ClaimAttachment]:
        """What the version with this id goes with."""
        known = Claim.objects.filter(practice=self.request.practice, pk=value)
        claim = known.first()
        return rows.none() if claim is None else rows.filter(pk__in=carried_by(claim).values("pk"))


class ClaimAttachmentInput(serializers.Serializer[Any]):
    """The id of an unsent claim, the file as a form field, what it is and how it travels."""

    claim = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    report_type = serializers.ChoiceField(choices=list(REPORT_TYPES.items()))
    transmission = serializers.ChoiceField(choices=list(TRANSMISSIONS.items()))
    file = serializers.FileField(allow_empty_file=True)


class ClaimAttachmentViewSet(WritablePracticeViewSet):
    """Files that go with claims, newest first; removed ones too, when a sending named them."""

    capability = "billing.view"
    write = "billing.work"
    queryset = (
        ClaimAttachment.objects.select_related("added_to", "added_by")
        .defer("content")
        .order_by("-id")
    )
    serializer_class = ClaimAttachmentSerializer
    filterset_class = ClaimAttachmentFilters
    input_class = ClaimAttachmentInput
    listed = acts.LISTED
    viewed = acts.VIEWED

    def record_view(self, row: Model, **shown: Any) -> None:
        """Looks stand in the history of the claim the file came with."""
        assert isinstance(row, ClaimAttachment)  # noqa: S101  # the rows of this view set
        facts = {"attachment": row.pk, "by_api": True, **shown}
        record_for_claim(acts.VIEWED, row.added_to, by=self.person, **facts)

    def create(self, request: Request) -> Response:
        """Keep a file with an unsent claim, which is checked again."""
        given = self.read_input(request)
        claim = access.get(request, Claim.objects.all(), given.pop("claim"))
        file = acts.read_upload(given.pop("file"), **given)
        row = acts.add_attachment(claim, file, by=self.person)
        row.refresh_from_db(fields=["added_at"])
        return Response(self.get_serializer(row).data, status=201)

    @extend_schema(responses={200: {"type": "object"}})
    def destroy(self, request: Request, pk: int) -> Response:
        """Take a file off the claim while it is unsent; `removed` is its id."""
        row = self.get_object()
        number = row.pk
        acts.remove_attachment(row, newest_claim(row), by=self.person)
        return Response({"removed": number})

    @extend_schema(responses={(200, "application/octet-stream"): bytes})
    @action(detail=True, filterset_class=None)
    def content(self, request: Request, pk: int) -> HttpResponse:
        """The bytes, as they came."""
        row: ClaimAttachment = self.get_object()
        self.record_view(row)
        name = f"{row}.{SUFFIXES[row.content_type]}"
        return saved_response(bytes(row.content), row.content_type, name)
