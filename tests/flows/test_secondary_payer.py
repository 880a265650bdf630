"""What one payer left is billed to the next by itself, paid and posted, until nobody owes."""

from io import BytesIO

from django.utils import timezone

from billing.models import Account, Batch, Claim, Posting
from billing.next_parties import steps_of
from coding.models import Encounter
from denials.models import Denial
from payers.models import Payer
from rcm.models import Patient
from rcm.x12.claim_837i import InstitutionalClaim
from rcm.x12.claim_837p import Claim as ProfessionalClaim
from rcm.x12.gate import inspect
from rcm.x12.items import AnyClaim
from rcm.x12.reader import read
from rcm.x12.remittance_835 import Adjustment
from tests import make
from tests.flows.story import (
    COINSURING,
    FORWARDING,
    HALF,
    SECOND,
    THIRD,
    UNIFIED,
    Story,
    assert_ledger,
    balances,
)
from tests.flows.story import Payer as Scripted
from tests.flows.test_facility_stay_to_paid import chart_of_stay

PAID_TO_ZERO = {"revenue": "-165.00", "unapplied": "92.00", "contractual": "73.00"}


def payer_of(story: Story, scripted: Scripted) -> Payer:
    return make.payer(
        story.practice,
        name=scripted.name.title(),
        short_name=scripted.name.title(),
        payer_id=scripted.payer_id,
        trace_identifier=scripted.trace_identifier,
    )


def covered_by(story: Story, *payers: Scripted) -> Patient:
    """A patient with a policy at each of these payers, in the order in which they pay."""
    patient = make.patient(story.practice)
    for rank, scripted in zip("PST", payers, strict=False):
        payer = payer_of(story, scripted)
        member_id = f"UC1000000{'PST'.index(rank)}"
        make.coverage(patient, payer=payer, rank=rank, member_id=member_id)
    return patient


def first_decided(story: Story, *payers: Scripted) -> Claim:
    """One 99213 the first of these payers has paid 72.00 of, leaving 20.00."""
    story.chart(patient=covered_by(story, *payers))
    claim = story.draft(story.code("99213"))
    story.submit()
    story.exchange()
    claim.refresh_from_db()
    return claim


def sent_claim(batch: Batch) -> AnyClaim:
    """The one claim of a batch, as it was written; the file passed the gate."""
    assert batch.file is not None
    content = bytes(batch.file.content)
    assert inspect(content).problems == ()
    kinds = (ProfessionalClaim, InstitutionalClaim)
    [claim] = [item for item in read(BytesIO(content)) if isinstance(item, kinds)]
    return claim


def steps(*claims: Claim) -> list[str]:
    found = steps_of(claims[0].practice_id, [c.pk for c in claims], timezone.localdate())
    return [found[claim.pk].code for claim in claims]


def assert_nothing_between(story: Story) -> None:
    """What one claim gave, another one took."""
    moves = Posting.objects.filter(practice=story.practice)
    given = sum(m.amount for m in moves.filter(destination=Account.BETWEEN_CLAIMS))
    taken = sum(m.amount for m in moves.filter(source=Account.BETWEEN_CLAIMS))
    assert given == taken > 0
    assert_ledger(story.practice)


def test_the_second_payer_is_billed_by_itself_and_pays_what_was_left(story: Story) -> None:
    claim = first_decided(story, UNIFIED, SECOND)
    second = Claim.objects.get(follows=claim)
    assert (second.rank, second.status, second.payer.payer_id) == ("S", "ready", "SECND")
    assert steps(claim) == ["closed"]
    [batch] = story.submit()
    sent = sent_claim(batch)
    [other] = sent.other_payers
    assert (other.rank, other.payer_id, other.amount_paid, other.amount_remaining) == (
        "P",
        "UNIFD",
        7_200,
        2_000,
    )
    [said] = sent.lines[0].adjudications
    assert said.adjustments == (Adjustment("CO", "45", 7_300), Adjustment("PR", "3", 2_000))
    [remittance] = story.exchange()
    second.refresh_from_db()
    assert (second.status, second.was_clean, remittance.state) == ("adjudicated", True, "posted")
    told = remittance.claims.get()
    assert (told.status_code, str(told.amount_paid)) == ("2", "20.00")
    assert balances(claim, second) == PAID_TO_ZERO
    assert steps(claim, second) == ["closed", "closed"]
    assert Claim.objects.count() == 2
    assert Denial.objects.count() == 0
    assert_nothing_between(story)


