"""What a returned chart shows beside the remittance: codes as sent, policy, checks, decisions."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from coding.actions import codes
from coding.models import CoderTask
from coding.rules.written_codes import dotted
from denials.actions import coder_answers
from denials.actions.denials import start_recoding
from denials.models import Denial
from payers.actions.edit_tables import load_table
from payers.rules.edit_tables import Table
from payers.table_lookup import forget_releases
from rcm.errors import Refusal
from rcm.models import Practice, User
from tests import make
from tests.billing import remitting as r
from tests.denials.denying import answer, denied, sent_claim
from tests.payers.fee_files import coverage_export

WHY = "Both are documented."


@pytest.fixture
def task(north: Practice) -> CoderTask:
    """CO-11 over 165.00 on a visit coded I10, E11.42 and 99213."""
    make.code("icd10cm", "I10", "Essential (primary) hypertension")
    make.code("icd10cm", "E1142", "Type 2 diabetes with polyneuropathy")
    make.code("icd10cm", "E785", "Hyperlipidemia, unspecified")
    make.code("procedure", "99213", "Office visit, level 3")
    make.fees(north, c99213="165.00")
    denied(north, "CO-11")
    return CoderTask.objects.get()


def test_the_codes_as_sent_stay_when_the_chart_is_coded_anew(
    ana_client: Client, task: CoderTask, ana: User
) -> None:
    start_recoding(task, by=ana)
    codes.add_diagnosis(task.encounter, "E785", by=ana)
    page = ana_client.get(f"/returned/{task.pk}/")
    sent = [(row.letter, row.dotted) for row in page.context["sent_diagnoses"]]
    assert sent == [("A", "I10"), ("B", "E11.42")]


@pytest.mark.parametrize(
    ("diagnosis", "word", "tone"),
    [
        ("Z1211", "covered", "green"),
        ("I10", "not named", "amber"),
        ("R195", "not covered", "amber"),
    ],
)
def test_a_coverage_document_says_what_it_thinks_of_the_pointed_diagnosis(
    north: Practice, ana_client: Client, tmp_path: Path, diagnosis: str, word: str, tone: str
) -> None:
    patient = make.patient(north)
    make.coverage(patient, payer=make.payer(north, payer_class="medicare"))
    make.code("icd10cm", diagnosis, f"Condition {diagnosis}")
    make.code("procedure", "G0121", "Screening of the colon")
    claim = sent_claim(north, ("G0121", "90.00"), patient=patient, diagnoses=(diagnosis,))
    answer(north, r.echo(claim, ("0.00", "CO-50 90.00")))
    states = "state_id,state_abbrev,description\r\n1,IL,Illinois\r\n"
    load_table(Table.ARTICLES, [coverage_export(tmp_path, state_lookup=states)])
    forget_releases()
    page = ana_client.get(f"/returned/{CoderTask.objects.get().pk}/")
    [row] = page.context["policies"]
    assert (row.code, row.document, row.title) == ("G0121", "A90001", "Sample, article")
    assert (row.pointed, row.tone) == (((dotted(diagnosis), word),), tone)


def test_without_a_document_the_page_says_so(ana_client: Client, task: CoderTask) -> None:
    text = " ".join(ana_client.get(f"/returned/{task.pk}/").content.decode().split())
    assert "No coverage document loaded for these services names this payer and state." in text
    assert "This payer has not decided these services for the patient before." in text
    assert "Checks when it was sent" in text


def test_what_the_payer_decided_before_on_the_same_service_is_shown(
    north: Practice, ana_client: Client, task: CoderTask
) -> None:
    patient = task.encounter.patient
    day = make.TODAY - timedelta(days=40)
    lines = [("99213", "165.00"), ("36415", "9.00")]
    earlier = sent_claim(north, *lines, patient=patient, date_of_service=day)
    answer(north, r.echo(earlier, ("101.00", "CO-45 64.00"), ("9.00",)))
    other = sent_claim(north, ("99213", "165.00"), patient=make.patient(north, mrn="MRN2"))
    answer(north, r.echo(other, ("101.00", "CO-45 64.00")))
    page = ana_client.get(f"/returned/{task.pk}/")
    lines = page.context["earlier_lines"]
    assert [(row.procedure_code, str(row.amount_paid)) for row in lines] == [("99213", "101.00")]
    assert "Decided before" in page.content.decode()


def test_asking_the_provider_opens_the_chart_and_leads_to_the_question(
    ana_client: Client, task: CoderTask
) -> None:
    response = ana_client.post(f"/returned/{task.pk}/query/")
    assert (response.status_code, response["Location"]) == (
        302,
        f"/coding/{task.encounter_id}/query/",
    )
    task.refresh_from_db()
    task.encounter.refresh_from_db()
    assert (task.state, task.encounter.state) == ("open", "returned")
    assert ana_client.get(response["Location"]).status_code == 200


def test_upholding_an_opened_chart_closes_it_as_it_was_sent(task: CoderTask, ana: User) -> None:
    start_recoding(task, by=ana)
    coder_answers.uphold(task, answer=WHY, by=ana)
    task.refresh_from_db()
    task.encounter.refresh_from_db()
    assert (task.state, task.answer, task.encounter.state) == ("upheld", WHY, "finalized")
    assert list(task.encounter.charges.values_list("is_frozen", flat=True)) == [True]


@pytest.mark.parametrize("change", ["diagnosis", "order", "modifier", "units", "pointer"])
def test_a_chart_whose_codes_changed_is_not_upheld(task: CoderTask, ana: User, change: str) -> None:
    start_recoding(task, by=ana)
    chart, charge = task.encounter, task.encounter.charges.get()
    if change == "diagnosis":
        codes.add_diagnosis(chart, "E785", by=ana)
    elif change == "order":
        codes.move_diagnosis(chart.diagnoses.get(code="I10"), to=2, by=ana)
    elif change == "modifier":
        codes.change_charge(charge, modifiers=["25"], by=ana)
    elif change == "units":
        codes.change_charge(charge, units=2, by=ana)
    else:
        codes.change_charge(charge, pointers=[2], by=ana)
    with pytest.raises(Refusal, match="The codes were changed since the claim was sent"):
        coder_answers.uphold(task, answer=WHY, by=ana)
    task.refresh_from_db()
    chart.refresh_from_db()
    assert (task.state, task.answer, chart.state) == ("open", "", "returned")
    assert Denial.objects.get().state == "with_coder"


def test_a_change_taken_back_lets_the_coding_stand(task: CoderTask, ana: User) -> None:
    start_recoding(task, by=ana)
    chart = task.encounter
    codes.add_diagnosis(chart, "E785", by=ana)
    codes.remove_diagnosis(chart.diagnoses.get(code="E785"), by=ana)
    coder_answers.uphold(task, answer=WHY, by=ana)
    chart.refresh_from_db()
    assert chart.state == "finalized"
