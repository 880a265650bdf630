"""A claim on paper, for programs that print by themselves."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from billing.models import Claim
from billing.paper_claims import fill_form
from rcm import access, events
from rcm.api_base import PracticeViewSet


class PlacedTextSerializer(serializers.Serializer[Any]):
    """A text on the form's grid; lines and columns count from 1."""

    line = serializers.IntegerField()
    column = serializers.IntegerField()
    width = serializers.IntegerField()
    text = serializers.CharField()
    box = serializers.CharField()
    is_right = serializers.BooleanField()


class PaperFormSerializer(serializers.Serializer[Any]):
    """A filled form: its name, texts per page, and sentences on what it does not show."""

    form = serializers.CharField()
    pages = serializers.ListField(child=PlacedTextSerializer(many=True))
    not_shown = serializers.ListField(child=serializers.CharField())


class PaperClaims(PracticeViewSet):
    """What the view set of claims adds for paper."""

    @action(detail=True, filterset_class=None, serializer_class=PaperFormSerializer)
    def paper(self, request: Request, pk: int) -> Response:
        """The claim on the CMS-1500 or UB-04: each text with its place. Recorded as a view.

        409 for a claim that was not made here.
        """
        claim = access.get(request, Claim.objects.all(), pk)
        form = fill_form(claim, timezone.localdate())
        who: Any = request.user
        events.record(
            "claim.viewed", claim, by=who, patient_id=claim.patient_id, part="paper", by_api=True
        )
        answer = {
            "form": form.grid.name,
            "pages": form.pages,
            "not_shown": [one.sentence for one in form.unplaced],
        }
        return Response(PaperFormSerializer(answer).data)
