"""The catalogue of checks as an endpoint."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from billing.checked_claim import describe_check, find_checks, tables_needed
from billing.rules.findings import BLOCKING, WARNING, ClaimForm
from rcm.api_base import Pages, RoleAllows, explain


class ScrubCheckSerializer(serializers.Serializer[Any]):
    """One check. `needs_facts` says that it may answer "not checked"."""

    code = serializers.CharField()
    title = serializers.CharField()
    severity = serializers.CharField()
    forms = serializers.ListField(child=serializers.CharField())
    element = serializers.CharField()
    fix = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]  # shadows an option of fields
    tables = serializers.ListField(child=serializers.CharField())
    needs_facts = serializers.BooleanField()


class ScrubCheckViewSet(ListModelMixin, GenericViewSet):  # type: ignore[type-arg]  # no model
    """Every check a claim goes through, in the order they run. Nothing of a practice is in it.

    `q` are words that all stand in a check's code, title, element, source or fix.
    """

    capability = "billing.view"
    permission_classes: Any = [RoleAllows]
    pagination_class = Pages
    filter_backends: Any = []
    serializer_class = ScrubCheckSerializer

    def get_exception_handler(self) -> Any:
        return explain

    def get_queryset(self) -> Any:
        return [describe_check(check) for check in find_checks(self.request.query_params)]

    @extend_schema(
        parameters=[
            OpenApiParameter("q", str),
            OpenApiParameter("severity", str, enum=[BLOCKING, WARNING]),
            OpenApiParameter("form", str, enum=[form.value for form in ClaimForm]),
            OpenApiParameter("table", str, enum=tables_needed()),
        ]
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The checks asked for."""
        return super().list(request, *args, **kwargs)
