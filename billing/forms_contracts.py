"""Forms of payers' plans and contracts, and of the Medicare locality."""

from typing import Any

from django import forms

from payers.models import FeeSchedule, Payer, PayerContract, Plan
from rcm.models import Practice

DAYS: dict[str, Any] = {
    "min_value": 1,
    "max_value": 3650,
    "required": False,
    "help_text": "Empty: as the payer has it.",
}


class OfPractice(forms.Form):
    """Offers the payers, plans and schedules of one practice."""

    def __init__(self, *args: Any, practice: Practice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offers: dict[str, Any] = {
            "payer": Payer.objects.filter(practice=practice).order_by("name", "pk"),
            "plan": Plan.objects.filter(practice=practice).order_by("payer__name", "name", "pk"),
            "schedule": FeeSchedule.objects.filter(practice=practice).order_by("name", "pk"),
        }
        fields: Any = self.fields
        for name in offers.keys() & fields.keys():
            fields[name].queryset = offers[name]
        if "plan" in fields:
            fields["plan"].label_from_instance = lambda plan: f"{plan.payer.short_name}: {plan}"
            fields["plan"].queryset = offers["plan"].select_related("payer")


class PlanForm(OfPractice):
    """One plan of a payer; what is empty is as the payer has it."""

    payer = forms.ModelChoiceField(Payer.objects.none(), empty_label="Choose…")
    name = forms.CharField(max_length=60)
    group_pattern = forms.CharField(
        max_length=60,
        required=False,
        label="Group number pattern",
        help_text="A regular expression, such as 7[0-9]{5}.",
    )
    filing_indicator = forms.CharField(max_length=2, required=False, label="Filing indicator")
    timely_filing_days = forms.IntegerField(**DAYS)
    corrected_claim_days = forms.IntegerField(**DAYS)
    requires_referral = forms.BooleanField(required=False)
    starts_on = forms.DateField(label="From", widget=forms.DateInput({"type": "date"}))
    ends_on = forms.DateField(label="To", widget=forms.DateInput({"type": "date"}), required=False)


class ContractForm(OfPractice):
    """What a payer pays from a day on."""

    # A whole row of the page each.
    wide_fields = ("note", "coverage")

    payer = forms.ModelChoiceField(Payer.objects.none(), empty_label="Choose…")
    plan = forms.ModelChoiceField(Plan.objects.none(), required=False, empty_label="All plans")
    name = forms.CharField(max_length=60)
    method = forms.ChoiceField(choices=PayerContract.Method.choices)
    percent = forms.DecimalField(
        max_digits=6, decimal_places=2, min_value=0, required=False, help_text="120 means 120%."
    )
    schedule = forms.ModelChoiceField(
        FeeSchedule.objects.none(), required=False, empty_label="None"
    )
    reduces_multiple = forms.BooleanField(
        required=False, initial=True, label="Reduces further procedures of a day"
    )
    reduces_bilateral = forms.BooleanField(
        required=False, initial=True, label="Pays both sides 150%"
    )
    pays_lesser = forms.BooleanField(
        required=False, initial=True, label="Pays the charge where it is less"
    )
    timely_filing_days = forms.IntegerField(**DAYS)
    corrected_claim_days = forms.IntegerField(**DAYS)
    starts_on = forms.DateField(label="From", widget=forms.DateInput({"type": "date"}))
    ends_on = forms.DateField(label="To", widget=forms.DateInput({"type": "date"}), required=False)


class LocalityForm(forms.Form):
    """The contractor's number and its locality, as in the GPCI file."""

    contractor = forms.RegexField(r"\A[0-9]{5}\Z", error_messages={"invalid": "Five digits."})
    locality = forms.RegexField(r"\A[0-9]{2}\Z", error_messages={"invalid": "Two digits."})
