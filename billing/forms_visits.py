"""One visit keyed by hand."""

from typing import Any

from django import forms
from django.db.models import Q

from billing.actions.charge_entry import KeyedVisit
from rcm.models import Patient, Practice, Provider, ServiceLocation

NAMES_SHOWN = 8
TYPED = {"autocomplete": "off", "spellcheck": "false"}


class VisitForm(forms.Form):
    """Patient by number or name, codes in one line; provider, place and day stay for the next."""

    patient = forms.CharField(
        label="Patient",
        max_length=80,
        help_text="Number, or last name, first name",
        widget=forms.TextInput(attrs=TYPED | {"autofocus": True}),
        error_messages={"required": "Name the patient."},
    )
    served_on = forms.DateField(
        label="Date of service", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    provider = forms.ModelChoiceField(Provider.objects.none(), label="Provider")
    location = forms.ModelChoiceField(ServiceLocation.objects.none(), label="Place")
    text = forms.CharField(
        label="Codes",
        max_length=1000,
        help_text="As a coder types them: i10 e11.9 99213-25:ab j3301 x4",
        widget=forms.TextInput(attrs=TYPED),
        error_messages={"required": "Type the codes."},
    )
    authorization_number = forms.CharField(
        label="Authorization", max_length=30, required=False, widget=forms.TextInput(attrs=TYPED)
    )

    def __init__(self, *args: Any, practice: Practice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.practice = practice
        self.candidates: list[Patient] = []
        providers = Provider.objects.filter(practice=practice)
        places = ServiceLocation.objects.filter(practice=practice)
        fields: Any = self.fields
        fields["provider"].queryset = providers.order_by("last_name", "first_name", "pk")
        fields["location"].queryset = places.order_by("name", "pk")

    def clean_patient(self) -> Patient:
        """The one patient meant. Several of a name are kept in `candidates` to choose from."""
        text = self.cleaned_data["patient"].strip()
        last, _, first = (part.strip() for part in text.partition(","))
        rows = Patient.objects.filter(practice=self.practice)
        found = rows.filter(mrn__iexact=text).first()
        if found is not None:
            return found
        named = rows.filter(
            Q(last_name__istartswith=last), Q(first_name__istartswith=first)
        ).order_by("last_name", "first_name", "pk")
        self.candidates = list(named[:NAMES_SHOWN])
        if not self.candidates:
            raise forms.ValidationError("No patient has this number or name.")
        if len(self.candidates) > 1:
            raise forms.ValidationError("Several patients have this name: give the number.")
        return self.candidates.pop()

    @property
    def visit(self) -> KeyedVisit:
        return KeyedVisit(**self.cleaned_data)

    @property
    def kept(self) -> dict[str, Any]:
        """What the next visit of the pile has in common with this one."""
        given = self.cleaned_data
        return {
            "served_on": given["served_on"].isoformat(),
            "provider": given["provider"].pk,
            "location": given["location"].pk,
        }
