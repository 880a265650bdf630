"""Verbs of the API on files and payments. Each needs an Idempotency-Key (rcm.api_base)."""

from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from billing import api_serializers as shapes
from billing.actions import remittances, takebacks
from billing.actions.files import receive_file
from billing.actions.postings import post_remittance, preview
from billing.forms import MatchForm
from billing.models import Remittance, RemittedClaim
from rcm.api_base import WritablePracticeViewSet
from rcm.api_files import RawFileParser, refuse_large


class FileInput(serializers.Serializer[Any]):
    """An 835, 999, 277CA or TA1, or a ZIP of them; as a form field, or as the body itself."""

    file = serializers.FileField(allow_empty_file=True)


class ReasonInput(serializers.Serializer[Any]):
    """Why a posting is taken back, or let through."""

    reason = serializers.CharField(max_length=250, allow_blank=True, default="")


class ClaimInput(serializers.Serializer[Any]):
    """The number of the claim a payer means (CLM01)."""

    claim = serializers.CharField(max_length=38)


class FileVerbs(WritablePracticeViewSet):
    """Receiving."""

    write = "billing.work"
    parser_classes: Any = [MultiPartParser, RawFileParser]
    input_class = FileInput
    answer_status = 202

    def create(self, request: Request) -> Response:
        """Receive a file. It is read, and what it pays posted, after the answer; follow `url`.

        The same bytes again answer with the file received first.
        """
        upload: UploadedFile = self.read_input(request)["file"]
        refuse_large(upload.size or 0, settings.INTERCHANGE_FILE_LIMIT)
        file = receive_file(self.practice, upload.name or "", upload.read(), by=self.person)
        url = request.build_absolute_uri(reverse("api-file-detail", args=[file.pk]))
        return Response(self.get_serializer(file).data | {"url": url}, status=202)


class RemittanceVerbs(WritablePracticeViewSet):
    """Posting, taking back, posting again."""

    write = "billing.work"

    @action(detail=True, pagination_class=None, filterset_class=None)
    def preview(self, request: Request, pk: int) -> Response:
        """The moves posting would make now, of the first 1,000 claims; nothing is written."""
        remittance: Remittance = self.get_object()
        self.record_view(remittance)
        return Response(shapes.PlannedMoveSerializer(preview(remittance), many=True).data)

    @action(detail=True, methods=["post"])
    def posting(self, request: Request, pk: int) -> Response:
        """Post what can be posted and is not posted yet."""
        return self.answer_with(post_remittance(self.get_object(), by=self.person))

    @action(detail=True, methods=["post"], input_class=ReasonInput)
    def reversal(self, request: Request, pk: int) -> Response:
        """Take the whole posting back: the same moves, swapped. The payment is held then."""
        reason = self.read_input(request)["reason"]
        remittance = self.get_object()
        taken_back = takebacks.reverse_remittance(remittance, reason=reason, by=self.person)
        return self.answer_with(taken_back)

    @action(detail=True, methods=["post"])
    def release(self, request: Request, pk: int) -> Response:
        """Post what was taken back, or held for a person to judge, and adds up."""
        return self.answer_with(takebacks.release_remittance(self.get_object(), by=self.person))

    def answer_with(self, remittance: Remittance) -> Response:
        return Response(self.get_serializer(remittance).data)


class RemittedClaimVerbs(WritablePracticeViewSet):
    """Which claim of ours the payer means, and taking its posting back."""

    write = "billing.work"

    @action(detail=True, methods=["post"], input_class=ClaimInput)
    def match(self, request: Request, pk: int) -> Response:
        """Say which claim the payer means; it posts at once when the payment has posted."""
        remitted = self.get_object()
        form = MatchForm(self.read_input(request), practice=self.practice)
        if not form.is_valid():
            found = {name: [str(error) for error in errors] for name, errors in form.errors.items()}
            raise ValidationError(found)
        matched = remittances.match_claim(remitted, form.cleaned_data["claim"], by=self.person)
        return self.answer_with(matched)

    @action(detail=True, methods=["post"])
    def unmatch(self, request: Request, pk: int) -> Response:
        """Take a match back; the payer's claim waits for a person again."""
        return self.answer_with(remittances.unmatch_claim(self.get_object(), by=self.person))

    @action(detail=True, methods=["post"], input_class=ReasonInput)
    def reversal(self, request: Request, pk: int) -> Response:
        """Take back what was posted of this claim alone."""
        reason = self.read_input(request)["reason"]
        remitted = self.get_object()
        return self.answer_with(takebacks.reverse_claim(remitted, reason=reason, by=self.person))

    @action(detail=True, methods=["post"], input_class=ReasonInput)
    def release(self, request: Request, pk: int) -> Response:
        """Post it in spite of what holds it, and say why."""
        reason = self.read_input(request)["reason"]
        remitted = self.get_object()
        return self.answer_with(takebacks.release_claim(remitted, reason=reason, by=self.person))

    def answer_with(self, remitted: RemittedClaim) -> Response:
        remitted = self.get_queryset().get(pk=remitted.pk)
        return Response(self.get_serializer(remitted).data)
