"""Forms of patients' accounts."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone

from billing.forms_money import DollarField
from billing.models import AccountFlag, AccountInquiry, AccountMessage, PatientPayment
from billing.rules.plans import MOST, month_after
from rcm.errors import Refusal
from rcm.money import read_dollars

NEW_MONEY = [
    (value, label)
    for value, label in PatientPayment.Method.choices
    if value != PatientPayment.Method.PREPAYMENT
]


def new_key() -> str:
    """The key a page puts into its form: pressed twice, the form acts once."""
    return f"page:{uuid4()}"


class KeyForm(forms.Form):
    """What makes a form act once."""

    key = forms.CharField(max_length=60, widget=forms.HiddenInput)


class PaymentForm(KeyForm):
    """Money a patient handed over."""

    amount = DollarField(label="Amount", error_messages={"required": "Type the amount."})
    method = forms.ChoiceField(label="Paid by", choices=NEW_MONEY)
    reference = forms.CharField(
        label="Check number or card reference",
        max_length=50,
        required=False,
        help_text="Never the number of a card.",
    )
    paid_on = forms.DateField(label="Paid on", widget=forms.DateInput({"type": "date"}))

    @classmethod
    def fresh(cls) -> "PaymentForm":
        return cls(initial={"key": new_key(), "paid_on": timezone.localdate().isoformat()})


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label="Reason", max_length=300, error_messages={"required": "Say why."}
    )


class PrepaidRefundForm(KeyForm, ReasonForm):
    """Prepaid money the patient wants back."""

    amount = DollarField(label="Amount", error_messages={"required": "Type the amount."})


class PlanForm(forms.Form):
    """A plan over what is owed."""

    amount = DollarField(label="Amount", error_messages={"required": "Type the amount."})
    count = forms.IntegerField(label="Monthly instalments", min_value=1, max_value=MOST)
    first_on = forms.DateField(label="First due on", widget=forms.DateInput({"type": "date"}))

    @classmethod
    def fresh(cls, owed: Decimal | int) -> "PlanForm":
        first = month_after(timezone.localdate(), 1)
        amount = f"{owed:.2f}" if owed else ""
        return cls(initial={"amount": amount, "count": 3, "first_on": first.isoformat()})


class InquiryForm(forms.Form):
    """What a patient asks or disputes."""

    kind = forms.ChoiceField(choices=AccountInquiry.Kind.choices)
    text = forms.CharField(max_length=2_000, error_messages={"required": "Write something."})


class MessageForm(forms.Form):
    """One message of a thread."""

    author = forms.ChoiceField(choices=AccountMessage.Author.choices)
    text = forms.CharField(max_length=2_000, error_messages={"required": "Write something."})


class FlagForm(ReasonForm):
    """A stop on an account; collections with the day of a written notice."""

    kind = forms.ChoiceField(choices=AccountFlag.Kind.choices)
    notice_on = forms.DateField(required=False)


def read_parts(fields: Any, visits: Iterable[int]) -> dict[int, Decimal] | None:
    """Visit -> dollars as typed beside it; None when the form names no visit.

    Raises Refusal for what is no amount.
    """
    names = {visit: f"part_{visit}" for visit in visits}
    if not any(name in fields for name in names.values()):
        return None
    parts = {}
    for visit, name in names.items():
        text = fields.get(name, "").strip()
        try:
            parts[visit] = read_dollars(text) if text else Decimal(0)
        except ValueError:
            message = "Type dollars, such as 1,000.00, or nothing."
            raise Refusal("allocation_wrong", message, fields={name: message}) from None
    return parts
