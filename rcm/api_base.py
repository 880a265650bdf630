"""What every read endpoint shares: practice walls, role, pages, one shape of errors.

Nothing is written here except events. Amounts are texts with two digits, dates ISO 8601.
"""

from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django_filters import FilterSet
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import DefaultRouter
from rest_framework.serializers import BaseSerializer
from rest_framework.views import exception_handler
from rest_framework.viewsets import ReadOnlyModelViewSet

from rcm import access, events


class Pages(LimitOffsetPagination):
    """``?limit=`` up to 500 and ``?offset=``."""

    default_limit = 50
    max_limit = 500


class RoleAllows(BasePermission):
    """Signed in, a practice chosen, and the role allows the endpoint's capability."""

    message = "Your role in this practice does not allow this."

    def has_permission(self, request: Request, view: Any) -> bool:
        return access.may(request, view.capability)


class PracticeViewSet(ReadOnlyModelViewSet):  # type: ignore[type-arg]  # any model
    """List and retrieve the rows of the chosen practice; anybody else's do not exist.

    `viewed` names the event recorded when one row with a patient's data is retrieved, `listed`
    the one when a page of rows with names of patients is.
    """

    capability: ClassVar[str]
    permission_classes: Any = [RoleAllows]
    pagination_class = Pages
    detail_queryset: QuerySet[Any] | None = None
    detail_serializer_class: type[BaseSerializer[Any]] | None = None
    viewed = ""
    listed = ""
    lookup_value_converter = "int"

    def get_queryset(self) -> QuerySet[Any]:
        rows = super().get_queryset()
        if self.action == "retrieve" and self.detail_queryset is not None:
            rows = self.detail_queryset.all()
        return access.in_practice(self.request, rows)

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        if self.action == "retrieve" and self.detail_serializer_class is not None:
            return self.detail_serializer_class
        return super().get_serializer_class()

    def get_exception_handler(self) -> Any:
        return explain

    def patient_of(self, row: Any) -> int | None:
        """Whose data the row shows; None when it is nobody's or many people's."""
        return row.patient_id if hasattr(row, "patient_id") else None

    def record_view(self, row: Model) -> None:
        """Somebody saw this row through the API."""
        patient_id = self.patient_of(row)
        events.record(self.viewed, row, by=self.request.user, patient_id=patient_id, by_api=True)  # type: ignore[arg-type]  # signed in

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response = super().list(request, *args, **kwargs)
        if self.listed:
            rows = [row["id"] for row in response.data["results"]]
            practice = request.practice  # type: ignore[attr-defined]  # set by the middleware
            events.record(self.listed, practice, by=request.user, rows=rows, by_api=True)  # type: ignore[arg-type]  # signed in
        return response

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        row = self.get_object()
        if self.viewed:
            self.record_view(row)
        return Response(self.get_serializer(row).data)


class Filters(FilterSet):
    """Base of the filters: an unknown value is a 400 that names the field."""


def explain(error: Exception, context: dict[str, Any]) -> Response | None:
    """Every refusal of the API as ``{code, message, fields}``, as pages' refusals are."""
    response = exception_handler(error, context)
    if response is None:
        return None
    fields: dict[str, str] = {}
    code, message = "not_found", "There is no such row in this practice."
    if isinstance(error, ValidationError):
        code, message = "invalid", "A filter has a value it cannot take."
        fields = {name: str(errors[0]) for name, errors in response.data.items()}
    elif isinstance(error, APIException):
        code, message = str(error.get_codes()), str(error.detail)
    response.data = {"code": code, "message": message, "fields": fields}
    return response


class Router(DefaultRouter):
    """Plain paths with whole numbers as ids."""

    include_format_suffixes = False

    def __init__(self) -> None:
        super().__init__(use_regex_path=False)
