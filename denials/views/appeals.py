"""Appeals: opened from a denial, listed, written, sent, decided; the packet as PDF."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from billing.forms_money import checked
from coding.models import Document
from denials import appeal_page as page_of
from denials import forms_appeals as forms
from denials.actions import appeal_decisions, appeal_parts, appeals
from denials.actions.appeal_decisions import Decision
from denials.actions.appeals import Sending
from denials.appeal_checklist import read_packet
from denials.appeal_packet import make_letter, make_packet
from denials.models import Appeal, Denial
from denials.models.appeal_files import PACKET
from denials.practice_days import practice_today
from denials.rules.triage import CAUSES
from rcm import access, events
from rcm.csv_export import csv_response
from rcm.http import PracticeRequest, page_or_partial, pdf_response, practice_view

ROWS = 50


def find_appeal(request: PracticeRequest, appeal_id: int) -> Appeal:
    """An appeal of the chosen practice, or 404."""
    rows = Appeal.objects.select_related(
        *("claim__patient", "payer", "practice", "follows__payer", "template"),
        *("submitted_by", "decided_by", "opened_by"),
    )
    return access.get(request, rows, appeal_id)


@practice_view("denials.view")
def appeal_list(request: PracticeRequest) -> HttpResponse:
    """Appeals of a tab, the first to act on first; ``format=csv`` exports them."""
    today = practice_today(request.practice)
    tab = request.GET.get("state", "draft")
    tab = tab if tab in page_of.TABS else "draft"
    mine = access.in_practice(request, Appeal.objects.all())
    rows = page_of.ordered(page_of.filter_appeals(mine, request.GET), tab)
    if request.GET.get("format") == "csv":
        events.record("appeals.exported", request.practice, by=request.user, tab=tab)
        return csv_response("appeals", page_of.CSV_HEAD, page_of.csv_rows(rows))
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    shown = [row.pk for row in page]
    events.record("appeals.listed", request.practice, by=request.user, rows=shown)
    context = {
        "views": tabs(mine, tab),
        "tab": tab,
        "page": page,
        "rows": page_of.show(page.object_list, today),
        "filters": request.GET,
        "is_filtered": any(request.GET.get(name) for name in page_of.FILTERS),
        "causes": CAUSES.items(),
    }
    return render(request, "denials/appeals.html", context)


def tabs(rows: Any, tab: str) -> list[dict[str, Any]]:
    return [
        {
            "label": label,
            "url": f"?state={key}",
            "count": rows.filter(which).count(),
            "is_current": key == tab,
        }
        for key, (label, which) in page_of.TABS.items()
    ]


@practice_view("denials.view")
def appeal_rates(request: PracticeRequest) -> HttpResponse:
    """How often payers give in, by cause and payer."""
    context = {"rows": page_of.rates(request.practice.pk)}
    return render(request, "denials/appeal_rates.html", context)


@practice_view("denials.view", methods=("POST",))
def denial_appeal(request: PracticeRequest, denial_id: int) -> HttpResponse:
    """The draft of the open level, on its page."""
    found = access.get(request, Denial.objects.select_related("claim"), denial_id)
    appeal = appeals.open_appeal(found, by=request.user)
    return redirect("appeal", appeal.pk)


@practice_view("denials.view")
def appeal(request: PracticeRequest, appeal_id: int) -> HttpResponse:
    """Letter, checklist and what can be done."""
    found = find_appeal(request, appeal_id)
    patient = found.claim.patient_id
    events.record("appeal.viewed", found, by=request.user, patient_id=patient)
    return show_appeal(request, found)


def show_appeal(request: PracticeRequest, found: Appeal, **changes: Any) -> HttpResponse:
    status = changes.pop("status", 200)
    context = page_of.appeal_detail(found, now=timezone.now())
    context |= {
        "may_work": access.may(request, "denials.work"),
        "may_approve": access.may(request, "denials.approve"),
        "sending": forms.SendingForm(),
        "decision": forms.DecisionForm(initial={"decided_on": context["today"]}),
        "entry": forms.EntryForm(auto_id="entry-%s"),
        "file": forms.AppealFileForm(auto_id="file-%s"),
        "outcomes": forms.OUTCOMES,
    }
    return page_or_partial(
        request, "denials/appeal.html", "saved", context | changes, status=status
    )


@practice_view("denials.view", methods=("GET", "POST"))
def appeal_letter(request: PracticeRequest, appeal_id: int) -> HttpResponse:
    """The letter as PDF; POST saves it and shows what it became."""
    found = find_appeal(request, appeal_id)
    if request.method != "POST":
        now = timezone.now()
        return pdf_response(make_letter(read_packet(found, now=now), now=now), "letter.pdf")
    given = checked(forms.LetterForm(request.POST))
    appeals.write_letter(found, by=request.user, **given)
    if not request.htmx:
        messages.success(request, "The letter is saved.")
        return redirect("appeal", found.pk)
    return show_appeal(request, find_appeal(request, appeal_id))


@practice_view("denials.view")
def appeal_packet(request: PracticeRequest, appeal_id: int) -> HttpResponse:
    """The packet as PDF: as it was sent, or as it would leave now."""
    found = find_appeal(request, appeal_id)
    sent = found.files.filter(item=PACKET).first()
    now = timezone.now()
    content = bytes(sent.content) if sent else make_packet(read_packet(found, now=now), now=now)
    patient = found.claim.patient_id
    events.record("appeal.packet_made", found, by=request.user, patient_id=patient)
    return pdf_response(content, f"appeal-{found.claim.patient_control_number}.pdf")


@practice_view("denials.view", methods=("POST",))
def appeal_verb(request: PracticeRequest, appeal_id: int, verb: str) -> HttpResponse:
    """Do one verb, then show the appeal it leads to."""
    found = find_appeal(request, appeal_id)
    act = VERBS.get(verb)
    if act is None:
        raise Http404
    shown, text = act(request, found)
    messages.success(request, text)
    return redirect("appeal", shown.pk)


Acted = tuple[Appeal, str]


def complete(request: PracticeRequest, found: Appeal) -> Acted:
    return appeals.make_ready(found, by=request.user), "The packet is complete."


def submit(request: PracticeRequest, found: Appeal) -> Acted:
    sending = Sending(**checked(forms.SendingForm(request.POST)))
    sent = appeals.submit(found, sending, by=request.user)
    return sent, f"Sent; ask for the decision on {sent.follow_up_on:%m/%d/%Y}."


def undo_submission(request: PracticeRequest, found: Appeal) -> Acted:
    return appeals.undo_submission(found, by=request.user), "The sending is undone."


def decide(request: PracticeRequest, found: Appeal) -> Acted:
    decision = Decision(**checked(forms.DecisionForm(request.POST)))
    decided = appeal_decisions.decide(found, decision, by=request.user)
    return decided, f"Decided: {decided.get_outcome_display().lower()}."


def undo_decision(request: PracticeRequest, found: Appeal) -> Acted:
    return appeal_decisions.undo_decision(found, by=request.user), "The decision is undone."


def withdraw(request: PracticeRequest, found: Appeal) -> Acted:
    given = checked(forms.NoteForm(request.POST))
    return appeal_decisions.withdraw(found, by=request.user, **given), "Withdrawn."


def open_next(request: PracticeRequest, found: Appeal) -> Acted:
    following = appeals.open_next(found, by=request.user)
    return following, f"{following.level_label} is open."


def log(request: PracticeRequest, found: Appeal) -> Acted:
    appeal_decisions.log(found, by=request.user, **checked(forms.EntryForm(request.POST)))
    return found, "Logged."


def choose_parts(request: PracticeRequest, found: Appeal) -> Acted:
    pages = Document.objects.filter(encounter_id=found.claim.encounter_id)
    form = forms.PartsForm(request.POST, pages=list(pages.values_list("pk", flat=True)))
    appeal_parts.choose_parts(found, by=request.user, **checked(form))
    return found, "The packet is saved."


def let_go(request: PracticeRequest, found: Appeal) -> Acted:
    row = appeal_parts.let_go(found, by=request.user, **checked(forms.LetGoForm(request.POST)))
    return found, f"{row} is not needed." if row.not_available else f"{row} is needed again."


VERBS = {
    "ready": complete,
    "submission": submit,
    "submission-undo": undo_submission,
    "decision": decide,
    "decision-undo": undo_decision,
    "withdrawal": withdraw,
    "next-level": open_next,
    "log": log,
    "parts": choose_parts,
    "let-go": let_go,
}
