"""Contracts and plans, and what they make of a claim."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing.claim_page import claim_queryset
from billing.expected import expected_of, total_of
from billing.models import Claim
from billing.rules.claim_content import from_json
from payers.actions.contracts import choose_plan, save_contract, save_plan, set_locality
from payers.actions.edit_tables import load_table
from payers.models import Fee, FeeSchedule, PayerContract, Plan
from payers.rules.edit_tables import Table
from payers.rules.expected_allowed import Expected
from payers.table_cache import forget_releases
from payers.terms import plan_for, plans_in_force
from rcm.errors import Refusal
from rcm.models import Practice, User
from tests import make
from tests.billing.outgoing import ready_claim
from tests.payers.fee_files import fee_file, fee_row, locality_files
from tests.world_payers import make_contract, make_plan

D = Decimal
CONTRACT: dict[str, Any] = {
    "plan": None,
    "name": "Unified 2026",
    "method": "medicare",
    "percent": D(120),
    "schedule": None,
    "reduces_multiple": True,
    "reduces_bilateral": True,
    "pays_lesser": True,
    "timely_filing_days": None,
    "corrected_claim_days": None,
    "starts_on": date(2026, 1, 1),
    "ends_on": None,
}
PLAN: dict[str, Any] = {
    "name": "Gold",
    "group_pattern": "7[0-9]{3}",
    "filing_indicator": "HM",
    "timely_filing_days": None,
    "corrected_claim_days": None,
    "requires_referral": False,
    "starts_on": date(2026, 1, 1),
    "ends_on": None,
}


@pytest.fixture
def tables(north: Practice, tmp_path: Path) -> Iterator[None]:
    """99213 at 1.30, 1.39 and 0.10 in Alabama: (1.30 + 1.39 × .869 + .10 × .575) × 33.4009."""
    forget_releases()
    row = fee_row("99213", work="1.30", outside="1.39", inside="0.55", risk="0.10")
    load_table(Table.FEES, [fee_file(tmp_path, row)])
    load_table(Table.LOCALITIES, locality_files(tmp_path))
    north.medicare_contractor, north.medicare_locality = "10112", "00"
    north.save()
    yield
    forget_releases()


def shown(claim: Claim) -> list[Expected]:
    row = claim_queryset().get(pk=claim.pk)
    return expected_of(row.practice, [row])[claim.pk]


def test_a_claim_shows_what_the_contract_should_allow(
    north: Practice, tables: None, ben_client: Client
) -> None:
    claim = ready_claim(north)
    make_contract(claim.payer)
    [found] = shown(claim)
    assert found.reason == ""
    assert (found.amount, found.basis) == (D("102.83"), "Medicare 2026 Q4 × 120 %")
    page = ben_client.get(f"/claims/{claim.pk}/").content.decode()
    for words in ("Expected allowed", "$102.83", "Medicare 2026 Q4 × 120 %"):
        assert words in page
    assert total_of([found]) == D("102.83")


def test_what_is_not_known_is_said_on_the_claim(north: Practice, ben_client: Client) -> None:
    forget_releases()
    claim = ready_claim(north)
    page = ben_client.get(f"/claims/{claim.pk}/").content.decode()
    assert "No contract with Unified on 11/02/2026" in page
    make_contract(claim.payer)
    assert shown(claim)[0].reason == "no Medicare fee schedule is loaded for 11/02/2026"
    assert total_of(shown(claim)) is None


def test_a_schedule_and_a_contract_of_the_plan_win(north: Practice, ben: User) -> None:
    forget_releases()
    claim = ready_claim(north)
    schedule = FeeSchedule.objects.create(practice=north, name="Unified", payer=claim.payer)
    Fee.objects.create(
        practice=north,
        schedule=schedule,
        procedure_code="99213",
        amount=D("88.00"),
        starts_on=date(2026, 1, 1),
    )
    make_contract(claim.payer)
    plan = make_plan(claim.payer)
    own = CONTRACT | {"plan": plan, "method": "fee_schedule", "schedule": schedule}
    save_contract(claim.payer, by=ben, **own)
    choose_plan(claim.coverage, plan, by=ben)
    assert shown(claim) == [Expected(1, D("88.00"), "Fee schedule Unified 2026")]


def test_many_claims_cost_as_many_statements_as_one(north: Practice, tables: None) -> None:
    first = ready_claim(north)
    make_contract(first.payer)
    for _ in range(5):
        ready_claim(north, patient=make.patient(north))

    def cost(count: int) -> int:
        claims = list(claim_queryset().order_by("pk")[:count])
        with CaptureQueriesContext(connection) as seen:
            assert len(expected_of(north, claims)) == count
        return len(seen)

    cost(1)
    assert cost(6) == cost(1)


def test_terms_that_cannot_be_are_refused_and_nothing_is_written(
    north: Practice, ben: User
) -> None:
    payer = make.payer(north)
    save_contract(payer, by=ben, **CONTRACT)
    other = make_plan(make.payer(north, payer_id="OTHER", name="Other", short_name="Other"))
    for changes, code in (
        ({"name": "Again"}, "contract_overlaps"),
        ({"percent": None}, "contract_incomplete"),
        ({"method": "fee_schedule"}, "contract_incomplete"),
        ({"plan": other}, "other_plan"),
        ({"ends_on": date(2025, 1, 1)}, "ends_before_start"),
    ):
        with pytest.raises(Refusal) as refused:
            save_contract(payer, by=ben, **CONTRACT | changes)
        assert refused.value.code == code
    save_plan(payer, by=ben, **PLAN)
    for changes, code in (({}, "plan_name_taken"), ({"group_pattern": "("}, "pattern_wrong")):
        with pytest.raises(Refusal) as refused:
            save_plan(payer, by=ben, **PLAN | changes)
        assert refused.value.code == code
    assert (PayerContract.objects.count(), Plan.objects.count()) == (1, 2)
    with pytest.raises(IntegrityError), transaction.atomic():
        PayerContract.objects.update(percent=None)


def test_a_plan_is_given_to_policies_whose_group_fits(north: Practice, ben: User) -> None:
    payer = make.payer(north)
    plan = save_plan(payer, by=ben, **PLAN)
    coverage = make.coverage(make.patient(north), group_number="8000")
    with pytest.raises(Refusal, match="The group number is not one of Gold"):
        choose_plan(coverage, plan, by=ben)
    coverage.group_number = "7123"
    choose_plan(coverage, plan, by=ben)
    known = plans_in_force(payer.pk, date(2026, 3, 1))
    assert plan_for(payer.pk, "7123", date(2026, 3, 1), known) == plan
    assert plan_for(payer.pk, "8000", date(2026, 3, 1), known) is None


def test_the_plan_says_the_filing_indicator_and_the_limit(north: Practice, ben: User) -> None:
    patient = make.patient(north)
    coverage = make.coverage(patient, group_number="7123")
    plan = save_plan(coverage.payer, by=ben, **PLAN | {"timely_filing_days": 1})
    choose_plan(coverage, plan, by=ben)
    claim = ready_claim(north, patient=patient, date_of_service=make.SERVED_ON - timedelta(days=30))
    assert from_json(claim.content).subscriber.filing_indicator == "HM"
    assert claim.status == "held"
    [finding] = claim.findings.all()
    assert finding.message.startswith("The payer's filing limit passed")
    save_contract(coverage.payer, by=ben, **CONTRACT | {"timely_filing_days": 200})
    late = make.SERVED_ON - timedelta(days=20)
    assert ready_claim(north, patient=patient, date_of_service=late).status == "ready"


def test_the_locality_is_one_of_those_loaded(north: Practice, ben: User, tables: None) -> None:
    with pytest.raises(Refusal, match="99999-99 is not among the localities loaded"):
        set_locality(north, "99999", "99", on=make.TODAY, by=ben)
    set_locality(north, "02102", "01", on=make.TODAY, by=ben)
    north.refresh_from_db()
    assert (north.medicare_contractor, north.medicare_locality) == ("02102", "01")


def test_managers_add_contracts_and_plans_and_billers_read_them(
    north: Practice, ben_client: Client, mia_client: Client
) -> None:
    payer = make.payer(north)
    given = {
        "payer": payer.pk,
        "name": "Unified 2026",
        "method": "medicare",
        "percent": "120",
        "starts_on": "2026-01-01",
    }
    assert ben_client.post("/contracts/new/", given).status_code == 403
    assert mia_client.post("/contracts/new/", given | {"percent": ""}).status_code == 422
    assert mia_client.post("/contracts/new/", given).status_code == 302
    plan = {"payer": payer.pk, "name": "Gold", "starts_on": "2026-01-01"}
    assert mia_client.post("/contracts/plans/new/", plan).status_code == 302
    page = ben_client.get("/contracts/").content.decode()
    for words in ("Unified 2026", "120% of Medicare", "Gold", "not set"):
        assert words in page
    row = PayerContract.objects.get()
    mia_client.post(f"/contracts/{row.pk}/", given | {"percent": "110"})
    row.refresh_from_db()
    assert row.percent == D(110)
    mia_client.post("/contracts/locality/", {"contractor": "10112", "locality": "00"})
    assert "10112-00" in ben_client.get("/contracts/").content.decode()
    made = mia_client.post(
        "/api/contracts/",
        given | {"name": "Later", "starts_on": "2026-06-01"},
        headers={"Idempotency-Key": "d1"},
    )
    assert made.json()["code"] == "contract_overlaps"
