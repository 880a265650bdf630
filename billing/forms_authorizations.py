"""Forms of authorizations and of what payers want authorized."""

from typing import Any

from django import forms

from payers.models import Authorization, Coverage, Payer
from rcm.models import Patient, Practice, Provider


class AuthorizationForm(forms.Form):
    """The terms of one authorization of a patient's policy."""

    wide_fields = ("coverage", "note")

    coverage = forms.ModelChoiceField(
        Coverage.objects.none(),
        label="Policy",
        empty_label="Choose…",
        error_messages={"required": "Choose the policy."},
    )
    number = forms.CharField(max_length=30, required=False, help_text="Empty while requested.")
    state = forms.ChoiceField(choices=Authorization.State.choices, initial="approved")
    quantity = forms.DecimalField(max_digits=8, decimal_places=2, label="Approved")
    counts = forms.ChoiceField(choices=Authorization.Counts.choices, label="Units or visits")
    codes = forms.CharField(
        max_length=300, required=False, help_text="97110-97140 97530; empty: any procedure."
    )
    starts_on = forms.DateField(label="From", widget=forms.DateInput({"type": "date"}))
    ends_on = forms.DateField(label="To", widget=forms.DateInput({"type": "date"}), required=False)
    provider = forms.ModelChoiceField(
        Provider.objects.none(), required=False, empty_label="Any provider"
    )
    note = forms.CharField(max_length=300, required=False)

    def __init__(self, *args: Any, practice: Practice, patient: Patient, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        policies = Coverage.objects.filter(practice=practice, patient=patient)
        fields["coverage"].queryset = policies.select_related("payer").order_by("rank", "pk")
        fields["coverage"].label_from_instance = policy_label
        providers = Provider.objects.filter(practice=practice)
        fields["provider"].queryset = providers.order_by("last_name", "first_name", "pk")


def policy_label(coverage: Coverage) -> str:
    return (
        f"{coverage.payer.short_name} {coverage.member_id}, {coverage.get_rank_display().lower()}"
    )


class AuthorizationRuleForm(forms.Form):
    """From a day on a payer wants an authorization for these codes."""

    payer = forms.ModelChoiceField(
        Payer.objects.none(),
        empty_label="Choose…",
        error_messages={"required": "Choose the payer."},
    )
    codes = forms.CharField(max_length=300, help_text="70551-70553 J0585")
    starts_on = forms.DateField(label="From", widget=forms.DateInput({"type": "date"}))
    note = forms.CharField(max_length=200, required=False)

    def __init__(self, *args: Any, practice: Practice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        payers = Payer.objects.filter(practice=practice).order_by("name", "pk")
        self.fields["payer"].queryset = payers  # type: ignore[attr-defined]  # a ModelChoiceField


class LastDayForm(forms.Form):
    """The last day a rule holds."""

    ends_on = forms.DateField(label="Last day", widget=forms.DateInput({"type": "date"}))
