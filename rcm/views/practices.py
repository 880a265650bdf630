"""Choosing a practice, and personal preferences."""

from typing import cast

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.module_loading import import_string
from django.views.decorators.http import require_POST

from rcm import access
from rcm.actions import people
from rcm.middleware import CHOSEN_PRACTICE
from rcm.models import User


def person(request: HttpRequest) -> User:
    """Who is signed in; these views all require it."""
    return cast(User, request.user)


@login_required
def practices(request: HttpRequest) -> HttpResponse:
    """The practices of the person with the open work in each."""
    memberships = list(
        person(request).memberships.select_related("practice").order_by("practice__name")
    )
    access.open_walls([m.practice_id for m in memberships])
    work = import_string(settings.PRACTICE_WORK)([m.practice_id for m in memberships])
    current = getattr(request, "practice", None)
    rows = [
        {
            "id": membership.practice_id,
            "name": membership.practice.name,
            "initials": membership.practice.initials,
            "tax_id_tail": membership.practice.tax_id_tail,
            "color": membership.practice.color,
            "role": membership.get_role_display(),
            "is_current": current is not None and membership.practice_id == current.pk,
            "last_used": membership.last_used_at,
            **work[membership.practice_id],
        }
        for membership in memberships
    ]
    if current is not None:
        access.open_walls([current.pk])
    return render(request, "practices/switch.html", {"practices": rows})


@login_required
@require_POST
def practice_choose(request: HttpRequest, practice_id: int) -> HttpResponse:
    """Enter another practice; everything shown from then on is of that one."""
    membership = access.membership_of(person(request), practice_id)
    if membership is None:
        raise Http404
    access.open_walls([practice_id])
    people.choose_practice(membership, by=person(request))
    request.session[CHOSEN_PRACTICE] = practice_id
    return redirect("home")


@login_required
def preferences(request: HttpRequest) -> HttpResponse:
    """Appearance, keys, and signing out."""
    return render(request, "practices/preferences.html")


@login_required
@require_POST
def preferences_theme(request: HttpRequest) -> HttpResponse:
    people.set_theme(person(request), theme=request.POST.get("theme", ""))
    return go_back(request)


@login_required
@require_POST
def preferences_keys(request: HttpRequest) -> HttpResponse:
    people.set_keys(person(request), keys=request.POST.get("keys", ""))
    return go_back(request)


def go_back(request: HttpRequest) -> HttpResponse:
    """To the page the form was on, when that is one of ours."""
    back = request.headers.get("Referer", "/")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    return redirect(back if is_ours else "/")
