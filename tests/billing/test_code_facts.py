"""The facts of the checks on codes, read for many claims at once."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.actions.claim_drafts import chart_queryset, compose_draft
from billing.actions.claims import draft_ready_claims, scrub_claim
from billing.actions.code_facts import Judged, code_facts_for, code_facts_of_foreign
from billing.models import Claim, ClaimFinding, ServiceLine
from coding.models import Encounter
from coding.rules.code_facts import CodeFacts
from payers.actions.edit_tables import load_table
from payers.rules.edit_tables import Table
from payers.table_lookup import forget_releases
from rcm.models import Practice
from tests import make
from tests.billing.coding_cases import claim as plain_claim
from tests.billing.coding_cases import line
from tests.billing.outgoing import coded_chart
from tests.payers.edit_files import pair_files, pair_row, unit_file

DAY = make.SERVED_ON


def judged(chart: Encounter, payer_class: str = "medicare", claim_id: int | None = None) -> Judged:
    row = chart_queryset().get(pk=chart.pk)
    return Judged(compose_draft(row, f"X{chart.pk}").content, row, payer_class, claim_id)


def facts_of(practice: Practice, chart: Encounter, **changes: Any) -> CodeFacts:
    [found] = code_facts_for(practice.pk, [judged(chart, **changes)])
    return found


def codes_seen(facts: CodeFacts) -> list[tuple[str, date]]:
    return [(past.procedure_code, past.served_on) for past in facts.history or ()]


def billed(
    practice: Practice, chart: Encounter, days_before: int, code: str, **changes: Any
) -> Claim:
    """A claim of another visit of the chart's patient, some days before DAY."""
    day = DAY - timedelta(days_before)
    visit = make.encounter(practice, patient=chart.patient, date_of_service=day)
    made = make.claim(practice, (code, "10.00"), encounter=visit, **changes)
    ServiceLine.objects.filter(claim=made).update(date_of_service=day)
    return made


def test_without_a_code_set_or_tables_nothing_is_known(north: Practice) -> None:
    facts = facts_of(north, coded_chart(north))
    assert facts.diagnoses is None
    assert facts.tables.releases == {}
    assert facts.history == ()
    assert (facts.payer_class, facts.specialty) == ("medicare", "Primary care")


def test_diagnoses_come_with_their_headings_their_notes_and_their_days(north: Practice) -> None:
    heading = {"excludes1_codes": ["E10"], "seventh": [], "code_first": "underlying condition"}
    make.code("icd10cm", "E11", "Type 2 diabetes", is_billable=False, notes=heading)
    notes = {"siblings": [["right", "E1143"]], "code_first": ", if applicable, something"}
    make.code("icd10cm", "E1142", "With neuropathy", notes=notes, ends_on=date(2027, 9, 30))
    make.code("icd10cm", "I10", "Hypertension")
    found = facts_of(north, coded_chart(north)).diagnoses or {}
    assert sorted(found) == ["E11", "E1142", "I10"]
    [above], [code] = found["E11"], found["E1142"]
    assert (above.excludes1, above.is_billable, above.has_code_first) == (("E10",), False, True)
    assert (code.siblings, code.has_code_first) == ((("right", "E1143"),), False)
    assert (code.starts_on, code.ends_on) == (date(2020, 10, 1), date(2027, 9, 30))


def test_a_day_before_the_first_loaded_release_is_not_checked(north: Practice) -> None:
    for code in ("I10", "E1142"):
        make.code("icd10cm", code, "Something", starts_on=date(2026, 10, 1))
    before = coded_chart(north, date_of_service=date(2026, 9, 30))
    on = coded_chart(north, date_of_service=date(2026, 10, 1))
    first, second = code_facts_for(north.pk, [judged(before), judged(on)])
    assert first.diagnoses is None
    assert sorted(second.diagnoses or {}) == ["E1142", "I10"]


def test_an_unknown_code_is_unknown_where_a_release_is_loaded(north: Practice) -> None:
    make.code("icd10cm", "Z000", "Anything else", starts_on=date(2025, 10, 1))
    assert facts_of(north, coded_chart(north)).diagnoses == {}


def test_history_is_the_patients_other_visits_of_ninety_days_and_the_next_day(
    north: Practice,
) -> None:
    chart = coded_chart(north)
    for days, code in ((0, "20610"), (90, "27447"), (120, "17110"), (-1, "29881"), (-2, "29880")):
        billed(north, chart, days, code)
    billed(north, chart, 5, "11102", status=Claim.Status.VOIDED)
    make.claim(north, ("93000", "10.00"), encounter=make.encounter(north))
    facts = facts_of(north, chart)
    assert codes_seen(facts) == [
        ("27447", DAY - timedelta(90)),
        ("20610", DAY),
        ("29881", DAY + timedelta(1)),
    ]
    [_, same_day, _] = facts.history or ()
    assert (same_day.provider_npi, same_day.specialty) == ("1098765435", "Primary care")
    assert (same_day.modifiers, same_day.units) == ((), Decimal(1))


def test_a_new_patient_visit_looks_back_three_years(north: Practice) -> None:
    chart = coded_chart(north, ("99203", "200.00"))
    billed(north, chart, 1_000, "99213")
    billed(north, chart, 1_200, "99214")
    assert codes_seen(facts_of(north, chart)) == [("99213", DAY - timedelta(1_000))]


