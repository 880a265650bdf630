"""Forms of write-offs that wait for approval, and of the limits."""

from decimal import Decimal

from django import forms

from rcm import access


class DecisionForm(forms.Form):
    """Why it is approved or declined."""

    note = forms.CharField(label="Note", max_length=300, required=False)


class LimitForm(forms.Form):
    """What a role may write off alone; empty is any amount."""

    role = forms.ChoiceField(
        label="Role", choices=[(role, role) for role in access.roles_with("denials.work")]
    )
    amount = forms.DecimalField(
        label="Limit", required=False, min_value=Decimal(0), max_digits=12, decimal_places=2
    )
