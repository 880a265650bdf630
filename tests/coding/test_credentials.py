"""Credentials kept, and the charts they open."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coding.actions import credentials, encounters
from coding.actions.stays import enter_stay
from coding.credential_facts import (
    certified_share,
    credential_gate,
    require_credential,
    uncertified_visits,
)
from coding.models import Credential, CredentialRequirement, Encounter, FacilityStay
from rcm import access
from rcm.errors import Refusal
from rcm.models import Event, Practice, User
from tests import make

CPC: dict[str, Any] = {
    "kind": "cpc",
    "other_name": "",
    "number": "0112345",
    "issued_on": date(2024, 1, 1),
    "expires_on": date(2030, 12, 31),
    "ceus_earned": Decimal("12.5"),
    "ceus_required": Decimal("36"),
}
MISSING = "This visit may be coded by a person with CIC or CCS only; none of yours is valid today."


def certify(practice: Practice, person: User, **changes: Any) -> Credential:
    return credentials.save_credential(practice, person, by=person, **CPC | changes)


def stay_of(practice: Practice, *, by: User | None) -> Encounter:
    """An inpatient stay, put back into the queue."""
    chart = make.encounter(practice, visit_type="Inpatient")
    enter_stay(
        chart,
        by=by,
        type_of_bill="111",
        statement_from=make.SERVED_ON,
        statement_to=make.SERVED_ON + timedelta(days=2),
        admission_on=make.SERVED_ON,
        admission_type="1",
        admission_source="1",
        patient_status="01",
        admitting_diagnosis="R0789",
    )
    Encounter.objects.filter(pk=chart.pk).update(state="new", assigned_to=None, locked_until=None)
    return Encounter.objects.get(pk=chart.pk)


def stays_want(practice: Practice, *, by: User) -> CredentialRequirement:
    return credentials.add_requirement(practice, ["cic", "ccs"], by=by, care="inpatient")


def test_a_credential_is_recorded_and_renewed(north: Practice, ana: User, mia: User) -> None:
    row = credentials.save_credential(north, ana, by=mia, **CPC)
    assert (str(row), row.ceus_missing) == ("CPC 0112345", Decimal("23.5"))
    later = CPC | {"expires_on": date(2032, 12, 31), "ceus_earned": Decimal(0)}
    credentials.save_credential(north, ana, by=mia, old=row, **later)
    kept = Credential.objects.get()
    assert (kept.expires_on, kept.recorded_by) == (date(2032, 12, 31), mia)
    assert Event.objects.filter(name="credential.saved").count() == 2


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"kind": "other"}, "other_name", "Name the credential."),
        ({"expires_on": date(2023, 1, 1)}, "expires_on", "It expires before it was issued."),
        (
            {"issued_on": date(2099, 1, 1), "expires_on": None},
            "issued_on",
            "A credential counts from the day it was issued; that day is to come.",
        ),
    ],
)
def test_a_credential_that_cannot_be_is_refused(
    north: Practice, ana: User, changes: dict[str, Any], field: str, message: str
) -> None:
    with pytest.raises(Refusal) as refused:
        certify(north, ana, **changes)
    assert refused.value.fields == {field: message}
    assert Credential.objects.count() == 0


def test_one_certificate_is_kept_once_and_of_members_only(
    north: Practice, ana: User, otto: User
) -> None:
    certify(north, ana)
    with pytest.raises(Refusal) as refused:
        certify(north, ana)
    assert refused.value.message == "Ana Brandt has this certificate already."
    with pytest.raises(Refusal) as refused:
        certify(north, otto)
    assert refused.value.code == "not_a_member"
    assert Credential.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"kind": "abc"}, "credential_kind_known"),
        ({"kind": "other"}, "credential_other_named"),
        ({"other_name": "X"}, "credential_other_named"),
        ({"number": ""}, "credential_numbered"),
        ({"expires_on": date(2023, 1, 1)}, "credential_days_in_order"),
        ({"ceus_earned": -1}, "credential_ceus_counted"),
    ],
)
def test_the_database_keeps_a_credential_whole(
    north: Practice, ana: User, changes: dict[str, Any], constraint: str
) -> None:
    fields = CPC | {"practice": north, "person": ana, "recorded_by": ana} | changes
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Credential.objects.create(**fields)


def test_a_stay_is_not_given_to_a_person_without_the_credential(
    north: Practice, ana: User, mia: User
) -> None:
    stay = stay_of(north, by=ana)
    office = make.encounter(north)
    stays_want(north, by=mia)
    assert encounters.next_encounter(north, by=ana) == office
    certify(north, mia, kind="ccs")
    assert encounters.next_encounter(north, by=mia) == stay


def test_nor_is_it_opened_changed_or_finished_by_one(
    north: Practice, ana: User, mia: User, ana_client: Client
) -> None:
    stay = stay_of(north, by=ana)
    stays_want(north, by=mia)
    certify(north, ana, kind="cic", issued_on=date(2020, 1, 1), expires_on=date(2026, 1, 1))
    for act in (
        lambda: encounters.open_encounter(stay, by=ana),
        lambda: encounters.finalize_encounter(stay, by=ana),
    ):
        with pytest.raises(Refusal) as refused:
            act()
        assert (refused.value.status, refused.value.code) == (403, "credential_missing")
        assert refused.value.message == MISSING
    answer = ana_client.get(f"/coding/{stay.pk}/")
    assert answer.status_code == 403
    assert MISSING in answer.content.decode()
    stay.refresh_from_db()
    assert (stay.state, stay.assigned_to) == ("new", None)
    encounters.open_encounter(stay, by=None)


def test_a_requirement_goes_by_specialty_and_visit_type_too(
    north: Practice, ana: User, mia: User
) -> None:
    heart = make.encounter(north, specialty="Cardiology", visit_type="New")
    office = make.encounter(north)
    credentials.add_requirement(north, ["ccs_p"], by=mia, specialty="cardiology", visit_type="new")
    credentials.add_requirement(north, ["cpc"], by=mia, care="outpatient")
    open_to = Encounter.objects.filter(credential_gate(north.pk, ana))
    assert list(open_to) == [office]
    certify(north, ana, kind="ccs_p")
    open_to = Encounter.objects.filter(credential_gate(north.pk, ana)).order_by("pk")
    assert list(open_to) == [heart, office]
    credentials.add_requirement(north, ["rhia"], by=mia, care="professional")
    assert not Encounter.objects.filter(credential_gate(north.pk, ana)).exists()


def test_a_requirement_is_made_once_and_names_a_kind(north: Practice, mia: User) -> None:
    row = stays_want(north, by=mia)
    assert str(row) == "Inpatient stays: CIC or CCS"
    with pytest.raises(Refusal) as refused:
        stays_want(north, by=mia)
    assert refused.value.message == "Inpatient stays have a requirement already. Remove it first."
    with pytest.raises(Refusal) as refused:
        credentials.add_requirement(north, [], by=mia)
    assert refused.value.message == "Choose at least one credential."
    with pytest.raises(IntegrityError, match="requirement_kinds"), transaction.atomic():
        CredentialRequirement.objects.create(practice=north, kinds=[], made_by=mia)
    credentials.remove_requirement(row, by=mia)
    assert CredentialRequirement.objects.count() == 0
    assert Event.objects.filter(name="credential_requirement.removed").count() == 1


def test_the_gate_decides_as_the_rule_does(north: Practice, ana: User, mia: User) -> None:
    charts = [stay_of(north, by=ana), make.encounter(north, specialty="Cardiology")]
    charts += [make.encounter(north, visit_type="New"), clinic_visit(north, by=ana)]
    today = timezone.localdate()
    cases = product(
        ["", "inpatient", "outpatient", "professional"],
        ["", "CARDIOLOGY"],
        ["", "new"],
        [(today, None), (today, today), (today - timedelta(days=9), today - timedelta(days=1))],
    )
    for care, specialty, visit_type, (issued_on, expires_on) in cases:
        savepoint = transaction.savepoint()
        credentials.add_requirement(
            north, ["cic", "crc"], by=mia, care=care, specialty=specialty, visit_type=visit_type
        )
        certify(north, ana, kind="crc", issued_on=issued_on, expires_on=expires_on)
        given = set(Encounter.objects.filter(credential_gate(north.pk, ana)))
        may = {chart for chart in charts if not lacks(chart, ana)}
        assert given == may, (care, specialty, visit_type, issued_on, expires_on)
        transaction.savepoint_rollback(savepoint)


def lacks(chart: Encounter, person: User) -> bool:
    try:
        require_credential(chart, person)
    except Refusal:
        return True
    return False


def clinic_visit(practice: Practice, *, by: User) -> Encounter:
    chart = stay_of(practice, by=by)
    FacilityStay.objects.filter(encounter=chart).update(type_of_bill="131")
    return chart


def test_the_gate_costs_two_statements_and_nothing_to_who_meets_everything(
    north: Practice, ana: User, mia: User
) -> None:
    stay_of(north, by=mia)
    with CaptureQueriesContext(connection) as captured:
        assert credential_gate(north.pk, ana) == Q()
    assert len(captured) == 1
    stays_want(north, by=mia)
    with CaptureQueriesContext(connection) as captured:
        list(Encounter.objects.filter(credential_gate(north.pk, ana)))
    assert len(captured) == 3
    certify(north, ana, kind="ccs")
    assert credential_gate(north.pk, ana) == Q()


def coded_by(practice: Practice, coder: User | None) -> Encounter:
    now = timezone.now()
    return make.encounter(practice, state="finalized", finalized_at=now, finalized_by=coder)


def test_the_report_counts_who_was_certified_on_the_day(
    north: Practice, ana: User, mia: User
) -> None:
    today = timezone.localdate()
    certify(north, ana)
    certify(north, mia, kind="cpb")
    good, billing_only = coded_by(north, ana), coded_by(north, mia)
    nobody = coded_by(north, None)
    make.encounter(north)
    found = certified_share(north.pk, today, today)
    assert (found.coded, found.certified) == (3, 1)
    assert found.share is not None
    assert f"{found.share:.4f}" == "0.3333"
    assert list(uncertified_visits(north.pk, today, today)) == [billing_only, nobody]
    Credential.objects.filter(person=ana).update(expires_on=today - timedelta(days=1))
    assert good in uncertified_visits(north.pk, today, today)
    assert certified_share(north.pk, date(2020, 1, 1), date(2020, 1, 2)).share is None


def test_the_pages_list_warn_record_and_export_without_script(
    north: Practice, ana: User, mia_client: Client, ana_client: Client
) -> None:
    soon = timezone.localdate() + timedelta(days=12)
    form = CPC | {"person": ana.pk, "expires_on": soon.isoformat()}
    assert mia_client.post("/credentials/new/", form).status_code == 302
    page = mia_client.get("/credentials/?view=in_30_days").content.decode()
    assert "Ana Brandt" in page
    assert "12 d" in page
    assert "Expires soon" in page
    row = Credential.objects.get()
    wrong = mia_client.post(f"/credentials/{row.pk}/", CPC | {"number": ""})
    assert wrong.status_code == 422
    assert "0112345" in ana_client.get("/credentials/mine/").content.decode()
    assert ana_client.get("/credentials/").status_code == 403
    assert ana_client.post("/credentials/new/", form).status_code == 403
    coded_by(north, None)
    export = mia_client.get("/credentials/report/?format=csv").content.decode()
    assert export.splitlines()[0] == (
        "Chart,Date of service,Care,Specialty,Visit type,Coded on,Coder"
    )
    assert "Professional visits,Primary care,Established" in export
    mia_client.post("/credentials/requirements/", {"care": "inpatient", "kinds": ["cic", "ccs"]})
    page = mia_client.get("/credentials/requirements/").content.decode()
    assert "CIC or CCS" in page
    mia_client.post(f"/credentials/{row.pk}/removal/")
    assert Credential.objects.count() == 0


def test_the_api_records_and_lists(north: Practice, ana: User, mia_client: Client) -> None:
    body = CPC | {"membership": ana.memberships.get().pk}
    said = mia_client.post(
        "/api/credentials/", body, "application/json", headers={"Idempotency-Key": "one"}
    )
    assert said.status_code == 201, said.content
    assert (said.json()["person"], said.json()["ceus_required"]) == ("ana@example.test", "36.00")
    listed = mia_client.get("/api/credentials/?kind=cpc").json()
    assert [row["number"] for row in listed["results"]] == ["0112345"]


def test_another_practice_s_credentials_open_nothing(
    north: Practice, south: Practice, ana: User, mia: User
) -> None:
    access.open_walls([north.pk, south.pk])
    make.member(south, "coder", "ana@example.test", "Ana", "Brandt")  # type: ignore[arg-type]  # text
    certify(south, ana, kind="cic")
    stay = stay_of(north, by=mia)
    stays_want(north, by=mia)
    with pytest.raises(Refusal):
        encounters.open_encounter(stay, by=ana)
    access.open_walls([north.pk])
    assert Credential.objects.count() == 0
