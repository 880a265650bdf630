"""Signing in and out, and the answer to somebody locked out."""

from datetime import timedelta
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone


class SignIn(LoginView):
    """The login page. Lock-out after repeated failures is django-axes' work."""

    template_name = "registration/login.html"
    redirect_authenticated_user = True


def show_locked(
    request: HttpRequest, credentials: dict[str, Any] | None = None, **kwargs: Any
) -> HttpResponse:
    """Says until when the account is locked; called by django-axes."""
    name = (credentials or {}).get("username") or request.POST.get("username", "")
    last = AccessAttempt.objects.filter(username=name).order_by("-attempt_time").first()
    started = last.attempt_time if last else timezone.now()
    until = started + timedelta(hours=settings.AXES_COOLOFF_TIME)
    return render(request, "registration/locked.html", {"locked_until": until}, status=429)
