"""Forms of a payer's own windows for corrections and appeals."""

from typing import Any

from django import forms

from denials.models import AppealLevel
from denials.rules.deadlines import EXTERNAL_LEVEL, AppealStep
from payers.models import Payer, Plan
from rcm.models import Practice

# What the form asks for; more levels come through no payer but Medicare, whose law is built in.
LEVELS = ((1, "Level 1"), (2, "Level 2"), (3, "Level 3"), (EXTERNAL_LEVEL, "External review"))


class AppealTermsForm(forms.Form):
    """The payer, its days, and the windows of its levels; what is empty is not said."""

    payer = forms.ModelChoiceField(Payer.objects.none(), empty_label="Choose…")
    plan = forms.ModelChoiceField(Plan.objects.none(), required=False, empty_label="All plans")
    starts_on = forms.DateField(label="From", widget=forms.DateInput({"type": "date"}))
    ends_on = forms.DateField(label="To", widget=forms.DateInput({"type": "date"}), required=False)
    corrected_claim_days = forms.IntegerField(
        min_value=1,
        max_value=3650,
        required=False,
        label="Days to a corrected claim",
        help_text="After the remittance. Empty: as contract, plan and payer have it.",
    )
    # A whole row of the page each.
    wide_fields = ("note",)
    note = forms.CharField(max_length=200, required=False, help_text="Where the payer says so.")

    def __init__(self, *args: Any, practice: Practice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["payer"].queryset = Payer.objects.filter(practice=practice).order_by("name", "pk")
        fields["plan"].queryset = (
            Plan.objects.filter(practice=practice)
            .select_related("payer")
            .order_by("payer__name", "name", "pk")
        )
        fields["plan"].label_from_instance = lambda plan: f"{plan.payer.short_name}: {plan}"
        for level, label in LEVELS:
            fields[f"days_{level}"] = forms.IntegerField(
                min_value=1, max_value=3650, required=False, label=f"{label}: days"
            )
            fields[f"kind_{level}"] = forms.ChoiceField(
                choices=AppealLevel.DayKind.choices, required=False, label=f"{label}: counted in"
            )
            fields[f"receipt_{level}"] = forms.IntegerField(
                min_value=0,
                max_value=30,
                required=False,
                label=f"{label}: days until receipt is presumed",
            )

    def terms(self) -> dict[str, Any]:
        """What denials.actions.appeal_terms.add_terms takes, the payer among it."""
        given = self.cleaned_data
        named = ("payer", "plan", "starts_on", "ends_on", "corrected_claim_days", "note")
        steps = [
            AppealStep(
                level,
                given[f"days_{level}"],
                given[f"kind_{level}"] or AppealLevel.DayKind.CALENDAR,
                given[f"receipt_{level}"] or 0,
            )
            for level, _ in LEVELS
            if given[f"days_{level}"]
        ]
        return {name: given[name] for name in named} | {"steps": steps}


class EndTermsForm(forms.Form):
    """The last day of the terms."""

    ends_on = forms.DateField(label="Last day", widget=forms.DateInput({"type": "date"}))
