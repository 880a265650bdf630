"""What the coder types, checked field by field before any action sees it."""

from decimal import Decimal
from typing import Any

from django import forms

from coding.rules.pointers import (
    EntryError,
    parse_modifiers,
    parse_pointers,
    parse_units,
)
from rcm.errors import Refusal

SKIP_REASONS = [
    ("specialty", "Not my specialty"),
    ("unclear", "Note is unclear"),
    ("long", "Needs more time"),
    ("other", "Another reason"),
]
HOLD_REASONS = [
    "Waiting for the provider's signature",
    "Waiting for a result or report",
    "Waiting for an answer from the provider",
    "Coverage has to be checked",
]


class VersionForm(forms.Form):
    """Every change names the version of the chart it was made on."""

    version = forms.IntegerField(min_value=1, required=False)


class AddForm(VersionForm):
    text = forms.CharField(max_length=200, required=False)
    evidence = forms.CharField(max_length=500, required=False)


class RejectionForm(VersionForm):
    reason = forms.CharField(max_length=200, required=False)


class LineForm(VersionForm):
    """One service line. Text comes in as typed and leaves as the action wants it."""

    modifiers = forms.CharField(max_length=20, required=False)
    pointers = forms.CharField(max_length=12, required=False)
    units = forms.CharField(max_length=9)

    def clean_modifiers(self) -> tuple[str, ...]:
        return read(parse_modifiers, self.cleaned_data["modifiers"])

    def clean_pointers(self) -> tuple[int, ...]:
        return read(parse_pointers, self.cleaned_data["pointers"])

    def __init__(self, *args: Any, procedure_code: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        self.procedure_code = procedure_code

    def clean_units(self) -> Decimal:
        return read(lambda text: parse_units(text, self.procedure_code), self.cleaned_data["units"])


class LevelForm(forms.Form):
    """Levels of an office visit, 0 to 4; an empty one is the note's own."""

    problems = forms.IntegerField(min_value=0, max_value=4, required=False)
    reviewed = forms.IntegerField(min_value=0, max_value=4, required=False)
    risk = forms.IntegerField(min_value=0, max_value=4, required=False)


class BundleForm(forms.Form):
    name = forms.CharField(max_length=40)
    entries = forms.CharField(max_length=200, label="Codes")
    is_shared = forms.BooleanField(required=False, label="For everybody in the practice")


class OrderForm(VersionForm):
    diagnosis = forms.IntegerField()
    to = forms.IntegerField()


class FixForm(VersionForm):
    key = forms.CharField(max_length=60)


class OverrideForm(VersionForm):
    key = forms.CharField(max_length=60)
    reason = forms.CharField(max_length=300)


class SkipForm(forms.Form):
    reason = forms.ChoiceField(choices=SKIP_REASONS)


class HoldForm(forms.Form):
    reason = forms.CharField(
        max_length=200,
        widget=forms.TextInput(attrs={"list": "hold-reasons", "autocomplete": "off"}),
        label="What it waits for",
    )
    until = forms.DateField(
        required=False,
        label="Comes back on",
        widget=forms.DateInput(attrs={"type": "date"}),
    )


def read(parse: Any, text: str) -> Any:
    """A parser of coding.rules as a form check."""
    try:
        return parse(text)
    except EntryError as error:
        raise forms.ValidationError(str(error)) from error


def valid(form: forms.BaseForm) -> dict[str, Any]:
    """The checked fields. Raises Refusal 422 with the first message and all fields."""
    if form.is_valid():
        return form.cleaned_data
    fields = {name: str(errors[0]) for name, errors in form.errors.items()}
    raise Refusal("form_not_valid", next(iter(fields.values())), fields=fields)
