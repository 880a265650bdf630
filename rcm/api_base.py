"""What every endpoint shares: practice walls, role, pages, one shape of errors.

Nothing is written here except events and the keys of requests that write. Amounts are texts with
two digits, dates ISO 8601.
"""

import json
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.http import QueryDict
from django_filters import FilterSet
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import DefaultRouter
from rest_framework.serializers import BaseSerializer
from rest_framework.views import exception_handler
from rest_framework.viewsets import ReadOnlyModelViewSet

from rcm import access, events
from rcm.actions.idempotency import Answer, answer_once, digest_of
from rcm.api_schema import WriteSchema
from rcm.models import Practice, User


class Pages(LimitOffsetPagination):
    """``?limit=`` up to 500 and ``?offset=``."""

    default_limit = 50
    max_limit = 500


class RoleAllows(BasePermission):
    """Signed in, a practice chosen, and the role allows what the endpoint reads or writes."""

    message = "Your role in this practice does not allow this."

    def has_permission(self, request: Request, view: Any) -> bool:
        is_write = request.method not in SAFE_METHODS
        needed = getattr(view, "write", view.capability) if is_write else view.capability
        return access.may(request, needed)


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

    def record_view(self, row: Model, **shown: list[int]) -> None:
        """Somebody saw this row through the API; `shown` are the ids of others shown with it."""
        facts = {"patient_id": self.patient_of(row), "by_api": True, **shown}
        events.record(self.viewed, row, by=self.request.user, **facts)  # type: ignore[arg-type]  # signed in

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


class WritablePracticeViewSet(PracticeViewSet):
    """Rows that verbs may change. Every POST or PUT needs the header Idempotency-Key.

    The same key with the same request gives the first answer again, with the header
    Idempotency-Replayed; with another request 409 (rcm.actions.idempotency). `write` is the
    capability of the verbs. A verb is a method that calls an action and returns a Response;
    `input_class` names what it takes, `answer_status` the status of its answer.
    """

    write: ClassVar[str]
    input_class: type[BaseSerializer[Any]] | None = None
    answer_status = 200
    parser_classes: Any = [JSONParser, FormParser, MultiPartParser]
    schema: Any = WriteSchema()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        verb = str(request.method).lower()
        if request.method not in SAFE_METHODS and hasattr(self, verb):
            # Put around every verb here, so that none can be written without it.
            setattr(self, verb, partial(self.act_once, getattr(self, verb)))

    @property
    def practice(self) -> Practice:
        """The chosen one; the middleware sets it."""
        return self.request.practice  # type: ignore[attr-defined,no-any-return]  # set by the middleware

    @property
    def person(self) -> User:
        """Who asks: signed in, or the request was refused before."""
        return self.request.user  # type: ignore[return-value]  # signed in

    def read_input(self, request: Request) -> dict[str, Any]:
        """The fields of the body. Raises ValidationError (400) naming the one that is wrong."""
        if self.input_class is None:
            return {}
        given = self.input_class(data=request.data)
        given.is_valid(raise_exception=True)
        return dict(given.validated_data)

    def act_once(
        self, verb: Callable[..., Response], request: Request, *args: Any, **kwargs: Any
    ) -> Response:
        """Answer with what `verb` says, or with what it said to the same request before."""

        def act() -> Answer:
            response = verb(request, *args, **kwargs)
            return Answer(response.status_code, plain(response.data))

        answer = answer_once(
            self.practice,
            request.headers.get("Idempotency-Key", ""),
            f"{request.method} {request.get_full_path()}"[:300],
            body_digest(request),
            act,
            by=self.person,
        )
        headers = {"Idempotency-Replayed": "true"} if answer.is_replayed else {}
        return Response(answer.content, status=answer.status_code, headers=headers)


def plain(content: Any) -> Any:
    """Exactly what the answer says on the wire."""
    return json.loads(JSONRenderer().render(content))


def body_digest(request: Request) -> str:
    """What tells one body from another: fields, raw or uploaded files, without the CSRF token."""
    fields = request.data
    if isinstance(fields, QueryDict):
        fields = dict(fields.lists())
    if isinstance(fields, dict):
        ignored = {"csrfmiddlewaretoken", *request.FILES}
        fields = {name: value for name, value in fields.items() if name not in ignored}
    return digest_of(fields, request.FILES)


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
        is_read = context["request"].method in SAFE_METHODS
        what = "filter" if is_read else "field"
        code, message = "invalid", f"A {what} has a value it cannot take."
        fields = {name: first_text(errors) for name, errors in response.data.items()}
    elif isinstance(error, APIException):
        code, message = str(error.get_codes()), str(error.detail)
    response.data = {"code": code, "message": message, "fields": fields}
    return response


def first_text(errors: Any) -> str:
    """The first message of a field; of a list or mapping in it with its place, as "2: …"."""
    if isinstance(errors, dict):
        place, inner = next((place, inner) for place, inner in errors.items() if inner)
        number = place + 1 if isinstance(place, int) else place
        return f"{number}: {first_text(inner)}"
    if isinstance(errors, list):
        at = next(at for at, error in enumerate(errors) if error)
        return first_text({at: errors[at]} if isinstance(errors[at], dict) else errors[at])
    return str(errors)


class Router(DefaultRouter):
    """Plain paths with whole numbers as ids."""

    include_format_suffixes = False

    def __init__(self) -> None:
        super().__init__(use_regex_path=False)
