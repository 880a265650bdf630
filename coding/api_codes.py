"""Codes and their releases as endpoints. They are the same for every practice."""

from typing import Any, ClassVar

import django_filters as filters
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ViewSet

from coding.code_book import BookEntry, read_entry
from coding.code_search import search
from coding.code_usage import used_codes
from coding.models import Code, CodeChange, CodeRelease
from coding.release_impact import impact_of
from coding.views.code_sets import find_release
from rcm.api_base import Filters, Pages, RoleAllows, explain


class CodeQuerySerializer(serializers.Serializer[Any]):
    """What may be asked. Without a day: today."""

    q = serializers.CharField(max_length=200, required=False, default="")
    on = serializers.DateField(required=False, default=timezone.localdate)
    system = serializers.ChoiceField(choices=Code.System.choices, required=False, default="")


class HitSerializer(serializers.Serializer[Any]):
    """A code found; `why` says how when its title does not."""

    system = serializers.CharField()
    code = serializers.CharField()
    dotted = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # shadows an option of fields
    is_billable = serializers.BooleanField()
    why = serializers.CharField()


class CodeSerializer(serializers.ModelSerializer[Code]):
    class Meta:
        model = Code
        fields: ClassVar[list[str]] = [
            *("system", "code", "dotted", "label", "is_billable", "starts_on", "ends_on"),
        ]


class EntrySerializer(serializers.Serializer[BookEntry]):
    """A code as the code book shows it."""

    code = CodeSerializer()
    on = serializers.DateField()
    is_valid = serializers.BooleanField()  # type: ignore[assignment]  # its name on the wire
    reason = serializers.CharField()
    notes = serializers.SerializerMethodField()
    seventh = serializers.SerializerMethodField()
    above = CodeSerializer(many=True)
    children = CodeSerializer(many=True)
    sides = CodeSerializer(many=True)
    spans = CodeSerializer(many=True)
    facts = serializers.SerializerMethodField()
    table = serializers.SerializerMethodField()

    def get_notes(self, entry: BookEntry) -> list[dict[str, Any]]:
        return [
            {"kind": group.kind, "of": group.of, "lines": list(group.lines)}
            for group in entry.notes
        ]

    def get_seventh(self, entry: BookEntry) -> dict[str, str]:
        return dict(entry.seventh)

    def get_facts(self, entry: BookEntry) -> dict[str, str]:
        return dict(entry.facts)

    def get_table(self, entry: BookEntry) -> dict[str, Any] | None:
        table = entry.table
        if table is None:
            return None
        return {
            "is_constructible": table.is_constructible,
            "problem": table.problem,
            "meanings": [list(meaning) for meaning in table.meanings],
            "next_title": table.next_title,
            "choices": dict(table.choices),
        }


ASKED = [
    OpenApiParameter("on", str, description="date of service, today without"),
    OpenApiParameter("system", str, enum=Code.System.values),
]


class CodeViewSet(ViewSet):
    """Codes by what a coder types, at most twelve; one code with its notes and family."""

    capability = "coding.view"
    permission_classes: Any = [RoleAllows]

    def get_exception_handler(self) -> Any:
        return explain

    @extend_schema(
        parameters=[OpenApiParameter("q", str), *ASKED], responses=HitSerializer(many=True)
    )
    def list(self, request: Request) -> Response:
        """Best first, codes the practice uses before equals; nothing for one character."""
        asked = self.asked(request)
        usage = used_codes(request.practice.pk)  # type: ignore[attr-defined]  # set by the middleware
        hits = search(asked["system"], asked["q"], asked["on"], usage=usage)
        return Response(HitSerializer(hits, many=True).data)

    @extend_schema(parameters=[ASKED[0]], responses=EntrySerializer)
    def retrieve(self, request: Request, system: str, code: str) -> Response:
        """A code with or without its dot; 404 for one of no release."""
        is_system = system in Code.System.values
        entry = read_entry(system, code, self.asked(request)["on"]) if is_system else None
        if entry is None:
            raise Http404
        return Response(EntrySerializer(entry).data)

    def asked(self, request: Request) -> dict[str, Any]:
        """Raises ValidationError (400) naming the field that is wrong."""
        query = {key: request.query_params[key] for key in request.query_params}
        given = CodeQuerySerializer(data=query)
        given.is_valid(raise_exception=True)
        return dict(given.validated_data)


