"""Good-faith estimates: read, priced, kept, printed, and compared with the bill."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import Error, transaction
from django.test import Client
from django.utils import timezone

from billing.actions.estimates import make_estimate, price_plan
from billing.estimate_content import Planned, estimate_rows
from billing.models import GoodFaithEstimate
from billing.rules.estimates import PlannedLine, Wrong, is_far_above, read_services
from payers.models import Fee, FeeSchedule, PayerContract
from rcm import pdf
from rcm.errors import Refusal
from rcm.models import Event, Patient, Practice, User
from tests import make
from tests.api.writing import send

D = Decimal
TOMORROW = timezone.localdate() + timedelta(days=1)


def planned(practice: Practice, services: str = "99214-25\nJ3301 x4", **changes: Any) -> Planned:
    fields = {"planned_on": TOMORROW, "provider": make.provider(practice), "diagnoses": "e11.42"}
    return Planned(**fields | {"services": services} | changes)


@pytest.fixture
def patient(north: Practice) -> Patient:
    make.fees(north, c99214="220.00", cJ3301="12.50")
    return make.encounter(north).patient


@pytest.mark.parametrize(
    ("text", "services"),
    [
        ("99214", [PlannedLine("99214", (), D(1))]),
        (" 99214-25 ", [PlannedLine("99214", ("25",), D(1))]),
        ("j3301-jz-rt x4", [PlannedLine("J3301", ("JZ", "RT"), D(4))]),
        (
            "97110 x 2.5\n\n99213",
            [PlannedLine("97110", (), D("2.5")), PlannedLine("99213", (), D(1))],
        ),
    ],
)
def test_services_are_read_as_they_are_typed(text: str, services: list[PlannedLine]) -> None:
    assert read_services(text) == services


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("  ", "Type at least one code."),
        ("99213\n9921", "Line 2: “9921” is no code. Type 99214, 99214-25 or J3301 x4."),
        ("99213 x0", "Line 1: “0” is no number of units."),
        ("99213 x1.2.3", "Line 1: “1.2.3” is no number of units."),
        ("\n".join(["99213"] * 51), "At most 50 lines."),
    ],
)
def test_what_is_no_service_is_refused_by_line(text: str, message: str) -> None:
    with pytest.raises(Wrong) as wrong:
        read_services(text)
    assert str(wrong.value) == message


def test_a_bill_is_far_above_from_400_dollars_on() -> None:
    assert not is_far_above(D("100.00"), D("499.99"))
    assert is_far_above(D("100.00"), D("500.00"))
    assert not is_far_above(D("500.00"), D("100.00"))


def test_who_pays_alone_is_told_the_fees(north: Practice, patient: Patient, ben: User) -> None:
    made = make_estimate(patient, planned(north), by=ben)
    assert (made.amount, made.coverage) == (D("270.00"), None)
    assert made.content["lines"] == [
        ["99214-25", "1", "$220.00", "$220.00"],
        ["J3301", "4", "$50.00", "$50.00"],
    ]
    assert made.content["total"] == "$270.00"
    assert ["Diagnosis codes", "E11.42"] in made.content["provider"]
    [event] = Event.objects.filter(name="estimate.made")
    assert event.data == {"amount": "270.00", "lines": 2}


def test_an_insured_patient_is_told_what_the_contract_allows_and_else_the_fee(
    north: Practice, patient: Patient, ben: User
) -> None:
    coverage = patient.coverages.get()
    schedule = FeeSchedule.objects.create(practice=north, name="Deal", payer=coverage.payer)
    Fee.objects.create(
        practice=north,
        schedule=schedule,
        procedure_code="99214",
        amount=D("131.20"),
        starts_on=date(2020, 1, 1),
    )
    PayerContract.objects.create(
        practice=north,
        payer=coverage.payer,
        name="Deal",
        method="fee_schedule",
        schedule=schedule,
        starts_on=date(2020, 1, 1),
    )
    charges, found = price_plan(patient, planned(north, is_self_pay=False))
    assert found == coverage
    assert [(str(each.service), each.fee, each.allowed, each.expected) for each in charges] == [
        ("99214-25", D("220.00"), D("131.20"), D("131.20")),
        ("J3301", D("50.00"), None, D("50.00")),
    ]


@pytest.mark.parametrize(
    ("changes", "code", "message"),
    [
        ({"services": "99214 x"}, "service_wrong", None),
        (
            {"services": "99215"},
            "no_price",
            "No fee on {day} for 99215. Add it to the fee schedule.",
        ),
        (
            {"planned_on": timezone.localdate() - timedelta(days=1)},
            "day_past",
            "An estimate is made before the visit: choose a day to come.",
        ),
    ],
)
def test_what_cannot_be_priced_is_refused_and_nothing_kept(
    north: Practice,
    patient: Patient,
    ben: User,
    changes: dict[str, Any],
    code: str,
    message: str | None,
) -> None:
    with pytest.raises(Refusal) as refusal:
        make_estimate(patient, planned(north, **changes), by=ben)
    assert refusal.value.code == code
    if message:
        assert refusal.value.message == message.format(day=f"{TOMORROW:%m/%d/%Y}")
    assert not GoodFaithEstimate.objects.exists()
    assert not Event.objects.filter(name="estimate.made").exists()


def test_an_insured_estimate_needs_a_policy_that_day(
    north: Practice, patient: Patient, ben: User
) -> None:
    patient.coverages.update(ends_on=timezone.localdate())
    with pytest.raises(Refusal) as refusal:
        make_estimate(patient, planned(north, is_self_pay=False), by=ben)
    assert refusal.value.code == "no_coverage"
    assert not GoodFaithEstimate.objects.exists()


def test_the_database_keeps_it_as_it_was_handed_out(
    north: Practice, patient: Patient, ben: User
) -> None:
    made = make_estimate(patient, planned(north), by=ben)
    with pytest.raises(Error), transaction.atomic():
        GoodFaithEstimate.objects.filter(pk=made.pk).update(amount=1)
    with pytest.raises(Error), transaction.atomic():
        made.delete()


def test_the_account_says_what_was_billed_since_and_marks_far_above(
    north: Practice, patient: Patient, ben: User
) -> None:
    made = make_estimate(patient, planned(north), by=ben)
    assert estimate_rows(patient) == [(made, None, False)]
    visit = make.encounter(
        north,
        number="GFE1",
        patient=patient,
        coverage=patient.coverages.first(),
        date_of_service=TOMORROW,
        state="finalized",
        finalized_at=timezone.now(),
    )
    make.coded(visit, ("99215", "669.99"))
    assert estimate_rows(patient) == [(made, D("669.99"), False)]
    visit.charges.update(amount_billed=D("670.00"))
    assert estimate_rows(patient) == [(made, D("670.00"), True)]


def test_the_page_prices_first_then_keeps_and_prints(
    north: Practice, patient: Patient, ben_client: Client
) -> None:
    provider = make.provider(north)
    address = f"/accounts/{patient.pk}/estimate/"
    form = {
        "planned_on": TOMORROW.isoformat(),
        "provider": provider.pk,
        "services": "99214",
        "place_of_service": "11",
        "is_self_pay": "on",
    }
    text = ben_client.post(address, form | {"step": "show"}).content.decode()
    assert "$220.00" in text
    assert not GoodFaithEstimate.objects.exists()
    wrong = ben_client.post(address, form | {"services": "9921", "step": "show"})
    assert wrong.status_code == 422
    assert "is no code" in wrong.content.decode()
    assert ben_client.post(address, form | {"step": "save"}).status_code == 302
    made = GoodFaithEstimate.objects.get()
    document = ben_client.get(f"/accounts/estimates/{made.pk}/")
    [first, *_] = pdf.read_text(document.content)
    assert f"Good-faith estimate {made.pk}" in first
    assert "Expected in all" in first
    assert (
        f"/accounts/estimates/{made.pk}/"
        in ben_client.get(f"/accounts/{patient.pk}/").content.decode()
    )


def test_the_api_makes_and_lists_it(north: Practice, patient: Patient, ben_client: Client) -> None:
    body = {
        "patient": patient.pk,
        "provider": make.provider(north).pk,
        "planned_on": TOMORROW.isoformat(),
        "services": "99214",
    }
    made = send(ben_client, "/api/estimates/", "gfe", body)
    assert (made.status_code, made.json()["amount"]) == (201, "220.00")
    assert made.json()["lines"] == [["99214", "1", "$220.00", "$220.00"]]
    listed = ben_client.get("/api/estimates/", {"patient": patient.pk}).json()
    assert [row["id"] for row in listed["results"]] == [made.json()["id"]]