def test_of_two_unsent_claims_only_the_older_counts_for_the_younger(north: Practice) -> None:
    chart = coded_chart(north)
    older = billed(north, chart, 0, "20610", status="held", submitted_at=None)
    sent = billed(north, chart, 0, "93000")
    assert codes_seen(facts_of(north, chart, claim_id=older.pk)) == [("93000", DAY)]
    both = [("20610", DAY), ("93000", DAY)]
    assert codes_seen(facts_of(north, chart, claim_id=sent.pk + 1)) == both
    assert codes_seen(facts_of(north, chart)) == both


def test_of_one_visit_billed_twice_only_the_newest_claim_counts(north: Practice) -> None:
    chart = coded_chart(north)
    first = billed(north, chart, 3, "17110")
    make.claim(north, ("17000", "10.00"), encounter=first.encounter, replaces=first, frequency="7")
    assert [code for code, _ in codes_seen(facts_of(north, chart))] == ["17000"]


def test_drafts_of_one_call_count_for_those_after_them(north: Practice) -> None:
    one = coded_chart(north, ("20610", "100.00"))
    two = coded_chart(north, ("99213", "100.00"), patient=one.patient)
    first, second = code_facts_for(north.pk, [judged(one), judged(two)])
    assert codes_seen(first) == []
    assert codes_seen(second) == [("20610", DAY)]


def load_edits(folder: Path) -> None:
    load_table(Table.PTP_PRACTITIONER, pair_files(folder, pair_row("20610", "99213")))
    load_table(Table.MUE_PRACTITIONER, [unit_file(folder, "93000,3,2 Day,x")])
    forget_releases()


def test_tables_hold_the_claims_codes_and_pairs_with_other_claims(
    north: Practice, tmp_path: Path
) -> None:
    load_edits(tmp_path)
    chart = coded_chart(north, ("99213", "100.00"), ("93000", "50.00"))
    alone = facts_of(north, chart).tables
    assert (sorted(alone.units), alone.pairs) == (["93000"], {})
    billed(north, chart, 0, "20610")
    assert sorted(facts_of(north, chart).tables.pairs) == [("20610", "99213")]
    july = coded_chart(north, ("93000", "50.00"), date_of_service=date(2026, 7, 1))
    assert not facts_of(north, july).tables.has(Table.MUE_PRACTITIONER)


def test_a_strangers_claim_has_tables_and_no_history(north: Practice, tmp_path: Path) -> None:
    load_edits(tmp_path)
    make.code("icd10cm", "I10", "Hypertension")
    [facts] = code_facts_of_foreign([plain_claim(line("99213"), line("20610"))])
    assert facts.history is None
    assert sorted(facts.diagnoses or {}) == ["I10"]
    assert sorted(facts.tables.pairs) == [("20610", "99213")]


def test_many_claims_cost_the_statements_of_two(north: Practice, tmp_path: Path) -> None:
    load_edits(tmp_path)
    for code in ("I10", "E1142"):
        make.code("icd10cm", code, "Something")

    def cost(count: int) -> int:
        charts = [coded_chart(north, ("99213", "9.00"), ("20610", "9.00")) for _ in range(count)]
        works = [judged(chart) for chart in charts]
        forget_releases()
        with CaptureQueriesContext(connection) as seen:
            assert len(code_facts_for(north.pk, works)) == count
        return len(seen)

    cost(2)
    # History, diagnoses, and which releases are in use: the rest is kept from before.
    assert (cost(2), cost(30)) == (3, 3)


def test_a_draft_and_a_recheck_find_the_same_pair(north: Practice, tmp_path: Path) -> None:
    load_edits(tmp_path)
    chart = coded_chart(north, ("99213", "165.00"), ("20610", "148.00"))
    draft_ready_claims(north.pk, today=make.TODAY)
    claim = Claim.objects.get(encounter=chart)
    message = (
        "99213 (line 1) is part of 20610 (line 2) on one day; if the visit was separate, mark it "
        "with 25."
    )
    drafted = ClaimFinding.objects.filter(claim=claim, code="ncci_pair")
    assert [(row.severity, row.message) for row in drafted] == [("warning", message)]
    assert claim.status == "ready"
    again = [finding.message for finding in scrub_claim(claim, by=None, today=make.TODAY)]
    assert message in again


@pytest.mark.parametrize(("payer_class", "status"), [("medicare", "held"), ("blue", "ready")])
def test_a_pair_holds_the_claim_of_a_payer_that_follows_ncci(
    north: Practice, tmp_path: Path, payer_class: str, status: str
) -> None:
    load_edits(tmp_path)
    make.payer(north, payer_class=payer_class)
    chart = coded_chart(north, ("99213", "165.00"), ("20610", "148.00"))
    draft_ready_claims(north.pk, today=make.TODAY)
    assert Claim.objects.get(encounter=chart).status == status


def test_what_a_facility_billed_is_no_history_of_the_provider(north: Practice) -> None:
    chart = coded_chart(north)
    own = billed(north, chart, 1, "99213", patient_control_number="OWN1")
    facility = billed(north, chart, 2, "99284", patient_control_number="FAC1")
    Claim.objects.filter(pk__in=[own.pk, facility.pk]).update(
        status="accepted", submitted_at="2026-11-03T15:00:00Z"
    )
    Claim.objects.filter(pk=facility.pk).update(form="institutional")
    assert codes_seen(facts_of(north, chart)) == [("99213", DAY - timedelta(1))]