class CodeReleaseSerializer(serializers.ModelSerializer[CodeRelease]):
    class Meta:
        model = CodeRelease
        fields: ClassVar[list[str]] = [
            *("id", "code_set", "name", "starts_on", "ends_on", "state", "row_count"),
            *("new_count", "changed_count", "ended_count", "term_count", "left_out_count"),
            *("lacking", "checksum", "file_names", "loaded_at"),
        ]


class CodeReleaseFilters(Filters):
    code_set = filters.ChoiceFilter(choices=CodeRelease.CodeSet.choices)
    state = filters.ChoiceFilter(choices=CodeRelease.State.choices)


class CodeReleaseViewSet(ListModelMixin, GenericViewSet[CodeRelease]):
    """Releases of code sets, newest load first; replaced and previewed ones too."""

    capability = "coding.view"
    permission_classes: Any = [RoleAllows]
    pagination_class = Pages
    queryset = CodeRelease.objects.order_by("-id")
    serializer_class = CodeReleaseSerializer
    filterset_class = CodeReleaseFilters

    def get_exception_handler(self) -> Any:
        return explain


class CodeChangeSerializer(serializers.ModelSerializer[CodeChange]):
    class Meta:
        model = CodeChange
        fields: ClassVar[list[str]] = [
            *("system", "code", "dotted", "kind", "label", "label_before", "last_on"),
        ]


class TouchedChartSerializer(serializers.Serializer[Any]):
    encounter_id = serializers.IntegerField()
    number = serializers.CharField()
    date_of_service = serializers.DateField()
    code = serializers.CharField()
    last_on = serializers.DateField()


class TouchedFeeSerializer(serializers.Serializer[Any]):
    schedule = serializers.CharField()
    code = serializers.CharField()
    modifier = serializers.CharField()
    amount = serializers.DecimalField(max_digits=12, decimal_places=2)
    last_on = serializers.DateField()


class ImpactSerializer(serializers.Serializer[Any]):
    """What a release changes for the practice; `is_cut`: the lists end at 200."""

    charts = TouchedChartSerializer(many=True)
    fees = TouchedFeeSerializer(many=True)
    is_cut = serializers.BooleanField()


class CodeChangeViewSet(ListModelMixin, GenericViewSet[CodeChange]):
    """The codes that one release changes, or would change."""

    capability = "coding.view"
    permission_classes: Any = [RoleAllows]
    pagination_class = Pages
    queryset = CodeChange.objects.order_by("code")
    serializer_class = CodeChangeSerializer
    filter_backends: Any = []

    def get_exception_handler(self) -> Any:
        return explain

    @extend_schema(parameters=[OpenApiParameter("kind", str, enum=CodeChange.Kind.values)])
    def list(self, request: Request, code_set: str, starts_on: str) -> Response:
        """In order of their codes; `kind` leaves one kind."""
        self.queryset = CodeChange.objects.filter(release=find_release(code_set, starts_on))
        kind = request.query_params.get("kind")
        if kind in CodeChange.Kind.values:
            self.queryset = self.queryset.filter(kind=kind)
        self.queryset = self.queryset.order_by("code")
        return super().list(request)

    @extend_schema(responses=ImpactSerializer)
    def impact(self, request: Request, code_set: str, starts_on: str) -> Response:
        """Open charts and prices of the practice that the release touches."""
        release = find_release(code_set, starts_on)
        practice = request.practice  # type: ignore[attr-defined]  # set by the middleware
        return Response(ImpactSerializer(impact_of(practice.pk, release)).data)
