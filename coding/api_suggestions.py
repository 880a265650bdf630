"""Suggested codes and the decisions on them, through the API."""

from typing import Any, ClassVar

import django_filters as filters
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from coding.actions import suggestions as actions
from coding.models import CodingSuggestion
from rcm.api_base import Filters, WritablePracticeViewSet


class CodingSuggestionSerializer(serializers.ModelSerializer[CodingSuggestion]):
    """A code with its words: `start` and `end` are characters of the document's text."""

    decided_by = serializers.StringRelatedField()  # type: ignore[var-annotated]  # untyped stub

    class Meta:
        model = CodingSuggestion
        fields: ClassVar[list[str]] = [
            *("id", "encounter_id", "document_id", "system", "code", "label", "kind", "start"),
            *("end", "quote", "explanation", "position", "score", "state", "decided_at"),
            *("decided_by", "reason"),
        ]


class CodingSuggestionFilters(Filters):
    encounter = filters.NumberFilter(field_name="encounter_id")
    state = filters.ChoiceFilter(choices=CodingSuggestion.State.choices)
    kind = filters.ChoiceFilter(choices=CodingSuggestion.Kind.choices)


class RejectionInput(serializers.Serializer[Any]):
    """Why, if anybody wants to say it."""

    reason = serializers.CharField(max_length=200, allow_blank=True, default="")


class CodingSuggestionViewSet(WritablePracticeViewSet):
    """Codes the text of a chart suggests, newest chart first, best first within one."""

    capability = "coding.view"
    write = "coding.work"
    queryset = CodingSuggestion.objects.select_related("encounter", "decided_by").order_by(
        "-encounter_id", "position", "id"
    )
    serializer_class = CodingSuggestionSerializer
    filterset_class = CodingSuggestionFilters
    viewed = "coding_suggestion.viewed"
    listed = "coding_suggestions.listed"

    def patient_of(self, row: CodingSuggestion) -> int:
        return row.encounter.patient_id

    @action(detail=True, methods=["post"])
    def acceptance(self, request: Request, pk: int) -> Response:
        """Put the code on the chart, with its words as evidence."""
        suggestion = self.get_object()
        actions.accept_suggestion(suggestion, by=self.person)
        return self.answer_with(suggestion)

    @action(detail=True, methods=["post"], input_class=RejectionInput)
    def rejection(self, request: Request, pk: int) -> Response:
        """The code is not for this chart."""
        suggestion, given = self.get_object(), self.read_input(request)
        actions.reject_suggestion(suggestion, reason=given["reason"], by=self.person)
        return self.answer_with(suggestion)

    @action(detail=True, methods=["post"])
    def restoration(self, request: Request, pk: int) -> Response:
        """Take the decision back; an accepted code leaves the chart."""
        suggestion = self.get_object()
        actions.restore_suggestion(suggestion, by=self.person)
        return self.answer_with(suggestion)

    def answer_with(self, suggestion: CodingSuggestion) -> Response:
        return Response(self.get_serializer(self.get_queryset().get(pk=suggestion.pk)).data)
