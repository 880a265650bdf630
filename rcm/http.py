"""Typed requests, page or partial, and the decorator every view of a practice wears."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods
from django_htmx.middleware import HtmxDetails

from rcm import access
from rcm.middleware import redirect_to_login
from rcm.models import Membership, Practice, User


class PracticeRequest(HttpRequest):
    """A request of a signed-in person with a chosen practice."""

    user: User  # type: ignore[assignment]  # signed in: never AnonymousUser here
    practice: Practice
    membership: Membership
    htmx: HtmxDetails


Arguments = ParamSpec("Arguments")
View = Callable[Concatenate[PracticeRequest, Arguments], HttpResponseBase]


def practice_view(
    capability: str, *, methods: tuple[str, ...] = ("GET",), write: str | None = None
) -> Callable[[View[Arguments]], View[Arguments]]:
    """Guard a view: signed in, a practice chosen, the role allows `capability`.

    POST and DELETE need `write`, or the capability's ``.work`` twin when `write` is not given.
    """
    write = write or capability.replace(".view", ".work")

    def decorate(view: View[Arguments]) -> View[Arguments]:
        @wraps(view)
        def guarded(
            request: PracticeRequest, /, *args: Arguments.args, **kwargs: Arguments.kwargs
        ) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request)
            if request.membership is None:
                return redirect("practices")
            access.require(request, capability if request.method in ("GET", "HEAD") else write)
            return view(request, *args, **kwargs)

        # Read by the test that walks all addresses as every role.
        vars(guarded).update(capability=capability, write=write)
        allowed = [*methods, "HEAD"] if "GET" in methods else list(methods)
        return require_http_methods(allowed)(guarded)  # type: ignore[return-value,type-var]

    return decorate


def page_or_partial(
    request: HttpRequest,
    template: str,
    partial: str,
    context: dict[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    """The whole page, or for htmx only its `partial` (a partialdef inside the template)."""
    htmx = getattr(request, "htmx", None)
    is_part = htmx is not None and bool(htmx) and not htmx.history_restore_request
    name = f"{template}#{partial}" if is_part and partial else template
    return render(request, name, context, status=status)


def pdf_response(content: bytes, name: str) -> HttpResponse:
    """A PDF shown by the browser, saved under `name`."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def saved_response(content: bytes, content_type: str, name: str) -> HttpResponse:
    """A file of a stranger, to be saved under `name`: never run or shown as a page of ours."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
