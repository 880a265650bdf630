"""The denial worklist's forms: its filters, all in the address, and what bulk verbs ask."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.http import urlencode

from denials.deadline_pages import LEFT
from denials.forms import AssignForm, PendForm, RecategorizeForm, WriteOffForm
from denials.rules.triage import CAUSES, QUEUES
from rcm.models import User

MINE, NOBODYS = "me", "none"
BIGGEST_ID = 2**63 - 1
SORTS = ("due", "-due", "amount", "-amount", "denied", "-denied", "best")


def any_of(choices: Mapping[str, str], every: str) -> list[tuple[str, str]]:
    return [("", every), *choices.items()]


def a_day(label: str) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(required=False, label=label, widget=widget)


def dollars(label: str) -> forms.DecimalField:
    return forms.DecimalField(
        required=False, label=label, min_value=Decimal(0), max_digits=12, decimal_places=2
    )


class WorklistFilters(forms.Form):
    """Filters of the worklist. One that cannot be read is none."""

    q = forms.CharField(required=False, max_length=60, label="Search")
    category = forms.ChoiceField(required=False, choices=any_of(CAUSES, "Any cause"), label="Cause")
    payer = forms.CharField(required=False, max_length=80, label="Payer", widget=forms.Select)
    reason = forms.CharField(required=False, max_length=10, label="Reason (CARC)")
    group_code = forms.ChoiceField(
        required=False,
        label="Group code",
        choices=[("", "Any group"), *((code, code) for code in ("CO", "PR", "OA", "PI"))],
    )
    queue = forms.ChoiceField(required=False, choices=any_of(QUEUES, "Any team"), label="Team")
    owner = forms.CharField(required=False, max_length=19, label="Owner", widget=forms.Select)
    provider = forms.IntegerField(
        required=False, min_value=1, max_value=BIGGEST_ID, label="Provider", widget=forms.Select
    )
    left = forms.ChoiceField(
        required=False,
        label="Days left",
        choices=[("", "Any time left"), *((str(n), f"{n} days or less") for n in LEFT)],
    )
    amount_from = dollars("From $")
    amount_to = dollars("To $")
    served_from = a_day("Service from")
    served_to = a_day("Service to")
    denied_from = a_day("Denied from")
    denied_to = a_day("Denied to")
    approval = forms.BooleanField(required=False)
    missed = forms.BooleanField(required=False)
    gap = forms.BooleanField(required=False)
    sort = forms.ChoiceField(required=False, choices=[(name, name) for name in SORTS])

    def clean_owner(self) -> str:
        owner: str = self.cleaned_data["owner"]
        known = owner in ("", MINE, NOBODYS) or (owner.isascii() and owner.isdecimal())
        if not known or (owner.isdecimal() and int(owner) > BIGGEST_ID):
            raise forms.ValidationError("Nobody is called so.")
        return owner

    @property
    def asked(self) -> dict[str, Any]:
        """The filters that are set and can be read."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def offer(self, name: str, everything: str, choices: list[tuple[Any, str]]) -> None:
        """What the select of a field shows."""
        widget: Any = self.fields[name].widget
        widget.choices = [("", everything), *choices]


# What of an address says which list it is.
LIST_KEYS = ("state", *WorklistFilters.base_fields)


def list_query(data: Mapping[str, Any]) -> str:
    """The part of an address that names a list."""
    return urlencode({key: str(data[key])[:80] for key in LIST_KEYS if data.get(key)})


BULK_FORMS: Mapping[str, type[forms.Form]] = {
    "assign": AssignForm,
    "pend": PendForm,
    "write-off": WriteOffForm,
    "recategorize": RecategorizeForm,
}


def bulk_form(verb: str, data: Any, people: list[User]) -> forms.Form | None:
    """The form of what a verb needs, None when it needs nothing."""
    kind = BULK_FORMS.get(verb)
    if kind is None:
        return None
    form = kind(data)
    if verb == "assign":
        widget: Any = form.fields["person"].widget
        widget.choices = [("", "Nobody"), *((each.pk, str(each)) for each in people)]
    return form
