"""Forms of provider adjustments, unapplied money, credits and refunds."""

from decimal import Decimal
from typing import Any

from django import forms
from django.forms.utils import ErrorDict

from billing.models import Refund
from rcm.errors import Refusal
from rcm.money import read_dollars


class DollarField(forms.CharField):
    """An amount above zero as people type it, thousands commas allowed, no sign."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=20, **options)
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    def clean(self, value: Any) -> Decimal | None:  # type: ignore[override]  # text in, dollars out
        text = super().clean(value)
        if not text:
            return None
        try:
            amount = read_dollars(text)
        except ValueError:
            raise forms.ValidationError("Type dollars above zero, such as 1,000.00.") from None
        if not amount:
            raise forms.ValidationError("Type dollars above zero, such as 1,000.00.")
        return amount


class OffsetLinkForm(forms.Form):
    """The entry that closes this one; all that is open of both unless an amount is typed."""

    other = forms.IntegerField(
        label="Closed by",
        min_value=1,
        max_value=2**63 - 1,
        error_messages={"required": "Choose the other entry."},
    )
    amount = DollarField(label="Amount", required=False)


class AssignForm(forms.Form):
    """Whose work it is."""

    person = forms.IntegerField(
        label="Owner",
        min_value=1,
        max_value=2**63 - 1,
        error_messages={"required": "Choose a person."},
    )


class RefundForm(forms.Form):
    """A credit given back, or used for another claim of the same party."""

    kind = forms.ChoiceField(choices=Refund.Kind.choices)
    amount = DollarField(label="Amount", error_messages={"required": "Type the amount."})
    reason = forms.CharField(
        label="Reason", max_length=300, error_messages={"required": "Say why."}
    )
    target = forms.CharField(label="Claim it is used for", max_length=20, required=False)


class PaidForm(forms.Form):
    """What proves the payment."""

    reference = forms.CharField(label="Check or reference", max_length=50, required=False)
    paid_on = forms.DateField(
        label="Paid on", widget=forms.DateInput({"type": "date"}), required=False
    )


class DecisionForm(forms.Form):
    """Why it is declined; nothing is needed to approve."""

    note = forms.CharField(label="Note", max_length=300, required=False)


def checked(form: forms.Form) -> dict[str, Any]:
    """The form's values. Raises Refusal naming the first field that is wrong."""
    if form.is_valid():
        return form.cleaned_data
    errors: ErrorDict = form.errors
    name, messages = next(iter(errors.items()))
    message = str(messages[0])
    raise Refusal("form_invalid", message, fields={name: message})
