"""Forms of denial verbs."""

from typing import Any

from django import forms

from denials.rules.triage import CAUSES, QUEUES, UNKNOWN, code_of, is_reason
from denials.rules.write_offs import OTHER, REASONS
from payers.models import Payer
from rcm.models import Practice

CAUSE_CHOICES = [(key, label) for key, label in CAUSES.items() if key != UNKNOWN]
QUEUE_CHOICES = list(QUEUES.items())


class WriteOffForm(forms.Form):
    """Why the money is given up: a reason of the list, or words."""

    reason = forms.ChoiceField(
        label="Reason", required=False, choices=[("", "Choose…"), *REASONS.items()]
    )
    note = forms.CharField(label="In words", max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = self.cleaned_data
        if not given.get("reason") and "reason" not in self.errors:
            if not given.get("note", "").strip():
                raise forms.ValidationError({"reason": "This field is required."})
            given["reason"] = OTHER
        return given


class AssignForm(forms.Form):
    """Whose work it is; nobody's without a person."""

    person = forms.IntegerField(
        label="Person", required=False, min_value=1, max_value=2**63 - 1, widget=forms.Select
    )


class PendForm(forms.Form):
    """Until when it rests, and why."""

    until = forms.DateField(
        label="Until", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(label="Reason", max_length=200)


class UpholdForm(forms.Form):
    """The coder's reasoning for keeping the codes."""

    answer = forms.CharField(
        label="Why the coding stands", widget=forms.Textarea(attrs={"rows": 4}), max_length=2000
    )


class RecategorizeForm(forms.Form):
    """Another cause for one denial, and why."""

    category = forms.ChoiceField(label="Cause", choices=CAUSE_CHOICES)
    owner_queue = forms.ChoiceField(label="Who works it", choices=QUEUE_CHOICES)
    reason = forms.CharField(label="Reason", max_length=300)


class CauseForm(forms.Form):
    """What a code means from now on."""

    reason = forms.CharField(label="Reason (CARC)", max_length=10)
    group = forms.ChoiceField(
        required=False,
        choices=[("", "Any group"), *((code, code) for code in ("CO", "PR", "OA", "PI"))],
    )
    remark = forms.CharField(
        label="Remark (RARC)", max_length=10, required=False, help_text="Empty: with or without."
    )
    payer = forms.ModelChoiceField(Payer.objects.none(), required=False, empty_label="All payers")
    category = forms.ChoiceField(label="Cause", choices=CAUSE_CHOICES)
    owner_queue = forms.ChoiceField(label="Who works it", choices=QUEUE_CHOICES)
    note = forms.CharField(label="Why", max_length=300, required=False)

    def __init__(self, *args: Any, practice: Practice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        payers = Payer.objects.filter(practice=practice).order_by("name", "pk")
        self.fields["payer"].queryset = payers  # type: ignore[attr-defined]  # a ModelChoiceField

    def clean_reason(self) -> str:
        reason = code_of(self.cleaned_data["reason"])
        if not is_reason(reason):
            raise forms.ValidationError("Give one reason code, like 197 or B7.")
        return reason

    def clean_remark(self) -> str:
        return str(self.cleaned_data["remark"]).strip().upper()
