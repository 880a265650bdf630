"""Visits of a hospital: coded with revenue codes, sent as 837I, acknowledged, paid and posted."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any

from django.test import Client
from django.utils import timezone

from billing.actions.claims import redraft_stale_claims
from billing.models import Batch, Claim, InterchangeFile, RemittedLine
from coding.actions import codes, encounters, stays
from coding.models import Encounter
from rcm.x12.claim_837i import InstitutionalClaim
from rcm.x12.gate import inspect
from rcm.x12.reader import read
from tests import make
from tests.flows.story import Story, assert_ledger, balances


def chart_of_stay(story: Story, **changes: Any) -> Encounter:
    """Three days in a room with an emergency visit on the first, coded and priced."""
    make.fees(story.practice, c0120="1200.00", c99284="400.00")
    make.code("procedure", "99284", "Emergency visit")
    chart = story.chart()
    ana, first = story.ana, chart.date_of_service
    stay: dict[str, Any] = {
        "type_of_bill": "111",
        "statement_from": first,
        "statement_to": first + timedelta(days=3),
        "admission_type": "1",
        "admission_source": "1",
        "patient_status": "01",
        "admission_on": first,
        "admission_time": "0915",
        "discharge_time": "1100",
        "admitting_diagnosis": "R079",
        "drg": "287",
        "occurrences": [["11", first.isoformat()]],
        "value_codes": [["80", 300]],
        "condition_codes": ["09"],
    }
    encounters.next_encounter(story.practice, by=ana)
    stays.set_stay(chart, by=ana, **stay | changes)
    for code in ("I10", "R079"):
        stays.set_present_on_admission(codes.add_diagnosis(chart, code, by=ana), "Y", by=ana)
    stays.add_revenue_charge(chart, "0120", by=ana, units=3, label="Room")
    visit = codes.add_charge(chart, "99284", by=ana)
    stays.set_revenue_codes(chart, [(visit, "0450")], by=ana)
    encounters.complete_encounter(chart, by=ana)
    return chart


def sent_claim(batch: Batch) -> InstitutionalClaim:
    assert batch.file is not None
    content = bytes(batch.file.content)
    assert inspect(content).problems == ()
    [claim] = [item for item in read(BytesIO(content)) if isinstance(item, InstitutionalClaim)]
    return claim


def test_a_stay_becomes_a_paid_institutional_claim(story: Story) -> None:
    claim = story.draft(chart_of_stay(story))
    assert (claim.form, claim.status, claim.was_clean) == ("institutional", "ready", True)
    assert str(claim.amount_billed) == "4000.00"
    [batch] = story.submit()
    assert (batch.form, batch.state, batch.file and batch.file.kind) == (
        "institutional",
        "sent",
        "837I",
    )
    sent = sent_claim(batch)
    assert (sent.type_of_bill, sent.drg, sent.value_codes[0].amount) == ("111", "287", 300)
    assert [(line.revenue_code, line.unit_code) for line in sent.lines] == [
        ("0120", "DA"),
        ("0450", "UN"),
    ]
    [remittance] = story.exchange()
    claim.refresh_from_db()
    assert (claim.status, remittance.state) == ("adjudicated", "posted")
    assert claim.payer_claim_control_number != ""
    # The payer lists no fee for either line and allows 60 percent of what was billed.
    assert str(remittance.amount_paid) == "2400.00"
    assert balances(claim) == {
        "revenue": "-4000.00",
        "unapplied": "2400.00",
        "contractual": "1600.00",
    }
    assert_ledger(story.practice)


def test_the_835_names_revenue_codes_and_the_type_of_bill(story: Story) -> None:
    story.draft(chart_of_stay(story))
    story.submit()
    story.exchange()
    [file] = InterchangeFile.objects.filter(direction="in", kind="835")
    text = bytes(file.content).decode()
    assert "SVC*NU:0120*3600*" in text
    assert "SVC*HC:99284*400*" in text
    assert "*11*1**287~" in text  # CLP08 facility type, CLP09 frequency, CLP11 DRG
    assert "MIA*3~" in text
    room, visit = RemittedLine.objects.order_by("pk")
    assert (room.service_line_id is not None, visit.service_line_id is not None) == (True, True)


def test_professional_and_institutional_claims_go_in_batches_of_their_own(story: Story) -> None:
    story.draft(chart_of_stay(story))
    story.chart()
    story.draft(story.code("99213"))
    batches = story.submit()
    assert sorted((batch.form, batch.claims_count, batch.state) for batch in batches) == [
        ("institutional", 1, "sent"),
        ("professional", 1, "sent"),
    ]
    assert sorted(batch.file.kind for batch in batches if batch.file) == ["837I", "837P"]
    remittances = story.exchange()
    assert [remittance.state for remittance in remittances] == ["posted"] * len(remittances)
    assert set(Claim.objects.values_list("status", flat=True)) == {"adjudicated"}
    assert_ledger(story.practice)


def test_a_stay_without_its_hour_of_admission_is_held(story: Story) -> None:
    claim = story.draft(chart_of_stay(story, admission_time=""))
    assert claim.status == "held"
    [finding] = claim.findings.all()
    assert (finding.code, finding.message, finding.element) == (
        "stay",
        "An inpatient claim needs the day and hour of admission.",
        "2300 DTP*435",
    )
    assert story.submit() == []


def test_the_claim_page_shows_the_bill_type_and_the_codes(story: Story) -> None:
    claim = story.draft(chart_of_stay(story))
    client = Client()
    client.force_login(story.ben)
    page = client.get(f"/claims/{claim.pk}/").content.decode()
    for shown in ("Type of bill", "0111", "0450", "Principal diagnosis", "I10 (Y)", "80 3.00"):
        assert shown in page
    segments = client.get(f"/claims/{claim.pk}/x12/").content.decode()
    assert "Revenue code 0120, 3 days, billed 3600" in segments
    assert "type of bill 0111" in segments


def test_a_rejected_stay_is_corrected_and_goes_again_as_institutional(story: Story) -> None:
    chart = chart_of_stay(story)
    claim = story.draft(chart)
    today: date = timezone.localdate()
    encounters.reopen_encounter(chart, reason="wrong bill type", by=story.ben)
    first = chart.date_of_service
    stays.set_stay(
        chart,
        by=story.ana,
        type_of_bill="131",
        statement_from=first,
        statement_to=first,
        admission_type="1",
        patient_status="01",
    )
    encounters.finalize_encounter(chart, by=story.ana)
    redraft_stale_claims(story.practice.pk, by=story.ben, today=today)
    claim.refresh_from_db()
    [second] = Claim.objects.filter(encounter=chart).exclude(pk=claim.pk)
    assert (claim.status, second.form) == ("voided", "institutional")
    assert second.content["type_of_bill"] == "131"
    assert_ledger(story.practice)
