"""What was coded in how much time: one's own figures, the board of people, how it is measured."""

from django.contrib import messages
from django.forms.models import model_to_dict
from django.http import HttpResponse
from django.shortcuts import redirect, render

from coding import productivity_facts as facts
from coding.actions import quality as actions
from coding.forms import valid
from coding.forms_quality import PeriodForm, SettingsForm, WeightForm, people_of
from coding.models import CredentialRequirement, ProductivityWeight
from coding.rules.productivity import Figure, Work, figure_of
from rcm import access
from rcm.csv_export import csv_response
from rcm.http import PracticeRequest, practice_view
from rcm.models import User

HEAD = ["Person", "Charts", "Units", "Hours", "Units per hour", "Lines right", "Lines audited"]


@practice_view("coding.view")
def productivity(request: PracticeRequest) -> HttpResponse:
    """The figures of the person who looks, and nobody else's."""
    start, end = PeriodForm(request.GET).period()
    me = request.user.pk
    found = facts.figures_of(request.practice.pk, [me], start, end)
    context = {
        "form": PeriodForm(initial={"start": start, "end": end}),
        "figure": found.get(me) or figure_of(Work(), None),
        "weights": weight_rows(request),
        "idle_minutes": facts.settings_of(request.practice.pk).idle_minutes,
        "may_approve": access.may(request, "quality.approve"),
    }
    return render(request, "coding/productivity.html", context)


def weight_rows(request: PracticeRequest) -> list[tuple[str, str]]:
    """Kind of visit in words, units."""
    rows = facts.weights_of(request.practice.pk)
    care = CredentialRequirement.Care
    return [
        (
            ", ".join(
                part for part in (str(care(row.care).label), row.specialty, row.visit_type) if part
            ),
            str(row.weight),
        )
        for row in rows
    ]


@practice_view("quality.approve")
def productivity_people(request: PracticeRequest) -> HttpResponse:
    """Each person's figures with their accuracy, if the practice shows them."""
    chosen = facts.settings_of(request.practice.pk)
    start, end = PeriodForm(request.GET).period()
    rows: list[tuple[User, Figure]] = []
    if chosen.shows_board:
        people = list(people_of(request.practice))
        found = facts.figures_of(request.practice.pk, [who.pk for who in people], start, end)
        rows = [(who, found[who.pk]) for who in people if who.pk in found]
    if chosen.shows_board and request.GET.get("format") == "csv":
        return csv_response("productivity", HEAD, [cells_of(*row) for row in rows])
    context = {
        "form": PeriodForm(initial={"start": start, "end": end}),
        "rows": rows,
        "is_on": chosen.shows_board,
    }
    return render(request, "coding/productivity_people.html", context)


def cells_of(who: User, figure: Figure) -> list[object]:
    work = figure.work
    speed = "" if figure.per_hour is None else figure.per_hour
    known = figure.accuracy
    return [who, work.charts, work.units, work.hours, speed, known.right, known.total]


@practice_view("quality.approve", methods=("GET", "POST"), write="quality.approve")
def quality_settings(request: PracticeRequest) -> HttpResponse:
    """Limits, and whether people are shown."""
    posted = request.POST if request.method == "POST" else None
    initial = model_to_dict(facts.settings_of(request.practice.pk))
    form = SettingsForm(posted, initial=initial)
    if form.is_valid():
        actions.save_settings(request.practice, by=request.user, **form.cleaned_data)
        messages.success(request, "Saved.")
        return redirect("quality_settings")
    own = access.in_practice(request, ProductivityWeight.objects.all())
    context = {"form": form, "weight_form": WeightForm(), "rows": own.order_by("pk")}
    context["defaults"] = weight_rows(request)
    template = "coding/quality_settings.html"
    return render(request, template, context, status=422 if posted else 200)


@practice_view("quality.approve", methods=("POST",), write="quality.approve")
def weight_new(request: PracticeRequest) -> HttpResponse:
    """The units of a kind of visit."""
    actions.save_weight(request.practice, by=request.user, **valid(WeightForm(request.POST)))
    messages.success(request, "The weight is saved.")
    return redirect("quality_settings")


@practice_view("quality.approve", methods=("POST",), write="quality.approve")
def weight_removal(request: PracticeRequest, weight_id: int) -> HttpResponse:
    """Back to the default."""
    row = access.get(request, ProductivityWeight.objects.all(), weight_id)
    actions.remove_weight(row, by=request.user)
    return redirect("quality_settings")
