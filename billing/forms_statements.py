"""Forms of statements and of how a practice deals with accounts."""

from decimal import Decimal
from typing import Any, ClassVar

from django import forms

from billing.models import AccountSettings


class AccountSettingsForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable when run
    """What holds for the accounts of a practice."""

    # A whole row of the page each.
    wide_fields = ("message", "remit_to", "is_on")

    class Meta:
        model = AccountSettings
        fields: ClassVar[list[str]] = [
            *("is_on", "minimum", "interval_days", "due_days", "missed_installments"),
            *("inquiry_days", "collections_statements", "collections_days", "collections_limit"),
            *("remit_to", "message"),
        ]
        labels: ClassVar[dict[str, str]] = {
            "is_on": "Make statements every night",
            "minimum": "No statement below, $",
            "interval_days": "Days between statements",
            "due_days": "Days to pay",
            "missed_installments": "Missed instalments to default",
            "inquiry_days": "Business days to answer a question",
            "collections_statements": "Statements before collections",
            "collections_days": "Days to collections",
            "collections_limit": "Approve collections above, $",
            "remit_to": "Address checks are sent to",
            "message": "Message on every statement",
        }
        widgets: ClassVar[dict[str, Any]] = {
            "remit_to": forms.Textarea({"rows": 4}),
            "message": forms.Textarea({"rows": 3}),
        }

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        for name in ("minimum", "interval_days", "due_days", "missed_installments", "inquiry_days"):
            self.fields[name].validators.append(at_least_one)


def at_least_one(value: Decimal) -> None:
    """Raises ValidationError below 1."""
    if value < 1:
        raise forms.ValidationError("At least 1.")
