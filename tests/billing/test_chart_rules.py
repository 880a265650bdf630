"""The practice's claim rules on the chart: told before it is completed, and let stand."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from billing.actions import claim_rules as actions
from billing.actions.claims import draft_ready_claims, scrub_claim
from billing.chart_rules import findings_for
from billing.models import Claim, ClaimRule
from coding.actions import codes, encounters, stays
from coding.actions.overrides import override_finding, withdraw_override
from coding.chart_facts import chart_facts, read_chart
from coding.models import ChartOverride, Encounter
from coding.rules.edits import check
from coding.rules.facts import Finding
from payers.table_lookup import forget_releases
from rcm import access
from rcm.errors import Refusal
from rcm.models import Event, Practice, User
from tests import make

HTMX = {"HX-Request": "true", "HX-Target": "codes"}
REASON = "The payer said so by phone."
MESSAGE = "Unified pays a visit beside an injection only with 25."
TERMS = "payer is UNIFD\nprocedure is 99213\nmodifiers lack 25, 57"


@pytest.fixture
def chart(north: Practice, mia: User) -> Encounter:
    """99213 for hypertension, as Unified Care pays it."""
    for code in ("I10", "E119"):
        make.code("icd10cm", code, f"Diagnosis {code}")
    for code in ("99213", "36415", "81002"):
        make.code("procedure", code, f"Service {code}")
    make.fees(north, c99213="165.00", c36415="18.00", c81002="9.00")
    row = make.encounter(north)
    codes.add_line(row, "i10 99213:a", by=mia)
    # Put down, so that anybody may take it.
    Encounter.objects.filter(pk=row.pk).update(locked_until=None, assigned_to=None)
    return loaded(row)


def loaded(chart: Encounter) -> Encounter:
    """As the page reads it."""
    rows = Encounter.objects.select_related(
        *("patient", "provider", "location", "coverage__payer", "coverage__plan", "practice"),
        *("stay__attending", "stay__operating"),
    )
    return rows.get(pk=chart.pk)


def in_force(practice: Practice, by: User, terms: str = TERMS, **changes: Any) -> ClaimRule:
    told: dict[str, Any] = {
        "name": "Visit and injection",
        "terms": terms,
        "action": "hold",
        "message": MESSAGE,
        "starts_on": date(2026, 1, 1),
    }
    rule = actions.make_rule(practice, by=by, **told | changes)
    actions.try_rule(rule, by=by, today=make.TODAY)
    return actions.enable_rule(rule, by=by)


def told_on(chart: Encounter) -> list[Finding]:
    found = check(chart_facts(loaded(chart)))
    return [finding for finding in found if finding.code.startswith("rule:")]


def drafted(chart: Encounter, by: User) -> Claim:
    encounters.finalize_encounter(chart, by=by)
    draft_ready_claims(chart.practice_id, today=make.TODAY)
    return Claim.objects.get(encounter=chart)


def said(claim: Claim, rule: ClaimRule) -> list[tuple[str, str]]:
    rows = claim.findings.filter(code=rule.code, resolved_at__isnull=True)
    return list(rows.values_list("severity", "message"))


def test_a_rule_that_holds_blocks_the_completion_and_nothing_is_written(
    north: Practice, chart: Encounter, ana: User, ben: User
) -> None:
    rule = in_force(north, ben)
    before = Event.objects.count()
    with pytest.raises(Refusal) as refused:
        encounters.finalize_encounter(chart, by=ana)
    assert refused.value.code == "findings_block"
    assert refused.value.message == f"One edit blocks this chart: {MESSAGE}"
    [finding] = refused.value.data["findings"]
    assert (finding.code, finding.severity, finding.message) == (rule.code, "blocking", MESSAGE)
    assert (finding.source, finding.line) == ("Rule “Visit and injection”", 1)
    assert (finding.key, finding.fix, finding.override) == (f"{rule.code}:1:", None, None)
    assert finding.is_overridable
    row = Encounter.objects.get(pk=chart.pk)
    assert (row.state, row.finalized_at) == ("in_coding", None)
    assert not row.charges.filter(is_frozen=True).exists()
    assert Event.objects.count() == before


def test_the_correction_settles_it_and_the_first_claim_is_clean(
    north: Practice, chart: Encounter, ana: User, ben: User
) -> None:
    rule = in_force(north, ben)
    codes.change_charge(chart.charges.get(), by=ana, modifiers=["25"])
    assert told_on(chart) == []
    claim = drafted(loaded(chart), ana)
    assert (claim.status, claim.was_clean, said(claim, rule)) == ("ready", True, [])


def test_a_rule_that_warns_lets_the_chart_pass(
    north: Practice, chart: Encounter, ana: User, ben: User
) -> None:
    rule = in_force(north, ben, action="warn")
    [finding] = told_on(chart)
    assert (finding.severity, finding.message) == ("warning", MESSAGE)
    claim = drafted(chart, ana)
    assert (claim.status, said(claim, rule)) == ("ready", [("warning", MESSAGE)])


def test_an_override_of_the_chart_keeps_the_claim_from_being_held(
    north: Practice, chart: Encounter, mia: User, ben: User
) -> None:
    rule = in_force(north, ben)
    row = override_finding(chart, f"{rule.code}:1:", reason=REASON, by=mia, may_approve=True)
    assert (row.code, row.severity, row.message) == (rule.code, "blocking", MESSAGE)
    claim = drafted(loaded(chart), mia)
    passed = [("warning", f"{MESSAGE} Overridden by the coder: {REASON}")]
    assert (claim.status, claim.was_clean, said(claim, rule)) == ("ready", True, passed)
    scrub_claim(claim, by=mia, today=make.TODAY)
    assert (claim.status, said(claim, rule)) == ("ready", passed)


def test_without_the_override_the_same_claim_is_held(
    north: Practice, chart: Encounter, mia: User, ben: User
) -> None:
    """A rule enabled after the chart was completed finds no word of the coder."""
    claim = drafted(chart, mia)
    rule = in_force(north, ben)
    scrub_claim(claim, by=mia, today=make.TODAY)
    assert (claim.status, said(claim, rule)) == ("held", [("blocking", MESSAGE)])


def test_a_coder_passes_a_warning_and_a_manager_what_blocks(
    north: Practice, chart: Encounter, ana: User, ben: User
) -> None:
    holds = in_force(north, ben)
    warns = in_force(north, ben, action="warn", name="Softer")
    with pytest.raises(Refusal) as refused:
        override_finding(chart, f"{holds.code}:1:", reason=REASON, by=ana, may_approve=False)
    assert refused.value.message == "Only a manager lets a blocking edit stand."
    assert not ChartOverride.objects.exists()
    override_finding(chart, f"{warns.code}:1:", reason=REASON, by=ana, may_approve=False)
    # Rules that say the same of the same line are two decisions.
    assert [each.override is not None for each in told_on(chart)] == [False, True]
    withdraw_override(chart, f"{warns.code}:1:", by=ana)
    assert [each.override is not None for each in told_on(chart)] == [False, False]


def test_an_override_ends_when_what_the_rule_looked_at_changes(
    north: Practice, chart: Encounter, mia: User, ben: User
) -> None:
    rule = in_force(north, ben, "payer is UNIFD\nprocedure is 99213\nprocedures lack 36415")
    override_finding(chart, f"{rule.code}:1:", reason=REASON, by=mia, may_approve=True)
    assert [each.override is not None for each in told_on(chart)] == [True]
    codes.add_diagnosis(chart, "E119", by=mia)
    assert [each.override is not None for each in told_on(chart)] == [True]
    codes.add_line(chart, "81002:a", by=mia)
    assert [each.override is not None for each in told_on(chart)] == [False]


def test_an_override_holds_on_a_line_where_another_rule_sets_a_modifier(
    north: Practice, chart: Encounter, mia: User, ben: User
) -> None:
    in_force(north, ben, "payer is UNIFD", action="set", set_field="modifier", set_value="GT")
    rule = in_force(north, ben)
    override_finding(chart, f"{rule.code}:1:", reason=REASON, by=mia, may_approve=True)
    claim = drafted(loaded(chart), mia)
    assert claim.lines.get().modifiers == ["GT"]
    assert (claim.status, [severity for severity, _ in said(claim, rule)]) == ("ready", ["warning"])


def test_a_rule_that_sets_says_nothing_and_applies_first(
    north: Practice, chart: Encounter, ben: User
) -> None:
    in_force(north, ben)
    assert len(told_on(chart)) == 1
    in_force(north, ben, "payer is UNIFD", action="set", set_field="modifier", set_value="25")
    assert told_on(chart) == []
    assert chart.charges.get().modifiers == []


def test_what_is_the_billers_is_not_told_on_the_chart_and_holds_the_claim(
    north: Practice, chart: Encounter, ana: User, ben: User
) -> None:
    rule = in_force(north, ben, "payer is UNIFD\nprocedure is 99213\nauthorization is empty")
    assert told_on(chart) == []
    claim = drafted(chart, ana)
    assert (claim.status, said(claim, rule)) == ("held", [("blocking", MESSAGE)])


def test_a_rule_counts_by_the_day_of_service(north: Practice, chart: Encounter, ben: User) -> None:
    in_force(north, ben, starts_on=date(2026, 11, 3))
    assert told_on(chart) == []
    in_force(north, ben, starts_on=date(2026, 11, 2), ends_on=date(2026, 11, 2))
    assert len(told_on(chart)) == 1


def test_a_retired_rule_is_told_no_more(north: Practice, chart: Encounter, ben: User) -> None:
    rule = in_force(north, ben)
    actions.retire_rule(rule, by=ben)
    assert told_on(chart) == []


def test_prices_of_the_day_count_before_the_chart_is_completed(
    north: Practice, chart: Encounter, ben: User
) -> None:
    in_force(north, ben, f"{TERMS}\namount above 164.99\nline_amount is 165.00")
    assert len(told_on(chart)) == 1
    in_force(north, ben, f"{TERMS}\namount above 165.00")
    assert len(told_on(chart)) == 1


def test_a_chart_without_coverage_is_told_nothing(
    north: Practice, chart: Encounter, ben: User
) -> None:
    in_force(north, ben, "procedure is 99213\nmodifiers lack 25")
    assert len(told_on(chart)) == 1
    Encounter.objects.filter(pk=chart.pk).update(coverage=None)
    assert told_on(chart) == []


def test_a_rule_of_another_practice_is_never_told(
    north: Practice, south: Practice, chart: Encounter, otto: User
) -> None:
    access.open_walls([north.pk, south.pk])
    in_force(south, otto)
    assert told_on(chart) == []
    access.open_walls([north.pk])
    assert told_on(chart) == []


def test_a_stay_is_judged_as_the_institutional_claim_it_becomes(
    north: Practice, chart: Encounter, mia: User, ben: User
) -> None:
    codes.change_charge(chart.charges.get(), by=mia, pointers=[])
    stays.set_stay(
        chart,
        by=mia,
        type_of_bill="131",
        statement_from=chart.date_of_service,
        statement_to=chart.date_of_service,
        admission_type="3",
        patient_status="01",
    )
    stays.set_revenue_codes(chart, [(chart.charges.get(), "0510")], by=mia)
    rule = in_force(north, ben, "type_of_bill is 131\nrevenue_code is 0510\nprocedure is 99213")
    override_finding(loaded(chart), f"{rule.code}:1:", reason=REASON, by=mia, may_approve=True)
    claim = drafted(loaded(chart), mia)
    assert claim.form == "institutional"
    assert said(claim, rule) == [("warning", f"{MESSAGE} Overridden by the coder: {REASON}")]


def test_a_chart_sent_as_it_is_may_be_closed_again(
    north: Practice, chart: Encounter, ana: User, ben: User
) -> None:
    """Its claim went out before there was the rule, and is not drafted again."""
    rule = in_force(north, ben)
    assert [each.code for each in told_on(chart)] == [rule.code]
    encounters.finalize_encounter(chart, by=ana, is_as_sent=True)
    chart.refresh_from_db()
    assert chart.state == "finalized"


def test_the_chart_shows_it_and_takes_the_reason(
    north: Practice, chart: Encounter, mia_client: Client, ben: User
) -> None:
    rule = in_force(north, ben)
    page = mia_client.get(reverse("workspace", args=[chart.pk])).content.decode()
    assert f"<p>{MESSAGE}</p>" in page
    assert "<small>Rule “Visit and injection”</small>" in page
    assert "1 blocking" in page
    version = Encounter.objects.get(pk=chart.pk).version
    blocked = mia_client.post(
        reverse("completion", args=[chart.pk]), {"version": version}, headers=HTMX
    )
    assert blocked.status_code == 422
    assert f"One edit blocks this chart: {MESSAGE}" in blocked.content.decode()
    fields = {"key": f"{rule.code}:1:", "reason": REASON, "version": version}
    part = mia_client.post(reverse("overrides", args=[chart.pk]), fields, headers=HTMX)
    assert part.status_code == 200
    assert f": {REASON}" in part.content.decode()
    assert "1 overridden" in part.content.decode()


def test_the_page_of_a_rule_says_whether_coders_are_told(
    north: Practice, ben: User, ben_client: Client
) -> None:
    told = in_force(north, ben)
    untold = in_force(north, ben, "payer is UNIFD\nauthorization is empty", name="No number")
    page = ben_client.get(reverse("claim_rule", args=[told.pk])).content.decode()
    assert "Told while the visit is coded" in page
    page = ben_client.get(reverse("claim_rule", args=[untold.pk])).content.decode()
    assert "Not told: no condition on what a coder decides" in page


def statements(chart: Encounter) -> int:
    row = loaded(chart)
    forget_releases()
    read_chart(row)
    with CaptureQueriesContext(connection) as run:
        read_chart(row)
    return len(run)


def test_rules_cost_one_statement_with_none_in_force_and_with_any_number_of_rules_and_lines(
    north: Practice, chart: Encounter, mia: User, ben: User, settings: Any
) -> None:
    with_none = statements(chart)
    settings.CHART_RULES = "tests.billing.test_chart_rules.no_rules"
    assert statements(chart) == with_none - 1
    settings.CHART_RULES = "billing.chart_rules.findings_for"
    in_force(north, ben)
    assert statements(chart) == with_none
    for number in range(8):
        in_force(north, ben, f"procedure is 99213\nunits below {number + 2}", name=f"N{number}")
    codes.add_line(chart, "36415:a 81002:a 99213-25:a x2", by=mia)
    assert len(told_on(chart)) > 8
    assert statements(chart) == with_none


def no_rules(rows: object) -> tuple[Finding, ...]:
    return ()


def test_a_chart_that_becomes_no_claim_asks_for_no_rules(
    chart: Encounter, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    rows = read_chart(chart)
    rows.encounter.coverage = None
    with django_assert_num_queries(0):
        assert findings_for(rows) == ()
