"""A visit too large for one claim: sent in parts, paid part by part, until nobody owes."""

from decimal import Decimal

from billing import tasks
from billing.actions.claims import replace_claim
from billing.models import Claim
from billing.rules.claim_content import from_json
from coding.actions import codes, encounters
from coding.models import Encounter
from tests import make
from tests.flows.story import COINSURING, SECOND, Story, assert_ledger, balances, twice
from tests.flows.test_secondary_payer import covered_by, steps

D = Decimal


def large_chart(story: Story, lines: int, diagnoses: int = 1, **changes: object) -> Encounter:
    """`lines` procedures of 10.00, the first 99213 for 165.00, pointing at one diagnosis each."""
    story.chart(**changes)
    reasons = [f"R{number:02d}" for number in range(11, 11 + diagnoses)]
    for reason in reasons:
        make.code("icd10cm", reason, f"Reason {reason}")
    services = [str(20_000 + number) for number in range(2, lines + 1)]
    for service in services:
        make.code("procedure", service, f"Procedure {service}")
    make.fees(story.practice, **{f"c{service}": "10.00" for service in services})
    chart = encounters.next_encounter(story.practice, by=story.ana)
    assert chart is not None
    for reason in reasons:
        codes.add_diagnosis(chart, reason, by=story.ana)
    for number, service in enumerate(["99213", *services]):
        codes.add_charge(chart, service, by=story.ana, pointers=[number % diagnoses + 1])
    encounters.complete_encounter(chart, by=story.ana)
    return chart


def draft(story: Story, chart: Encounter) -> list[Claim]:
    twice(tasks.draft_ready_claims, story.practice.pk, chart.pk)
    return list(Claim.objects.filter(encounter=chart).order_by("part"))


def reloaded(*claims: Claim) -> list[Claim]:
    return list(Claim.objects.filter(pk__in=[claim.pk for claim in claims]).order_by("part"))


def payer_owes(*claims: Claim) -> Decimal:
    return D(balances(*claims).get("primary_receivable", "0.00"))


def test_a_chart_of_51_lines_is_sent_as_two_claims_and_both_are_paid(story: Story) -> None:
    first, second = draft(story, large_chart(story, 51))
    assert [str(claim.amount_billed) for claim in (first, second)] == ["655.00", "10.00"]
    [batch] = story.submit()
    assert (batch.claims_count, str(batch.amount_billed)) == (2, "665.00")
    assert batch.file is not None
    text = bytes(batch.file.content).decode()
    assert f"CLM*{first}*655*" in text
    assert f"CLM*{second}*10*" in text
    remittances = story.exchange()
    assert {remittance.state for remittance in remittances} == {"posted"}
    first, second = reloaded(first, second)
    assert (first.status, second.status) == ("adjudicated", "adjudicated")
    # 92.00 for the visit, of it 20.00 by the patient; 60 percent of what has no fee.
    assert balances(second) == {
        "revenue": "-10.00",
        "unapplied": "6.00",
        "contractual": "4.00",
    }
    assert balances(first) == {
        "revenue": "-655.00",
        "unapplied": "366.00",
        "contractual": "269.00",
        "patient_receivable": "20.00",
    }
    assert payer_owes(first, second) == 0
    assert_ledger(story.practice)


def test_thirteen_diagnoses_go_to_the_payer_on_two_claims(story: Story) -> None:
    claims = draft(story, large_chart(story, 13, 13))
    assert [(claim.part, claim.parts, claim.status) for claim in claims] == [
        (1, 2, "ready"),
        (2, 2, "ready"),
    ]
    assert [claim.lines.count() for claim in claims] == [12, 1]
    [batch] = story.submit()
    assert (batch.state, batch.claims_count) == ("sent", 2)
    story.exchange()
    assert [claim.status for claim in reloaded(*claims)] == ["adjudicated", "adjudicated"]
    assert payer_owes(*claims) == 0
    assert_ledger(story.practice)


def test_the_second_part_is_corrected_and_paid_anew_and_the_first_stays(story: Story) -> None:
    chart = large_chart(story, 51)
    first, second = draft(story, chart)
    story.submit()
    story.exchange()
    paid = balances(first)
    encounters.reopen_encounter(chart, reason="modifier missing", by=story.ben)
    again = encounters.next_encounter(story.practice, by=story.ana)
    assert again is not None
    codes.change_charge(again.charges.get(position=51), modifiers=["59"], by=story.ana)
    encounters.complete_encounter(again, by=story.ana)
    [_, second] = reloaded(first, second)
    corrected = replace_claim(second, by=story.ben)
    assert (corrected.part, corrected.parts, corrected.frequency) == (2, 2, "7")
    [batch] = story.submit()
    assert batch.file is not None
    text = bytes(batch.file.content).decode()
    assert f"REF*F8*{second.payer_claim_control_number}~" in text
    assert text.count("CLM*") == 1
    story.exchange()
    assert balances(second) == {}
    assert balances(corrected) == {
        "revenue": "-10.00",
        "unapplied": "6.00",
        "contractual": "4.00",
    }
    assert balances(first) == paid
    assert_ledger(story.practice)


def test_each_part_goes_on_to_the_second_payer_with_its_own_answers(story: Story) -> None:
    chart = large_chart(story, 51, patient=covered_by(story, COINSURING, SECOND))
    first, second = draft(story, chart)
    story.submit()
    story.exchange()
    followers = list(Claim.objects.filter(rank="S").order_by("part"))
    assert [(claim.follows, claim.part, claim.parts) for claim in followers] == [
        (first, 1, 2),
        (second, 2, 2),
    ]
    [other] = from_json(followers[1].content).other_payers
    # Of 10.00 six are allowed and a tenth of that is left.
    assert (other.amount_paid, other.amount_remaining) == (540, 60)
    assert [balances(claim)["between_claims"] for claim in followers] == ["-38.60", "-0.60"]
    assert [balances(claim)["between_claims"] for claim in (first, second)] == ["38.60", "0.60"]
    story.submit()
    assert {remittance.state for remittance in story.exchange()} == {"posted"}
    assert steps(first, second, *followers) == ["closed"] * 4
    assert "between_claims" not in balances(first, second, *followers)
    assert_ledger(story.practice)
