"""The demo's charts before the demo's payers: what is denied is what the content says."""

from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from coding.demo import encounters
from coding.demo.answers import DemoAnswer
from coding.demo.encounters import DemoEncounter
from payers.demo import payers
from payers.sandbox.__main__ import DEFAULT_SCRIPT
from payers.sandbox.acceptance import find_rejection
from payers.sandbox.adjudication import adjudicate
from payers.sandbox.script import read_script
from rcm.demo import people
from rcm.x12.claim_837p import Claim, ClaimPayer, Person, Provider, ServiceLine, Subscriber
from rcm.x12.remittance_835 import RemittedClaim
from tests.sandbox.cast import PROVIDER, make_claim

TODAY = date(2026, 11, 23)
CAST = people.build(TODAY)
PAYERS = payers.build(TODAY, CAST)
BEHAVIOUR = read_script(Path(DEFAULT_SCRIPT))
COVERAGES = {row.patient: row for row in PAYERS.coverages if row.rank == "P"}
PAYERS_BY_KEY = {row.key: row for row in PAYERS.payers}
FEES = {row.procedure_code: int(row.amount * 100) for row in PAYERS.fee_schedule.fees}
PATIENTS = {row.key: row for row in CAST.patients}


def make_demo_claim(encounter: DemoEncounter, answer: DemoAnswer) -> Claim:
    """The claim of one coded chart, as far as the payers look at it."""
    coverage, patient = COVERAGES[encounter.patient], PATIENTS[encounter.patient]
    lines = tuple(
        ServiceLine(
            position=position,
            procedure_code=coded.code,
            amount_billed=FEES[coded.code] * coded.units,
            units=Decimal(coded.units),
            pointers=coded.pointers,
            date_of_service=encounter.date_of_service,
            line_control_number=f"L{position}",
            modifiers=coded.modifiers,
        )
        for position, coded in enumerate(answer.procedures, start=1)
    )
    changes: dict[str, Any] = {
        "diagnoses": answer.plain_diagnoses,
        "authorization_number": encounter.authorization_number,
        "rendering_provider": Provider(Person("DOE", "PAT"), PROVIDER.npi),
        "payer": ClaimPayer("X", PAYERS_BY_KEY[coverage.payer].payer_id),
        "subscriber": Subscriber(
            Person(patient.last_name, patient.first_name), coverage.member_id, "P", "CI"
        ),
    }
    return make_claim(encounter.number, *lines, **changes)


def answer_claim(claim: Claim) -> RemittedClaim | str:
    """The 835's answer, or the status code of the rejection."""
    payer = BEHAVIOUR.payers[claim.payer.payer_id]
    if rejection := find_rejection(claim, payer, TODAY):
        return rejection.code
    return adjudicate(claim, payer, icn="1", received_on=TODAY)


def find_denials(answer: RemittedClaim | str) -> set[str]:
    """Reasons of lines of which nothing is allowed; `rejected` for a claim turned away."""
    if isinstance(answer, str):
        return {"rejected"}
    return {
        line.adjustments[0].reason
        for line in answer.lines
        if line.amount_allowed is None and line.amount_billed
    }


CHARTS = encounters.build(TODAY, CAST)


@pytest.mark.parametrize(
    "chart", [c for c in CHARTS if c.first_answer], ids=lambda chart: str(chart.number)
)
def test_a_hurried_first_answer_is_denied_and_the_careful_one_is_not(chart: DemoEncounter) -> None:
    assert chart.first_answer is not None

    assert find_denials(answer_claim(make_demo_claim(chart, chart.first_answer.answer)))
    careful = find_denials(answer_claim(make_demo_claim(chart, chart.answer)))
    assert careful == set() or chart.expected_rule


def test_only_expected_rules_stop_careful_answers() -> None:
    stopped = Counter(
        reason
        for chart in CHARTS
        if not chart.expected_rule
        for reason in find_denials(answer_claim(make_demo_claim(chart, chart.answer)))
    )

    assert stopped == {}


def test_every_expected_rule_stops_its_chart() -> None:
    for chart in CHARTS:
        if chart.expected_rule:
            assert find_denials(answer_claim(make_demo_claim(chart, chart.answer))), chart.number
