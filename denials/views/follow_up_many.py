"""One call, or one owner, for many open balances: the list and the sum first, then the act."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from denials import follow_up_list as listing
from denials.actions import follow_ups as actions
from denials.follow_up_page import workers
from denials.forms_follow_up import CallForm, ChosenForm, OwnerForm
from denials.practice_days import practice_today
from denials.rules import follow_up as rules
from denials.views.follow_up import filter_context, listed, mine, undo_address
from denials.views.worklist import checked
from rcm import access, events
from rcm.errors import Refusal
from rcm.http import PracticeRequest, practice_view
from rcm.money import ZERO


def chosen_rows(request: PracticeRequest) -> list[Any]:
    """The balances ticked (``ids``), or with ``all`` those of the list, as the address shows it.

    Raises Refusal for more than one act takes.
    """
    rows = listing.with_facts(listed(request, request.GET))
    if not request.GET.get("all"):
        ids = [int(text[:18]) for text in request.GET.getlist("ids") if text.isdecimal()]
        rows = listing.with_facts(
            listing.ordered(mine(request).filter(pk__in=ids), "", practice_today(request.practice))
        )
    found = list(rows[: actions.MOST_AT_ONCE + 1])
    if len(found) > actions.MOST_AT_ONCE:
        most = f"At most {actions.MOST_AT_ONCE:,} claims at once: narrow the list."
        raise Refusal("too_many", most)
    return found


@practice_view("denials.view", methods=("GET", "POST"))
def follow_up_many(request: PracticeRequest) -> HttpResponse:
    """GET shows the list, the sum and the form; POST logs one call for what was shown."""
    if request.method == "POST":
        return log_many(request)
    found = chosen_rows(request)
    payers = {row.payer for row in found}
    today = practice_today(request.practice)
    events.record(
        "follow_ups.listed", request.practice, by=request.user, rows=[row.pk for row in found]
    )
    context = {
        "rows": listing.show(found, today),
        "total": sum((max(row.balance, ZERO) for row in found), ZERO),
        "payer": next(iter(payers)) if len(payers) == 1 else None,
        "payers": sorted(str(payer or "Not known") for payer in payers),
        "chosen": ",".join(str(row.pk) for row in found),
        "outcomes": [(key, label) for key, (label, _) in rules.OUTCOMES.items()],
        "workers": workers(request.practice.pk),
        "may_work": access.may(request, "denials.work"),
        **filter_context(request.GET),
    }
    return render(request, "denials/follow_up_many.html", context)


def log_many(request: PracticeRequest) -> HttpResponse:
    ids = checked(ChosenForm(request.POST))["chosen"]
    call = actions.Call(**checked(CallForm(request.POST)))
    done = actions.log_call_for_many(request.practice, ids, call, by=request.user)
    tell(request, done, f"one call logged, back on {done.next_on:%m/%d/%Y}")
    return redirect("follow_up")


@practice_view("denials.view", methods=("POST",))
def follow_up_owners(request: PracticeRequest) -> HttpResponse:
    """One person becomes the owner of what was shown."""
    ids = checked(ChosenForm(request.POST))["chosen"]
    person = checked(OwnerForm(request.POST))["person"]
    done = actions.assign(request.practice, ids, to=person, by=request.user)
    tell(request, done, "given" if person else "nobody’s now")
    return redirect(reverse("follow_up"))


def tell(request: PracticeRequest, done: actions.Done, what: str) -> None:
    """The toast with undo, and a word about what was left."""
    noun = "claim" if done.rows == 1 else "claims"
    text = f"{done.rows:,} {noun}: {what}."
    messages.success(request, text, extra_tags=undo_address(done))
    if done.left:
        messages.warning(request, f"{done.left:,} left as they were: paid meanwhile or denied.")
