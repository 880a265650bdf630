"""The form of a good-faith estimate."""

from typing import Any

from django import forms

from billing.estimate_content import Planned
from rcm.models import Practice, Provider

PLACES = (("11", "Office"), ("10", "At home, by video"), ("22", "Hospital, outpatient"))


class EstimateForm(forms.Form):
    """What is planned for a patient."""

    # A whole row of the page each.
    wide_fields = ("services",)

    planned_on = forms.DateField(label="Planned for", widget=forms.DateInput({"type": "date"}))
    provider = forms.ModelChoiceField(
        Provider.objects.none(), label="Provider", empty_label="Choose…"
    )
    services = forms.CharField(
        label="Services",
        max_length=2_000,
        widget=forms.Textarea({"rows": 4}),
        help_text="One on a line: 99214, 99214-25 or J3301 x4.",
        error_messages={"required": "Type at least one code."},
    )
    diagnoses = forms.CharField(label="Diagnosis codes", max_length=200, required=False)
    place_of_service = forms.ChoiceField(label="Where", choices=PLACES)
    is_self_pay = forms.BooleanField(
        label="The patient pays alone", required=False, help_text="Else: what the payer allows."
    )

    def __init__(self, *args: Any, practice: Practice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        providers = Provider.objects.filter(practice=practice).order_by("last_name", "pk")
        self.fields["provider"].queryset = providers  # type: ignore[attr-defined]  # a ModelChoiceField

    @property
    def plan(self) -> Planned:
        return Planned(**self.cleaned_data)
