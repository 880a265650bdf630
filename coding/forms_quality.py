"""Forms of credentials, audits and productivity."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone

from coding.credential_page import CODING_ROLES
from coding.models import Credential, CredentialRequirement
from rcm.models import Membership, Practice, User


def day_field(label: str, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}), **more)


def people_of(practice: Practice, *roles: str) -> Any:
    """The people of these roles in a practice, by name."""
    members = Membership.objects.filter(practice=practice, role__in=roles or CODING_ROLES)
    found = User.objects.filter(pk__in=members.values("user"))
    return found.order_by("last_name", "first_name", "pk")


class CredentialForm(forms.Form):
    """One certificate of a person; the person of an old one stays."""

    person = forms.ModelChoiceField(User.objects.none(), label="Person")
    kind = forms.ChoiceField(choices=Credential.Kind.choices, label="Credential")
    other_name = forms.CharField(max_length=40, required=False, label="Name, when it is another")
    number = forms.CharField(max_length=30, label="Number")
    issued_on = day_field("Issued on")
    expires_on = day_field("Expires on", required=False)
    ceus_earned = forms.DecimalField(
        min_value=0, max_digits=5, decimal_places=2, initial=0, label="CEUs earned in this cycle"
    )
    ceus_required = forms.DecimalField(
        min_value=0, max_digits=5, decimal_places=2, initial=0, label="CEUs required in this cycle"
    )

    def __init__(self, *args: Any, practice: Practice, old: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person: Any = self.fields["person"]
        person.queryset = people_of(practice)
        if old is not None:
            del self.fields["person"]


class RequirementForm(forms.Form):
    """Kinds of credentials, any of which opens these visits."""

    care = forms.ChoiceField(
        choices=CredentialRequirement.Care.choices, required=False, label="Visits"
    )
    specialty = forms.CharField(max_length=40, required=False, label="Specialty")
    visit_type = forms.CharField(max_length=40, required=False, label="Visit type")
    kinds = forms.MultipleChoiceField(
        choices=Credential.Kind.choices,
        label="Any of",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one credential."},
    )


class PeriodForm(forms.Form):
    """First and last day; what cannot be read is the last 30 days."""

    start = day_field("From", required=False)
    end = day_field("To", required=False)

    def period(self, days: int = 30) -> tuple[date, date]:
        """The days asked for, in order."""
        today = timezone.localdate()
        asked = self.cleaned_data if self.is_valid() else {}
        end = asked.get("end") or today
        start = asked.get("start") or end - timedelta(days=days - 1)
        return min(start, end), max(start, end)


class SettingsForm(forms.Form):
    """How coding is measured here."""

    idle_minutes = forms.IntegerField(
        min_value=1, max_value=240, label="A pause is not counted after (minutes)"
    )
    high_charge = forms.DecimalField(
        min_value=Decimal("0.01"),
        max_digits=10,
        decimal_places=2,
        label="A high charge is from (dollars)",
    )
    target_percent = forms.DecimalField(
        min_value=0, max_value=100, max_digits=5, decimal_places=2, label="Target accuracy (%)"
    )
    shows_board = forms.BooleanField(
        required=False, label="Managers see the figures of each person"
    )


class WeightForm(forms.Form):
    """The units of a kind of visit."""

    care = forms.ChoiceField(
        choices=CredentialRequirement.Care.choices, required=False, label="Visits"
    )
    specialty = forms.CharField(max_length=40, required=False, label="Specialty")
    visit_type = forms.CharField(max_length=40, required=False, label="Visit type")
    weight = forms.DecimalField(
        min_value=Decimal("0.01"), max_digits=5, decimal_places=2, label="Units"
    )
