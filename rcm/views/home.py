"""Where a role lands, and whether the system is alive."""

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect

from rcm import access


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Coders land in their queue, managers on the dashboard, providers on their questions."""
    landing = [
        ("coding.work", "coder_queue", "billing.work"),
        ("dashboard.view", "dashboard", ""),
        ("coding.view", "coder_queue", ""),
        ("inbox.view", "query_inbox", ""),
    ]
    for capability, url_name, unless in landing:
        if access.may(request, capability) and not (unless and access.may(request, unless)):
            return redirect(url_name)
    return redirect("practices")


def healthz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers. No secrets, no PHI, no login."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})
