"""The edits of a chart against loaded tables and the patient's other visits."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coding.actions import codes, encounters
from coding.chart_facts import chart_facts, read_chart
from coding.models import Charge, Code, Encounter
from coding.rules.edits import check, not_checked
from payers.actions.edit_tables import load_table
from payers.models import AuthorizationRule, Coverage
from payers.rules.edit_tables import Table
from payers.table_lookup import forget_releases
from rcm.errors import Refusal
from rcm.models import Practice, User
from tests import make
from tests.payers.edit_files import add_on_file, pair_files, pair_row, unit_file
from tests.payers.fee_files import coverage_export, fee_file, fee_row

HTMX = {"HX-Request": "true", "HX-Target": "codes"}
SEPTEMBER, OCTOBER = date(2026, 9, 30), date(2026, 10, 1)
PROCEDURES = ("99213", "99203", "20610", "96372", "11102", "17000", "G0121", "36415")


@pytest.fixture
def chart(north: Practice) -> Encounter:
    """A chart of a Medicare patient in Illinois, to be coded."""
    for code in ("I10", "Z1211"):
        make.code("icd10cm", code, f"Condition {code}")
    for code in PROCEDURES:
        make.code("procedure", code, f"Service {code}")
        make.fees(north, **{f"c{code}": "100.00"})
    return visit(north)


def visit(practice: Practice, **changes: object) -> Encounter:
    patient: Any = changes.pop("patient", None) or make.patient(practice)
    payer = make.payer(practice, payer_class="medicare")
    known = Coverage.objects.filter(patient=patient).first()
    coverage = known or make.coverage(patient, payer=payer)
    return make.encounter(practice, patient=patient, coverage=coverage, **changes)


def load_all(folder: Path) -> None:
    """Tables of the fourth quarter, unit limits of the third as well."""
    rows = (
        pair_row("11102", "17000"),
        pair_row("20610", "96372", "20200101", "20260930", "0"),
        pair_row("36415", "96372", "20261001", "*", "0"),
    )
    load_table(Table.PTP_PRACTITIONER, pair_files(folder, *rows))
    load_table(Table.MUE_PRACTITIONER, [unit_file(folder, "17000,1,2 Day,x", "36415,2,3 Day,x")])
    earlier = unit_file(folder, "17000,3,1 Line Edit,x", day="07-01-2026")
    load_table(Table.MUE_PRACTITIONER, [earlier])
    load_table(Table.ADD_ON, [add_on_file(folder, "196372       20610       2013091       ")])
    load_table(
        Table.FEES, [fee_file(folder, fee_row("17000"), fee_row("99213", global_days="XXX"))]
    )
    load_table(Table.ARTICLES, [coverage_export(folder)])
    forget_releases()


def findings(chart: Encounter) -> dict[str, str]:
    """The code of each finding and its source."""
    return {each.code: each.source for each in check(chart_facts(chart))}


def coded(chart: Encounter, text: str, by: User) -> Encounter:
    codes.add_line(chart, text, by=by)
    return chart


def test_a_pair_is_judged_on_the_date_of_service(
    north: Practice, chart: Encounter, ana: User, tmp_path: Path
) -> None:
    """One pair ended with September, another began in October."""
    load_all(tmp_path)
    before = coded(visit(north, date_of_service=SEPTEMBER), "i10 20610-rt:a 96372-59:a", ana)
    after = coded(visit(north, date_of_service=OCTOBER), "i10 20610-rt:a 96372-59:a", ana)
    assert findings(before)["ncci_never"] == (
        "CMS NCCI Policy Manual ch. I · NCCI pairs, release 2026 Q4, in force since 01/01/2020"
    )
    assert "ncci_never" not in findings(after)
    old = coded(visit(north, date_of_service=SEPTEMBER), "i10 36415:a 96372-59:a 20610-rt:a", ana)
    new = coded(visit(north, date_of_service=OCTOBER), "i10 36415:a 96372-59:a 20610-rt:a", ana)
    messages = [each.message for each in check(chart_facts(new)) if each.code == "ncci_never"]
    assert messages == [
        "96372 (line 2) is not paid beside 36415 (line 1) on one day; no modifier changes that."
    ]
    assert [each.line for each in check(chart_facts(old)) if each.code == "ncci_never"] == [2]


def test_unit_limits_are_those_of_the_quarter_of_the_visit(
    north: Practice, chart: Encounter, ana: User, tmp_path: Path
) -> None:
    load_all(tmp_path)
    before = coded(visit(north, date_of_service=SEPTEMBER), "i10 17000:a x2", ana)
    after = coded(visit(north, date_of_service=OCTOBER), "i10 17000:a x2", ana)
    assert "mue_line" not in findings(before)
    assert findings(after)["mue_day"].endswith("release 2026 Q4, in force since 10/01/2026")
    too_many = coded(visit(north, date_of_service=SEPTEMBER), "i10 17000:a x4", ana)
    assert "release 2026 Q3" in findings(too_many)["mue_line"]


def test_a_diagnosis_retired_today_is_valid_on_its_days(
    north: Practice, chart: Encounter, ana: User
) -> None:
    row = coded(visit(north, date_of_service=SEPTEMBER), "i10 36415:a", ana)
    Code.objects.filter(code="I10").update(ends_on=SEPTEMBER)
    assert "dx_not_valid" not in findings(row)
    Encounter.objects.filter(pk=row.pk).update(date_of_service=OCTOBER)
    row.refresh_from_db()
    [found] = [each for each in check(chart_facts(row)) if each.code == "dx_not_valid"]
    assert found.message == (
        "I10 is not a valid code on 10/01/2026; it is from 10/01/2020 to 09/30/2026."
    )


def test_add_ons_coverage_and_periods_answer_from_their_tables(
    north: Practice, chart: Encounter, ana: User, tmp_path: Path
) -> None:
    load_all(tmp_path)
    coded(chart, "i10 96372:a", ana)
    assert "add_on_alone" in findings(chart)
    location = make.location(north, name="Ohio", state="OH")
    screened = coded(visit(north, location=location), "i10 z1211 g0121:a", ana)
    [found] = [each for each in check(chart_facts(screened)) if each.code == "support"]
    assert found.message == (
        "G0121 on line 1: none of its diagnoses is in the covered list of A90001 in OH."
    )
    assert found.fix is not None
    assert (found.fix.kind, found.fix.value) == ("point", "2")
    operated = coded(visit(north, date_of_service=make.SERVED_ON), "i10 17000:a", ana)
    after = visit(
        north, patient=operated.patient, date_of_service=make.SERVED_ON + timedelta(days=10)
    )
    coded(after, "i10 99213:a", ana)
    messages = [each.message for each in check(chart_facts(after)) if each.code == "global_visit"]
    assert messages == [
        f"99213 on line 1 is 10 days after 17000 (chart {operated.number}), "
        "in its period of 10 days."
    ]
    later = visit(
        north, patient=operated.patient, date_of_service=make.SERVED_ON + timedelta(days=11)
    )
    assert "global_visit" not in findings(coded(later, "i10 99213:a", ana))


def test_other_charts_of_the_day_and_provider_count(
    north: Practice, chart: Encounter, ana: User, tmp_path: Path
) -> None:
    load_all(tmp_path)
    coded(chart, "i10 11102:a", ana)
    other = coded(visit(north, patient=chart.patient), "i10 17000:a", ana)
    [found] = [each for each in check(chart_facts(other)) if each.code == "ncci_other_claim"]
    assert f"11102 (chart {chart.number})" in found.message
    provider = make.provider(north, npi="1234567893", last_name="Moreau")
    elsewhere = visit(north, patient=chart.patient, provider=provider)
    assert "ncci_other_claim" not in findings(coded(elsewhere, "i10 17000:a", ana))


def test_a_visit_not_coded_yet_makes_the_patient_known(
    north: Practice, chart: Encounter, ana: User
) -> None:
    seen = make.SERVED_ON.replace(year=make.SERVED_ON.year - 3)
    visit(north, patient=chart.patient, date_of_service=seen)
    coded(chart, "i10 99203:a", ana)
    assert "new_patient" not in findings(chart)
    visit(north, patient=chart.patient, date_of_service=seen + timedelta(days=1))
    assert "new_patient" in findings(chart)
    Encounter.objects.exclude(pk=chart.pk).update(specialty="Cardiology")
    assert "new_patient" not in findings(chart)


def test_the_payers_authorization_rules_are_told_on_their_days(
    north: Practice, chart: Encounter, ana: User
) -> None:
    AuthorizationRule.objects.create(
        practice=north,
        payer=chart.coverage.payer,  # type: ignore[union-attr]  # it has one
        first_code="20600",
        last_code="20611",
        starts_on=make.SERVED_ON,
    )
    coded(chart, "i10 20610-rt:a", ana)
    assert "authorization_missing" in findings(chart)
    Encounter.objects.filter(pk=chart.pk).update(authorization_number="A77")
    chart.refresh_from_db()
    assert "authorization_missing" not in findings(chart)


def test_without_tables_the_page_says_what_was_not_checked(
    ana_client: Client, chart: Encounter, ana: User
) -> None:
    coded(chart, "i10 11102:a 17000-59:a", ana)
    page = ana_client.get(reverse("workspace", args=[chart.pk])).content.decode()
    assert page.count("NCCI pairs: not checked, no table loaded for 11/02/2026.") == 1
    assert "5 not checked" in page
    assert "Clean" not in page


def test_a_finding_and_its_fix_appear_and_one_post_clears_it(
    ana_client: Client, chart: Encounter, ana: User, tmp_path: Path
) -> None:
    load_all(tmp_path)
    coded(chart, "i10 11102:a 17000:a", ana)
    page = ana_client.get(reverse("workspace", args=[chart.pk])).content.decode()
    assert "17000 (line 2) is part of 11102 (line 1) on one day" in page
    assert "NCCI pairs, release 2026 Q4, in force since 01/01/2020" in page
    assert "Add 59" in page
    fields = {"key": "ncci_pair:2:", "version": chart.version}
    part = ana_client.post(reverse("fixes", args=[chart.pk]), fields, headers=HTMX)
    assert "is part of 11102" not in part.content.decode()
    assert Charge.objects.get(encounter=chart, position=2).modifiers == ["59"]


def test_a_pair_without_a_way_removes_the_line(
    ana_client: Client, north: Practice, chart: Encounter, ana: User, tmp_path: Path
) -> None:
    load_all(tmp_path)
    coded(chart, "i10 36415:a 96372-59:a 20610-rt:a", ana)
    fields = {"key": "ncci_never:2:", "version": chart.version}
    part = ana_client.post(reverse("fixes", args=[chart.pk]), fields, headers=HTMX)
    assert part.status_code == 200
    assert [row.procedure_code for row in chart.charges.all()] == ["36415", "20610"]


def test_a_blocking_pair_stops_the_completion(chart: Encounter, ana: User, tmp_path: Path) -> None:
    load_all(tmp_path)
    coded(chart, "i10 11102:a 17000:a", ana)
    with pytest.raises(Refusal) as refused:
        encounters.finalize_encounter(chart, by=ana)
    assert refused.value.code == "findings_block"
    chart.refresh_from_db()
    assert chart.state == "in_coding"


def tables_asked(chart: Encounter) -> list[str]:
    """The published tables the reading of a chart asks, one entry per statement."""
    with CaptureQueriesContext(connection) as context:
        read_chart(chart)
    asked = [each["sql"] for each in context.captured_queries if "payers_" in each["sql"]]
    return [sql for sql in asked if "release_id" in sql]


def test_the_tables_of_a_chart_cost_the_same_whatever_is_coded(
    north: Practice, chart: Encounter, ana: User, tmp_path: Path
) -> None:
    """One statement for each kind of table, and none when the codes were asked before."""
    load_all(tmp_path)
    coded(chart, "i10 11102:a 17000-59:a", ana)
    row = Encounter.objects.select_related("patient", "coverage__payer").get(pk=chart.pk)
    forget_releases()
    small = tables_asked(row)
    assert tables_asked(row) == []
    many = visit(north)
    for code in PROCEDURES:
        coded(many, f"{code}", ana)
    codes.add_diagnosis(many, "I10", by=ana)
    forget_releases()
    large = tables_asked(Encounter.objects.get(pk=many.pk))
    # The documents themselves are read when one is about a code of the chart.
    assert (len(small), len(large)) == (5, 6)
    assert not_checked(chart_facts(many)) == [
        "HCPCS Level II: not checked, no table loaded for 11/02/2026."
    ]


def test_reading_a_chart_costs_at_most_ten_statements_beside_the_tables(
    north: Practice, chart: Encounter, ana: User, tmp_path: Path
) -> None:
    load_all(tmp_path)
    coded(chart, "i10 99203:a 20610-rt:a", ana)
    for day in range(1, 20):
        past = visit(north, patient=chart.patient, date_of_service=make.SERVED_ON - timedelta(day))
        make.coded(past, ("99213", "100.00"), ("17000", "50.00"))
    loaded = Encounter.objects.select_related(
        "patient", "provider", "location", "coverage__payer", "practice"
    ).get(pk=chart.pk)
    read_chart(loaded)
    with CaptureQueriesContext(connection) as context:
        facts = read_chart(loaded).facts
    assert len(context.captured_queries) <= 9
    assert len(facts.codes.history or ()) == 38
    assert {past.units for past in facts.codes.history or ()} == {Decimal(1)}
