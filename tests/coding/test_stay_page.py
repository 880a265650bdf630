"""Entering a facility's stay on its page."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from coding.actions import codes, encounters, stays
from coding.chart_facts import chart_facts
from coding.models import Encounter, FacilityStay
from coding.rules.edits import check
from rcm.models import Event, Practice, User
from tests import make
from tests.coding.test_stays import STAY


@pytest.fixture
def chart(north: Practice, ana: User) -> Encounter:
    """A chart with two diagnoses and one procedure."""
    make.code("icd10cm", "I10", "Essential (primary) hypertension")
    make.code("icd10cm", "R509", "Fever, unspecified")
    make.code("procedure", "99284", "Emergency visit")
    make.fees(north, c99284="400.00", c0120="1200.00")
    chart = make.encounter(north)
    codes.add_diagnosis(chart, "R509", by=ana)
    codes.add_diagnosis(chart, "I10", by=ana)
    codes.add_charge(chart, "99284", by=ana)
    return chart


def url(chart: Encounter) -> str:
    return reverse("stay", args=[chart.pk])


def typed(chart: Encounter, **changes: str) -> dict[str, str]:
    """A whole form."""
    fever, pressure = chart.diagnoses.all()
    version = Encounter.objects.get(pk=chart.pk).version
    return {
        "version": str(version),
        "type_of_bill": "111",
        "statement_from": "2026-11-02",
        "statement_to": "2026-11-05",
        "admission_on": "2026-11-02",
        "admission_time": "09:15",
        "admission_type": "1",
        "admission_source": "1",
        "discharge_time": "1100",
        "patient_status": "01",
        "admitting_diagnosis": "r50.9",
        "drg": "195",
        "operating": str(chart.provider_id),
        "occurrences": "11 11/01/2026",
        "value_codes": "80 3.00",
        f"answer_{fever.pk}": "Y",
        f"answer_{pressure.pk}": "W",
        f"revenue_{chart.charges.get(position=1).pk}": "0450",
        "new_charges": "0120 3 Semi-private room",
    } | changes


def test_the_chart_leads_to_its_stay_and_looking_is_recorded(
    ana_client: Client, chart: Encounter
) -> None:
    workspace = ana_client.get(reverse("workspace", args=[chart.pk])).content.decode()
    assert f'href="{url(chart)}"' in workspace
    views = Event.objects.filter(name="encounter.viewed", patient_id=chart.patient_id)
    assert views.count() == 1
    page = ana_client.get(url(chart)).content.decode()
    assert "Saving it makes this a facility's visit, billed by 837I." in page
    assert 'value="2026-11-02"' in page
    assert 'data-key="ctrl+enter"' in page
    assert views.count() == 2
    assert not FacilityStay.objects.exists()


def test_a_stay_is_entered_with_everything_it_says(ana_client: Client, chart: Encounter) -> None:
    answer = ana_client.post(url(chart), typed(chart))
    assert (answer.status_code, answer["Location"]) == (302, f"/coding/{chart.pk}/")
    stay = FacilityStay.objects.get(encounter=chart)
    assert (stay.type_of_bill, stay.statement_to, stay.admission_time) == (
        *("111", date(2026, 11, 5), "0915"),
    )
    assert (stay.admitting_diagnosis, stay.drg) == ("R509", "195")
    assert (stay.attending, stay.operating) == (None, chart.provider)
    assert (stay.occurrences, stay.value_codes) == ([["11", "2026-11-01"]], [["80", 300]])
    assert [row.present_on_admission for row in chart.diagnoses.all()] == ["Y", "W"]
    rows = [(str(row), row.revenue_code, row.units) for row in chart.charges.all()]
    assert rows == [("99284", "0450", Decimal(1)), ("0120", "0120", Decimal(3))]
    assert check(chart_facts(Encounter.objects.get(pk=chart.pk))) == []


def test_a_stay_is_shown_as_it_was_typed_and_said_again(
    ana_client: Client, chart: Encounter
) -> None:
    ana_client.post(url(chart), typed(chart))
    page = ana_client.get(url(chart)).content.decode()
    assert "Billed by 837I." in page
    assert "\n11 11/01/2026</textarea>" in page
    assert "\n80 3.00</textarea>" in page
    room = chart.charges.get(position=2)
    again = typed(chart, drg="", new_charges="", **{f"revenue_{room.pk}": "0110"})
    assert ana_client.post(url(chart), again).status_code == 302
    room.refresh_from_db()
    assert room.revenue_code == "0110"
    assert (FacilityStay.objects.get().drg, chart.charges.count()) == ("", 2)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("type_of_bill", "11", "The type of bill is two digits and the frequency, such as 111."),
        ("statement_to", "2026-11-01", "The statement ends before it begins."),
        ("admission_on", "", "A time of admission needs its day."),
        ("admission_on", "yesterday", "Enter a valid date."),
        ("patient_status", "", "This field is required."),
        ("admitting_diagnosis", "fever", "The admitting diagnosis is one code, such as R07.89."),
        (
            "occurrences",
            "11 11/01/2026\n11 tomorrow",
            "Line 2: an occurrence is a code and its day, such as 11 11/01/2026.",
        ),
        (
            "new_charges",
            "0120 many",
            "Line 1: a charge is a revenue code, units and a label, "
            "such as 0120 3 Semi-private room.",
        ),
        ("operating", "0", "Select a valid choice. That choice is not one of the available"),
    ],
)
def test_a_wrong_field_says_so_and_nothing_is_written(
    ana_client: Client, chart: Encounter, field: str, value: str, message: str
) -> None:
    answer = ana_client.post(url(chart), typed(chart, **{field: value}))
    assert answer.status_code == 422
    errors = answer.context["form"].errors
    assert list(errors) == [field]
    assert errors[field][0].startswith(message)
    page = answer.content.decode()
    assert f'id="id_{field}_error"' in page
    assert 'aria-invalid="true"' in page
    assert not FacilityStay.objects.exists()
    assert chart.charges.count() == 1
    assert chart.diagnoses.filter(present_on_admission="").count() == 2
    assert not Event.objects.filter(name="encounter.stay_set").exists()


def test_answers_and_revenue_codes_are_refused_at_their_row(
    ana_client: Client, chart: Encounter
) -> None:
    answer_field = f"answer_{chart.diagnoses.all()[0].pk}"
    code_field = f"revenue_{chart.charges.get().pk}"
    wrong = typed(chart, **{answer_field: "X", code_field: "0001"})
    answer = ana_client.post(url(chart), wrong)
    assert answer.status_code == 422
    errors = answer.context["form"].errors
    assert list(errors) == [answer_field, code_field]
    assert errors[code_field] == ["A revenue code is four digits, and never the total 0001."]
    assert not FacilityStay.objects.exists()


def test_a_stay_typed_on_an_old_version_is_refused(ana_client: Client, chart: Encounter) -> None:
    answer = ana_client.post(url(chart), typed(chart, version="1"))
    assert answer.status_code == 409
    assert not FacilityStay.objects.exists()


def test_a_coded_chart_shows_its_stay_and_takes_no_change(
    ana_client: Client, ana: User, chart: Encounter
) -> None:
    ana_client.post(url(chart), typed(chart))
    chart.refresh_from_db()
    encounters.finalize_encounter(chart, by=ana)
    page = ana_client.get(url(chart)).content.decode()
    assert "You see the stay read-only." in page
    assert "Save stay" not in page and "Remove the stay" not in page
    room = f"revenue_{chart.charges.get(position=2).pk}"
    answer = ana_client.post(url(chart), typed(chart, drg="190", **{room: "0120"}))
    assert answer.status_code == 409
    assert FacilityStay.objects.get().drg == "195"


def test_a_biller_sees_the_stay_and_may_not_enter_it(ben_client: Client, chart: Encounter) -> None:
    assert "read-only" in ben_client.get(url(chart)).content.decode()
    assert ben_client.post(url(chart), typed(chart)).status_code == 403
    assert not FacilityStay.objects.exists()


def test_a_stay_is_taken_back_when_a_professional_claim_has_room(
    ana_client: Client, ana: User, chart: Encounter
) -> None:
    ana_client.post(url(chart), typed(chart))
    removal = reverse("stay_removal", args=[chart.pk])
    refused = ana_client.post(removal)
    assert refused.status_code == 422
    assert "A charge has a revenue code and no procedure. Remove it first." in (
        refused.content.decode()
    )
    assert FacilityStay.objects.exists()
    codes.remove_charge(chart.charges.get(position=2), by=ana)
    assert ana_client.post(removal).status_code == 302
    assert not FacilityStay.objects.exists()
    assert Event.objects.filter(name="encounter.stay_removed").count() == 1


def test_a_stay_costs_the_same_statements_whatever_it_says(
    ana: User, chart: Encounter, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    answers = {row.pk: "Y" for row in chart.diagnoses.all()}
    revenue = {row.pk: "0450" for row in chart.charges.all()}
    facts = STAY | {"answers": answers, "revenue_codes": revenue}
    stays.enter_stay(chart, by=ana, **facts)
    for count in (1, 20):
        rooms = [("0120", Decimal(1), "")] * count
        with django_assert_num_queries(37):
            stays.enter_stay(chart, by=ana, new_charges=rooms, **facts)
    assert chart.charges.count() == 22
