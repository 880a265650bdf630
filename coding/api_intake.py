"""Charts that arrive, through the API: send messages, bundles and documents; see what failed."""

from typing import Any, ClassVar

import django_filters as filters
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from coding.actions import intake as actions
from coding.actions.intake import Arrival
from coding.models import IntakeMessage
from rcm.api_base import Filters, WritablePracticeViewSet
from rcm.api_files import RawFileParser, refuse_large

VERB_PARSERS = WritablePracticeViewSet.parser_classes


class IntakeMessageSerializer(serializers.ModelSerializer[IntakeMessage]):
    """A message: what it is, what became of it, and where it fails. The bytes are never sent."""

    encounter_number = serializers.CharField(source="encounter.number", default=None)

    class Meta:
        model = IntakeMessage
        fields: ClassVar[list[str]] = [
            *("id", "source", "kind", "event", "sender", "name", "control_id", "size", "sha256"),
            *("state", "error_code", "error", "place", "advice", "warnings", "encounter_id"),
            *("encounter_number", "patient_id", "batch_id", "batch_position", "received_at"),
            *("times_received", "attempts", "retried_at", "finished_at", "discard_reason"),
        ]


class IntakeFilters(Filters):
    state = filters.ChoiceFilter(choices=IntakeMessage.State.choices)
    kind = filters.ChoiceFilter(choices=IntakeMessage.Kind.choices)
    source = filters.ChoiceFilter(choices=IntakeMessage.Source.choices)
    control_id = filters.CharFilter()
    mrn = filters.CharFilter(field_name="person_key")
    batch = filters.NumberFilter(field_name="batch_id")


class MessageParser(RawFileParser):
    limit = "INTAKE_LIMIT"


class MessageInput(serializers.Serializer[Any]):
    """An HL7 message or file of them, a FHIR bundle, a document; as a form field or the body."""

    file = serializers.FileField(allow_empty_file=True)


class RetryInput(serializers.Serializer[Any]):
    """Ids of failed or waiting messages."""

    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1), allow_empty=False
    )


class DiscardInput(serializers.Serializer[Any]):
    """Why a message is not needed."""

    reason = serializers.CharField(max_length=200)


class IntakeMessageViewSet(WritablePracticeViewSet):
    """Messages and documents that arrived, newest first."""

    capability = "coding.view"
    write = "coding.work"
    queryset = IntakeMessage.objects.defer("content").select_related("encounter").order_by("-id")
    serializer_class = IntakeMessageSerializer
    filterset_class = IntakeFilters
    viewed = "intake_message.viewed"
    listed = "intake_messages.listed"
    parser_classes: Any = [MultiPartParser, MessageParser]
    input_class = MessageInput
    answer_status = 202

    def create(self, request: Request) -> Response:
        """Send an HL7 message, a file of them, a FHIR bundle or a document: a form field `file`,
        or the body itself with ``?name=``. It is applied after the answer; follow `url`.

        The same again answers with the message received first.
        """
        upload: UploadedFile = self.read_input(request)["file"]
        refuse_large(upload.size or 0, settings.INTAKE_LIMIT)
        arrival = Arrival("rest", upload.name or "unnamed", by=self.person)
        [row, *more] = actions.receive(self.practice, upload.read(), arrival)
        url = request.build_absolute_uri(reverse("api-intake-message-detail", args=[row.pk]))
        others = [other.pk for other in more]
        answer = self.get_serializer(row).data | {"url": url, "also_received": others}
        return Response(answer, status=202)

    @extend_schema(responses={200: {"type": "object"}})
    @action(
        detail=False,
        methods=["post"],
        input_class=RetryInput,
        filterset_class=None,
        parser_classes=VERB_PARSERS,
        answer_status=200,
    )
    def retries(self, request: Request) -> Response:
        """Try failed and waiting messages again; `tried` says of how many."""
        ids = self.read_input(request)["ids"]
        return Response({"tried": actions.try_again(self.practice, ids, by=self.person)})

    @action(
        detail=True,
        methods=["post"],
        input_class=DiscardInput,
        parser_classes=VERB_PARSERS,
        answer_status=200,
    )
    def discarding(self, request: Request, pk: int) -> Response:
        """Set a failed or waiting message aside for good, with the reason."""
        row = self.get_object()
        actions.discard(row, reason=self.read_input(request)["reason"], by=self.person)
        return Response(self.get_serializer(row).data)
