"""What payers will take next: provider adjustments, open, closed and by payer."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from billing import payer_balances as page_of
from billing.actions import offsets
from billing.forms_money import OffsetLinkForm, checked
from billing.models import OffsetLink, ProviderAdjustment
from rcm import access
from rcm.csv_export import csv_response
from rcm.http import PracticeRequest, practice_view

ROWS = 50


@practice_view("billing.view")
def payer_balances(request: PracticeRequest) -> HttpResponse:
    """Entries in a tab, or totals by payer; ``item`` opens one, ``format=csv`` exports the tab."""
    today = timezone.localdate()
    tab = request.GET.get("state", "open")
    found = page_of.filter_entries(page_of.entries(request.practice.pk), request.GET)
    rows = page_of.ordered(found.filter(state=tab), tab)
    if request.GET.get("format") == "csv":
        return csv_response("payer-balances", page_of.CSV_HEAD, page_of.csv_rows(rows, today))
    totals = page_of.payer_totals(request.practice.pk, today)
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    context = {
        "views": tabs(found, totals, tab),
        "tab": tab,
        "totals": totals,
        "will_take": sum(total.will_take for total in totals),
        "page": page,
        "rows": page_of.show(page.object_list, today),
        "filters": request.GET,
        "is_filtered": bool(request.GET.get("q") or request.GET.get("payer")),
        **chosen(request),
    }
    return render(request, "billing/payer_balances.html", context)


def tabs(found, totals, tab: str) -> list[dict]:  # type: ignore[no-untyped-def,type-arg]  # querysets
    """A tab per state with its count, and the payers."""
    counts = [(key, label, found.filter(state=key).count()) for key, label in page_of.TABS]
    return [
        {"label": label, "url": f"?state={key}", "count": count, "is_current": key == tab}
        for key, label, count in [*counts, ("payers", "By payer", len(totals))]
    ]


def chosen(request: PracticeRequest) -> dict:  # type: ignore[type-arg]  # context of a template
    """The detail of the entry the address names."""
    item = request.GET.get("item", "")
    if not item.isdecimal():
        return {}
    entry = access.get(request, ProviderAdjustment.objects.all(), int(item))
    return detail_context(request, entry)


def detail_context(request: PracticeRequest, entry: ProviderAdjustment) -> dict:  # type: ignore[type-arg]  # context
    shown = page_of.detail(entry, timezone.localdate())
    return shown | {"may_work": access.may(request, "billing.work"), "item": entry.pk}


@practice_view("billing.view")
def payer_balance(request: PracticeRequest, entry_id: int) -> HttpResponse:
    """The pane of one entry for htmx; the list with it open otherwise."""
    entry = access.get(request, ProviderAdjustment.objects.all(), entry_id)
    context = detail_context(request, entry)
    if not request.htmx:
        return redirect(
            f"{reverse('payer_balances')}?state={context['row'].entry.state}&item={entry.pk}"
        )
    return render(request, "billing/payer_balances.html#detail", context)


@practice_view("billing.view", methods=("POST",))
def payer_balance_link(request: PracticeRequest, entry_id: int) -> HttpResponse:
    """A person says which entry closes this one."""
    entry = access.get(request, ProviderAdjustment.objects.all(), entry_id)
    form = checked(OffsetLinkForm(request.POST))
    other = access.get(request, ProviderAdjustment.objects.all(), form["other"])
    made = offsets.link_by_person(entry, other, amount=form["amount"], by=request.user)
    messages.success(request, f"${made.amount:,.2f} closed.")
    return redirect("payer_balance", entry.pk)


@practice_view("billing.view", methods=("POST",))
def payer_balance_unlink(request: PracticeRequest, link_id: int) -> HttpResponse:
    """Take two entries apart."""
    made = offsets.unlink(access.get(request, OffsetLink.objects.all(), link_id), by=request.user)
    messages.success(request, f"${made.amount:,.2f} is open again.")
    return redirect("payer_balance", made.opening_id)
