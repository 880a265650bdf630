"""What every request passes: idle logoff, the practice walls, private pages, refusals."""

from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from rcm import access, events
from rcm.errors import Refusal
from rcm.models import User

Handler = Callable[[HttpRequest], HttpResponse]
LAST_SEEN = "last_seen"
CHOSEN_PRACTICE = "practice_id"


def idle_logoff(get_response: Handler) -> Handler:
    """Sign a person out after settings.IDLE_LOGOFF_SECONDS without a request."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = int(timezone.now().timestamp())
            seen = request.session.get(LAST_SEEN, now)
            if now - seen > settings.IDLE_LOGOFF_SECONDS:
                logout(request)
                if request.path.startswith("/api/"):
                    return get_response(request)  # which refuses in JSON
                messages.info(request, "You were signed out after a time without activity.")
                return redirect_to_login(request)
            # Once a minute is exact enough and saves a write per request.
            if now - seen >= 60 or LAST_SEEN not in request.session:
                request.session[LAST_SEEN] = now
        return get_response(request)

    return middleware


def redirect_to_login(request: HttpRequest) -> HttpResponse:
    """A plain redirect, or HX-Redirect so that htmx does not swap a login page into a pane."""
    url = reverse(settings.LOGIN_URL)
    if getattr(request, "htmx", False):
        return HttpResponse(status=401, headers={"HX-Redirect": url})
    if request.method != "GET":
        return redirect(url)
    return redirect(f"{url}?{urlencode({'next': request.get_full_path()}, safe='/')}")


def no_null_characters(get_response: Handler) -> Handler:
    """PostgreSQL stores no NUL: what a person sends with one is a bad request, not our failure.

    The API says so by the field (its serializers refuse it).
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if "%00" in request.META.get("QUERY_STRING", ""):
            return HttpResponseBadRequest("The address contains a NUL character.")
        is_form = request.method == "POST" and not request.path.startswith("/api/")
        if is_form and any("\0" in text for _, texts in request.POST.lists() for text in texts):
            return HttpResponseBadRequest("A field of the form contains a NUL character.")
        return get_response(request)

    return middleware


def practice_walls(get_response: Handler) -> Handler:
    """One transaction per request that sees the chosen practice and no other.

    A response of 500 and above rolls everything back.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        seen = cast(Any, request)  # rcm.http.PracticeRequest declares what is set here
        seen.practice = seen.membership = None
        if not request.user.is_authenticated:
            return get_response(request)
        membership = chosen_membership(request)
        events.address.set(request.META.get("REMOTE_ADDR") or None)
        with transaction.atomic():
            if membership is not None:
                seen.membership = membership
                seen.practice = membership.practice
                access.open_walls([membership.practice_id])
            response = get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response

    return middleware


def chosen_membership(request: HttpRequest) -> Any:
    """The membership for the practice in the session, or the person's first one."""
    practice_id = request.session.get(CHOSEN_PRACTICE)
    user = cast(User, request.user)  # the caller has checked that somebody is signed in
    if practice_id and (found := access.membership_of(user, practice_id)):
        return found
    memberships = user.memberships.select_related("practice")
    first = memberships.order_by("practice__name").first()
    if first is not None:
        request.session[CHOSEN_PRACTICE] = first.practice_id
    return first


def private_pages(get_response: Handler) -> Handler:
    """Pages hold PHI: no cache keeps one. The same URL answers htmx with a part, hence Vary."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store")
            patch_vary_headers(response, ["HX-Request"])
        return response

    return middleware


class RefusalMiddleware:
    """Shows a Refusal: JSON for programs, a partial for htmx, else a page with the way back."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, Refusal):
            return None
        if request.path.startswith("/api/"):
            return JsonResponse(error.content, status=error.status)
        is_part = bool(getattr(request, "htmx", False))
        template = "errors/_refusal.html" if is_part else "errors/refusal.html"
        context = {"refusal": error, "back": request.headers.get("Referer", "/")}
        response = render(request, template, context, status=error.status)
        if is_part:
            # A refused verb must not replace the pane the person is working in.
            response.headers["HX-Retarget"] = "#toasts"
            response.headers["HX-Reswap"] = "beforeend"
        return response
