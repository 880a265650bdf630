"""Forms of charge review: a price, a policy, a note, a number of charts."""

from typing import Any

from django import forms

from billing.models import ChargeReview
from coding.models import Encounter
from payers.models import Authorization, Coverage
from rcm import access
from rcm.models import Membership, Practice


class PriceForm(forms.Form):
    """Dollars for one unit of a procedure, from the visit's day on."""

    procedure_code = forms.CharField(max_length=5)
    modifier = forms.CharField(max_length=2, required=False)
    amount = forms.DecimalField(
        max_digits=10,
        decimal_places=2,
        error_messages={"required": "Give the price of one unit.", "invalid": "Give dollars."},
    )


class CoverageForm(forms.Form):
    """The policy that pays for a visit: one of the patient's."""

    coverage = forms.ModelChoiceField(
        Coverage.objects.none(), error_messages={"required": "Choose a policy."}
    )

    def __init__(self, *args: Any, review: ChargeReview, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        visit = review.encounter
        field: Any = self.fields["coverage"]
        field.queryset = Coverage.objects.filter(
            practice_id=visit.practice_id, patient=visit.patient_id
        )


class NamedAuthorizationForm(forms.Form):
    """The authorization a visit names: one of the patient with the visit's payer."""

    authorization = forms.ModelChoiceField(
        Authorization.objects.none(), error_messages={"required": "Choose an authorization."}
    )

    def __init__(self, *args: Any, review: ChargeReview, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["authorization"]
        field.queryset = authorizations_of(review.encounter)


def authorizations_of(visit: Encounter) -> Any:
    """What the visit may name, the newest first."""
    if visit.coverage is None:
        return Authorization.objects.none()
    rows = Authorization.objects.filter(
        practice_id=visit.practice_id,
        patient=visit.patient_id,
        coverage__payer=visit.coverage.payer_id,
    )
    return rows.exclude(number="").select_related("coverage").order_by("-starts_on", "-pk")


class NoteForm(forms.Form):
    """Why a visit is right as it is, or what the coder should look at."""

    note = forms.CharField(max_length=300, required=False)


class CoderForm(forms.Form):
    """So many of a coder's next charts are looked at."""

    coder = forms.ModelChoiceField(Membership.objects.none())
    count = forms.IntegerField(min_value=0, max_value=1000)

    def __init__(self, *args: Any, practice: Practice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["coder"]
        field.queryset = coders_of(practice)


def coders_of(practice: Practice) -> Any:
    """Memberships of people who code."""
    rows = Membership.objects.filter(practice=practice, role__in=access.roles_with("coding.work"))
    return rows.select_related("user").order_by("user__last_name", "user__first_name", "pk")
