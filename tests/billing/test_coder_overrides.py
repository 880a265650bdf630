"""What the coder let stand on the chart warns on the claim and does not hold it."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.actions.claims import draft_ready_claims, scrub_claim
from billing.actions.coder_overrides import Found, soften_by_coder
from billing.models import Claim
from billing.rules.claim_content import read_content
from billing.rules.findings import Finding
from coding.actions import codes, encounters, stays
from coding.actions.overrides import override_finding, withdraw_override
from coding.models import ChartOverride, Encounter
from payers.actions.edit_tables import load_table
from payers.rules.edit_tables import Table
from payers.table_lookup import forget_releases
from rcm.models import Practice, User
from tests import make
from tests.payers.edit_files import unit_file

REASON = "Two lesions, see the note."
SAID = "17000 on line 1: 2 units, 1 a line are paid."


@pytest.fixture
def chart(north: Practice, mia: User, tmp_path: Path) -> Encounter:
    """Units above the limit of a line, which the coder let stand."""
    load_table(Table.MUE_PRACTITIONER, [unit_file(tmp_path, "17000,1,1 Line Edit,x")])
    forget_releases()
    make.code("icd10cm", "I10", "Essential (primary) hypertension")
    make.code("procedure", "17000", "Service 17000")
    make.fees(north, c17000="100.00")
    patient = make.patient(north)
    payer = make.payer(north, payer_class="medicare", filing_indicator="MB")
    row = make.encounter(north, patient=patient, coverage=make.coverage(patient, payer=payer))
    codes.add_line(row, "i10 17000:a x2", by=mia)
    override_finding(row, "mue_line:1:", reason=REASON, by=mia, may_approve=True)
    return row


def drafted(chart: Encounter, by: User) -> Claim:
    encounters.finalize_encounter(chart, by=by)
    draft_ready_claims(chart.practice_id, today=make.TODAY)
    return Claim.objects.get(encounter=chart)


def said(claim: Claim) -> list[tuple[str, str]]:
    rows = claim.findings.filter(code="mue_line", resolved_at__isnull=True)
    return list(rows.values_list("severity", "message"))


def test_the_claim_warns_with_the_coders_reason(chart: Encounter, mia: User) -> None:
    claim = drafted(chart, mia)
    assert said(claim) == [("warning", f"{SAID} Overridden by the coder: {REASON}")]
    scrub_claim(claim, by=mia, today=make.TODAY)
    assert said(claim) == [("warning", f"{SAID} Overridden by the coder: {REASON}")]


def test_an_override_taken_back_holds_the_claim(chart: Encounter, mia: User) -> None:
    withdraw_override(chart, "mue_line:1:", by=mia)
    override_finding(chart, "mue_line:1:", reason=REASON, by=mia, may_approve=True)
    claim = drafted(chart, mia)
    ChartOverride.objects.filter(withdrawn_at__isnull=True).delete()
    scrub_claim(claim, by=mia, today=make.TODAY)
    assert said(claim) == [("blocking", SAID)]
    claim.refresh_from_db()
    assert claim.status == Claim.Status.HELD


def test_who_passed_a_warning_does_not_lift_what_blocks_the_claim(
    chart: Encounter, mia: User
) -> None:
    ChartOverride.objects.update(severity="warning")
    claim = drafted(chart, mia)
    assert said(claim) == [("blocking", SAID)]
    assert claim.status == Claim.Status.HELD
    warned = Finding("mue_line", "warning", SAID, line=1)
    [[softened]] = soften_by_coder(
        chart.practice_id, [Found(read_content(claim.content), chart.pk, "medicare", [warned])]
    )
    assert softened.message == f"{SAID} Overridden by the coder: {REASON}"


def test_changed_facts_end_the_override_on_the_claim(chart: Encounter, mia: User) -> None:
    claim = drafted(chart, mia)
    ChartOverride.objects.update(subject="0" * 32)
    scrub_claim(claim, by=mia, today=make.TODAY)
    assert said(claim) == [("blocking", SAID)]


def test_an_override_of_a_stay_holds_when_its_statement_starts_earlier(
    north: Practice, mia: User, tmp_path: Path
) -> None:
    """The day of service lies within the statement of an outpatient bill."""
    limits = unit_file(tmp_path, "17000,1,1 Line Edit,x", of="OutpatientHospitalServices")
    load_table(Table.MUE_HOSPITAL, [limits])
    forget_releases()
    make.code("icd10cm", "I10", "Essential (primary) hypertension")
    make.code("procedure", "17000", "Service 17000")
    make.fees(north, c17000="100.00")
    patient = make.patient(north)
    payer = make.payer(north, payer_class="medicare", filing_indicator="MA")
    row = make.encounter(north, patient=patient, coverage=make.coverage(patient, payer=payer))
    stays.set_stay(
        row,
        by=mia,
        type_of_bill="131",
        statement_from=row.date_of_service - timedelta(days=2),
        statement_to=row.date_of_service,
        admission_type="3",
        patient_status="01",
    )
    codes.add_line(row, "i10 17000 x2", by=mia)
    stays.set_revenue_codes(row, [(row.charges.get(), "0510")], by=mia)
    override_finding(row, "mue_line:1:", reason=REASON, by=mia, may_approve=True)
    claim = drafted(row, mia)
    assert claim.form == "institutional"
    assert said(claim) == [("warning", f"{SAID} Overridden by the coder: {REASON}")]


def test_many_claims_cost_one_statement_and_other_checks_none(chart: Encounter, mia: User) -> None:
    content = read_content(drafted(chart, mia).content)
    limit = Finding("mue_line", "blocking", SAID, line=1)
    other = Finding("ncci_never", "blocking", "No modifier changes that.", line=1)
    open_ones = [Found(content, chart.pk, "medicare", [limit, other]) for _ in range(50)]
    with CaptureQueriesContext(connection) as context:
        softened = soften_by_coder(chart.practice_id, open_ones)
    assert len(context.captured_queries) == 1
    assert [[each.severity for each in found] for found in softened] == [
        ["warning", "blocking"]
    ] * 50
    with CaptureQueriesContext(connection) as none:
        soften_by_coder(chart.practice_id, [Found(content, chart.pk, "medicare", [other])])
    assert none.captured_queries == []
