"""Ways to payers: the matrix, a re-route with its preview and report, the channels."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render

from billing import route_page as page_of
from billing.actions import reroutes as actions
from billing.forms_money import checked
from billing.forms_routes import ChannelForm, RerouteForm, RouteForm, UsageForm
from billing.models import Reroute
from payers.actions.routes import add_channel, set_production, set_route
from payers.models import Channel, Payer, Transaction
from rcm import access
from rcm.http import PracticeRequest, page_or_partial, practice_view

ROWS = 50


@practice_view("billing.view")
def routes(request: PracticeRequest) -> HttpResponse:
    """Every payer with its id and enrolment per transaction; what waits for a route."""
    payers = access.in_practice(request, Payer.objects.order_by("name", "pk"))
    if text := request.GET.get("q", "").strip():
        payers = payers.filter(name__icontains=text)
    page = Paginator(payers, ROWS).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": page_of.matrix(request.practice, list(page.object_list)),
        "transactions": Transaction.choices,
        "q": text,
        "waiting": page_of.waiting_reasons(request.practice),
        "channels": page_of.channels_of(request.practice),
        "reroutes": access.in_practice(
            request, Reroute.objects.select_related("from_channel", "to_channel").order_by("-pk")
        )[:5],
        "form": RerouteForm(practice=request.practice),
        "can_work": access.may(request, "billing.work"),
        "may_approve": access.may(request, "billing.approve"),
    }
    return page_or_partial(request, "billing/routes.html", "rows", context)


@practice_view("billing.view", methods=("GET", "POST"))
def route_edit(request: PracticeRequest) -> HttpResponse:
    """The id and enrolment of a payer on a channel; the address may name payer and transaction."""
    given = request.POST or None
    form = RouteForm(given, initial=request.GET.dict(), practice=request.practice)
    if request.method == "POST" and form.is_valid():
        facts = dict(form.cleaned_data)
        code = facts.pop("transaction")
        row = set_route(facts.pop("payer"), facts.pop("channel"), code, by=request.user, **facts)
        messages.success(request, f"{row.payer}, {code}: {row.get_enrolment_display().lower()}.")
        return redirect("routes")
    status = 422 if request.method == "POST" else 200
    return render(request, "billing/route_form.html", {"form": form}, status=status)


@practice_view("billing.view", methods=("GET", "POST"))
def reroute_new(request: PracticeRequest) -> HttpResponse:
    """What a re-route would move and what would stay; POST moves it."""
    form = RerouteForm(request.POST or request.GET or None, practice=request.practice)
    context: dict[str, Any] = {"form": form, "can_work": access.may(request, "billing.work")}
    if not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return render(request, "billing/reroute_form.html", context, status=status)
    given = form.cleaned_data
    payers = [given["payer"]] if given["payer"] else None
    if request.method == "POST":
        row = actions.reroute(
            given["old"], given["new"], payers=payers, reason=given["reason"], by=request.user
        )
        messages.success(request, f"{row.moves.count()} routes go over {row.to_channel} now.")
        return redirect("reroute", row.pk)
    context |= {"plan": actions.plan_reroute(given["old"], given["new"], payers), "given": given}
    return render(request, "billing/reroute_form.html", context)


@practice_view("billing.view")
def reroute(request: PracticeRequest, reroute_id: int) -> HttpResponse:
    """What it moved, and what had left and is still awaited."""
    rows = Reroute.objects.select_related("from_channel", "to_channel", "made_by", "undone_by")
    row = access.get(request, rows, reroute_id)
    context = {
        "reroute": row,
        "can_work": access.may(request, "billing.work"),
        **page_of.report_of(row),
    }
    return render(request, "billing/reroute.html", context)


@practice_view("billing.view", methods=("POST",))
def reroute_undo(request: PracticeRequest, reroute_id: int) -> HttpResponse:
    """The routes as they were."""
    row = access.get(request, Reroute.objects.all(), reroute_id)
    actions.undo_reroute(row, by=request.user)
    messages.success(request, f"Everything goes over {row.from_channel} again.")
    return redirect("reroute", reroute_id)


@practice_view("billing.view", methods=("GET", "POST"), write="billing.approve")
def channel_new(request: PracticeRequest) -> HttpResponse:
    """A further clearinghouse."""
    form = ChannelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        row = add_channel(request.practice, by=request.user, **form.cleaned_data)
        messages.success(request, f"{row} is read from now on. Add the payers' ids there.")
        return redirect("routes")
    status = 422 if request.method == "POST" else 200
    return render(request, "billing/channel_form.html", {"form": form}, status=status)


@practice_view("billing.view", methods=("POST",), write="billing.approve")
def channel_close(request: PracticeRequest, channel_id: int) -> HttpResponse:
    """Not read any more, once nothing is awaited over it."""
    row = access.get(request, Channel.objects.all(), channel_id)
    actions.stop_reading(row, by=request.user)
    messages.success(request, f"{row} is closed.")
    return redirect("routes")


@practice_view("billing.view", methods=("POST",), write="billing.approve")
def practice_usage(request: PracticeRequest) -> HttpResponse:
    """Test or production: what ISA15 of everything sent has to say."""
    is_production = checked(UsageForm(request.POST))["usage"] == "production"
    set_production(request.practice, is_production=is_production, by=request.user)
    words = "in production" if is_production else "in test"
    messages.success(request, f"{request.practice} is {words} now.")
    return redirect("routes")
