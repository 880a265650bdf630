"""A visit keyed by hand is coded by the same edits as a chart and goes the same way."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing.actions.charge_entry import KeyedVisit, enter_visit
from billing.actions.claims import draft_ready_claims
from billing.models import Claim
from coding.models import Encounter
from rcm.errors import Refusal
from rcm.models import Event, Patient, Practice, User
from tests import make
from tests.billing.reviewing import review_of

D = Decimal


@pytest.fixture
def denise(north: Practice) -> Patient:
    """A covered patient, two codes in force, and the price of a visit."""
    patient = make.patient(north)
    make.coverage(patient)
    make.code("icd10cm", "I10", "Essential hypertension")
    make.code("procedure", "99213", "Established visit, low")
    make.code("procedure", "J1885", "Ketorolac, 15 mg")
    make.fees(north, **{"99213": "165.00", "J1885": "6.00"})
    return patient


def keyed(north: Practice, patient: Patient, text: str = "i10 99213", **changes: Any) -> KeyedVisit:
    fields: dict[str, Any] = {
        "patient": patient,
        "provider": make.provider(north),
        "location": make.location(north),
        "served_on": make.SERVED_ON,
        "text": text,
    }
    return KeyedVisit(**fields | changes)


def test_a_keyed_visit_becomes_a_claim(north: Practice, denise: Patient, ben: User) -> None:
    visit = enter_visit(north, keyed(north, denise, authorization_number=" A1 "), by=ben)
    assert (visit.state, visit.number) == ("finalized", f"K{visit.pk}")
    charge = visit.charges.get()
    assert (charge.amount_billed, charge.pointers, charge.is_frozen) == (D("165.00"), [1], True)
    assert visit.coverage == denise.coverages.get()
    draft_ready_claims(north.pk, today=make.TODAY)
    claim = Claim.objects.get()
    assert (claim.encounter, claim.amount_billed) == (visit, D("165.00"))
    assert Event.objects.get(name="encounter.keyed").patient_id == denise.pk


def test_pointers_and_units_are_taken_as_typed(north: Practice, denise: Patient, ben: User) -> None:
    make.code("icd10cm", "E119", "Type 2 diabetes")
    visit = enter_visit(north, keyed(north, denise, "i10 e11.9 99213-25:b j1885 x2"), by=ben)
    lines = visit.charges.values_list("modifiers", "pointers", "units", "amount_billed")
    assert list(lines) == [(["25"], [2], 1, D("165.00")), ([], [1, 2], 2, D("12.00"))]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"text": "i10 99999"}, "entry_not_read"),
        ({"text": "99213"}, "findings_block"),
        ({"served_on": timezone.localdate() + timedelta(days=1)}, "served_later"),
    ],
)
def test_what_cannot_be_coded_leaves_nothing(
    north: Practice, denise: Patient, ben: User, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        enter_visit(north, keyed(north, denise, **changes), by=ben)
    assert refused.value.code == code
    assert not Encounter.objects.exists()
    assert not Event.objects.exists()


def test_a_patient_without_a_policy_that_day_waits_in_charge_review(
    north: Practice, denise: Patient, ben: User
) -> None:
    denise.coverages.update(ends_on=make.SERVED_ON - timedelta(days=1))
    visit = enter_visit(north, keyed(north, denise), by=ben)
    draft_ready_claims(north.pk, today=make.TODAY)
    assert review_of(visit).codes == ["no_coverage"]


def form_of(visit: KeyedVisit, **changes: str) -> dict[str, Any]:
    return {
        "patient": visit.patient.mrn,
        "served_on": visit.served_on.isoformat(),
        "provider": visit.provider.pk,
        "location": visit.location.pk,
        "text": visit.text,
    } | changes


def test_the_page_takes_one_visit_and_keeps_what_the_next_shares(
    north: Practice, denise: Patient, ben_client: Client
) -> None:
    visit = keyed(north, denise)
    page = ben_client.post(reverse("charge_entry"), form_of(visit), follow=True)
    assert f"Visit {Encounter.objects.get()} of {denise} is on its way" in page.content.decode()
    assert page.context["form"].initial == {
        "served_on": make.SERVED_ON.isoformat(),
        "provider": str(visit.provider.pk),
        "location": str(visit.location.pk),
    }


def test_what_is_refused_comes_back_with_everything_typed(
    north: Practice, denise: Patient, ben_client: Client
) -> None:
    visit = keyed(north, denise)
    url = reverse("charge_entry")
    wrong = ben_client.post(url, form_of(visit, text="i10 99999"))
    assert wrong.status_code == 422
    assert "99999 is not a code in force on the date of service." in wrong.content.decode()
    assert 'value="i10 99999"' in wrong.content.decode()
    bare = ben_client.post(url, form_of(visit, text="99213"))
    assert bare.status_code == 422
    assert bare.context["form"].errors["text"]
    nobody = ben_client.post(url, form_of(visit, patient="Zimmer"))
    assert "No patient has this number or name." in nobody.content.decode()
    assert not Encounter.objects.exists()


def test_several_patients_of_a_name_are_shown_to_choose_from(
    north: Practice, denise: Patient, ben_client: Client
) -> None:
    twin = make.patient(north, mrn="M77")
    visit = keyed(north, denise)
    body = form_of(visit, patient=f"{denise.last_name}, {denise.first_name}")
    page = ben_client.post(reverse("charge_entry"), body)
    text = page.content.decode()
    assert page.status_code == 422
    assert "Several patients have this name: give the number." in text
    assert "M77" in text
    assert Event.objects.get(name="patients.listed").data == {"patients": [denise.pk, twin.pk]}


def test_a_coder_cannot_enter(north: Practice, ana_client: Client) -> None:
    assert ana_client.post(reverse("charge_entry"), {}).status_code == 403