def test_what_two_payers_left_goes_to_the_third_one(story: Story) -> None:
    claim = first_decided(story, UNIFIED, HALF, THIRD)
    second = Claim.objects.get(follows=claim)
    story.submit()
    story.exchange()
    third = Claim.objects.get(follows=second)
    assert balances(second) == {"between_claims": "-10.00", "unapplied": "10.00"}
    assert (third.rank, third.status) == ("T", "ready")
    [batch] = story.submit()
    sent = sent_claim(batch)
    assert [(o.rank, o.amount_paid, o.amount_remaining) for o in sent.other_payers] == [
        ("P", 7_200, 2_000),
        ("S", 1_000, 1_000),
    ]
    [remittance] = story.exchange()
    told = remittance.claims.get()
    assert (told.status_code, str(told.amount_paid), remittance.state) == ("3", "10.00", "posted")
    assert balances(claim, second, third) == PAID_TO_ZERO
    assert steps(claim, second, third) == ["closed", "closed", "closed"]
    assert_nothing_between(story)


def test_what_the_last_payer_leaves_is_the_patients(story: Story) -> None:
    claim = first_decided(story, UNIFIED, HALF)
    second = Claim.objects.get(follows=claim)
    story.submit()
    story.exchange()
    assert steps(claim, second) == ["closed", "patient_share"]
    assert balances(claim, second) == PAID_TO_ZERO | {
        "unapplied": "82.00",
        "patient_receivable": "10.00",
    }
    assert story.submit() == []
    assert_nothing_between(story)


def test_what_the_first_payer_sends_on_itself_gets_no_second_claim(story: Story) -> None:
    claim = first_decided(story, FORWARDING, SECOND)
    assert claim.status == "adjudicated"
    assert claim.remitted.get().status_code == "19"
    assert steps(claim) == ["crossover_waiting"]
    assert Claim.objects.count() == 1
    assert story.submit() == []
    assert balances(claim)["secondary_receivable"] == "20.00"
    assert_ledger(story.practice)


def test_a_stay_goes_to_the_second_payer_as_an_institutional_claim(story: Story) -> None:
    chart: Encounter = chart_of_stay(story)
    assert chart.coverage is not None
    chart.coverage.payer = payer_of(story, COINSURING)
    chart.coverage.save(update_fields=["payer"])
    second_payer = payer_of(story, SECOND)
    make.coverage(chart.patient, payer=second_payer, rank="S", member_id="SM1")
    claim = story.draft(chart)
    story.submit()
    story.exchange()
    second = Claim.objects.get(follows=claim)
    assert (second.form, second.status) == ("institutional", "ready")
    [batch] = story.submit()
    sent = sent_claim(batch)
    assert isinstance(sent, InstitutionalClaim)
    assert [line.adjudications[0].revenue_code for line in sent.lines] == ["0120", "0450"]
    # 60 percent of 4000.00 is allowed, a tenth of it left to the patient.
    assert [other.amount_remaining for other in sent.other_payers] == [24_000]
    [remittance] = story.exchange()
    assert (remittance.state, str(remittance.amount_paid)) == ("posted", "240.00")
    second.refresh_from_db()
    assert second.status == "adjudicated"
    assert balances(claim, second) == {
        "revenue": "-4000.00",
        "unapplied": "2400.00",
        "contractual": "1600.00",
    }
    assert steps(claim, second) == ["closed", "closed"]
    assert_nothing_between(story)
