"""Queries to providers through the API: coders ask, providers answer."""

from typing import Any, ClassVar

import django_filters as filters
from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from coding.actions import queries as actions
from coding.models import Encounter, ProviderQuery, QueryKind, QueryPurpose
from coding.rules.query_answers import LONGEST_TEXT
from coding.rules.query_wording import LONGEST_QUESTION, MOST_OPTIONS, MOST_QUOTES, QueryDraft
from rcm import access
from rcm.api_base import Filters, WritablePracticeViewSet
from rcm.models import Provider


class IndicatorSerializer(serializers.Serializer[Any]):
    """Words of a document of the chart, with the characters they stand at."""

    document = serializers.IntegerField()
    title = serializers.CharField()
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    quote = serializers.CharField()


class ProviderQuerySerializer(serializers.ModelSerializer[ProviderQuery]):
    """A query as it was asked and what came of it; `addendum_id` is the signed document."""

    encounter = serializers.CharField(source="encounter.number")
    patient_id = serializers.IntegerField(source="encounter.patient_id")
    date_of_service = serializers.DateField(source="encounter.date_of_service")
    indicators = IndicatorSerializer(many=True)
    asked_by = serializers.EmailField(source="asked_by.email")

    class Meta:
        model = ProviderQuery
        fields: ClassVar[list[str]] = [
            *("id", "encounter_id", "encounter", "patient_id", "date_of_service", "provider_id"),
            *("kind", "purpose", "title", "question", "options", "indicators", "state"),
            *("asked_by", "asked_at", "due_on", "reminded_at", "settled_at"),
            *("answer_option", "answer_text", "addendum_id"),
        ]


class ProviderQueryFilters(Filters):
    state = filters.ChoiceFilter(choices=ProviderQuery.State.choices)
    encounter = filters.NumberFilter(field_name="encounter_id")
    provider = filters.NumberFilter(field_name="provider_id")
    due_before = filters.DateFilter(field_name="due_on", lookup_expr="lt")


class QueryInput(serializers.Serializer[Any]):
    """A whole query. `options` name "Other" and "Clinically undetermined" too.

    `quotes` are words of the chart's documents. Without `provider` the one of the visit is asked,
    without `due_on` the answer is due in three business days.
    """

    encounter = serializers.IntegerField(min_value=1)
    kind = serializers.ChoiceField(choices=QueryKind.choices)
    purpose = serializers.ChoiceField(
        choices=QueryPurpose.choices, allow_blank=True, default="", required=False
    )
    title = serializers.CharField(max_length=80)
    question = serializers.CharField(max_length=LONGEST_QUESTION)
    options = serializers.ListField(
        child=serializers.CharField(max_length=120), max_length=MOST_OPTIONS
    )
    quotes = serializers.ListField(
        child=serializers.CharField(max_length=500), max_length=MOST_QUOTES
    )
    provider = serializers.IntegerField(min_value=1, allow_null=True, default=None)
    due_on = serializers.DateField(allow_null=True, default=None)
    version = serializers.IntegerField(min_value=1, allow_null=True, default=None)


class AnswerInput(serializers.Serializer[Any]):
    """One of the query's options, words, or both."""

    option = serializers.CharField(max_length=120, allow_blank=True, default="")
    text = serializers.CharField(max_length=LONGEST_TEXT, allow_blank=True, default="")


class QueryViewSet(WritablePracticeViewSet):
    """What the coders' and the providers' endpoints share."""

    queryset = ProviderQuery.objects.select_related("encounter", "asked_by").order_by("-id")
    serializer_class = ProviderQuerySerializer
    filterset_class = ProviderQueryFilters
    viewed = "provider_query.viewed"

    def patient_of(self, row: Any) -> int | None:
        return int(row.encounter.patient_id)

    def shown(self, query: ProviderQuery, status: int = 200) -> Response:
        row = self.get_queryset().get(pk=query.pk)
        return Response(self.get_serializer(row).data, status=status)


class ProviderQueryViewSet(QueryViewSet):
    """Queries to providers, newest first. Retrieving one is recorded."""

    capability = "coding.view"
    write = "coding.work"

    input_class = QueryInput
    answer_status = 201

    def create(self, request: Request) -> Response:
        """Ask, and hold the chart. 422 says how the wording has to change."""
        given = self.read_input(request)
        chart = access.get(
            request, Encounter.objects.select_related("provider"), given["encounter"]
        )
        asked = given["provider"]
        provider = access.get(request, Provider.objects.all(), asked) if asked else None
        names = ("kind", "title", "question", "purpose")
        draft = QueryDraft(
            **{name: given[name] for name in names},
            options=tuple(given["options"]),
            quotes=tuple(given["quotes"]),
        )
        query = actions.ask_query(
            chart,
            draft,
            by=self.person,
            provider=provider,
            due_on=given["due_on"],
            version=given["version"],
        )
        return self.shown(query, 201)

    @action(detail=True, methods=["post"], input_class=None, answer_status=200)
    def reminder(self, request: Request, pk: int) -> Response:
        """Remind the provider; 409 within a day of the last time."""
        query = self.get_object()
        actions.remind(query, by=self.person)
        return self.shown(query)

    @action(detail=True, methods=["post"], input_class=None, answer_status=200)
    def withdrawal(self, request: Request, pk: int) -> Response:
        """Take it back; the chart leaves its hold when nothing else waits."""
        query = self.get_object()
        actions.withdraw(query, by=self.person)
        return self.shown(query)


class MyQueryViewSet(QueryViewSet):
    """Questions put to you as a provider. Retrieving one is recorded."""

    capability = "inbox.view"
    write = "inbox.work"

    def get_queryset(self) -> QuerySet[Any]:
        user = self.request.user
        if not user.is_authenticated:
            return ProviderQuery.objects.none()
        return super().get_queryset().filter(provider__user=user).exclude(state="withdrawn")

    @action(detail=True, methods=["post"], input_class=AnswerInput)
    def answer(self, request: Request, pk: int) -> Response:
        """Sign the answer as an addendum of the visit."""
        query, given = self.get_object(), self.read_input(request)
        actions.answer_query(query, **given, by=self.person)
        return self.shown(query)
