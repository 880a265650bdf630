"""The sandbox takes an 837I as it takes an 837P: acknowledged, accepted, adjudicated, paid."""

from dataclasses import replace
from decimal import Decimal
from io import BytesIO

from payers.sandbox import documents
from payers.sandbox.adjudication import adjudicate
from payers.sandbox.behaviour import Condition, Denial
from payers.sandbox.facility import answer_facility, load_claim, view_claim
from rcm.x12.claim_837 import ClaimPayer
from rcm.x12.claim_837i import InstitutionalClaim
from rcm.x12.remittance_835 import DateReference
from rcm.x12.write_837i import write_institutional_claims
from tests.sandbox.bench import Bench
from tests.sandbox.cast import PAYER, SUBMITTER, TODAY, make_claim, make_envelope
from tests.x12.build_837i import EMERGENCY, ROOM, STAY

CLAIM = replace(
    STAY,
    payer=ClaimPayer(PAYER.name, PAYER.payer_id),
    other_payers=(),
    lines=(ROOM, replace(EMERGENCY, adjudications=())),
    subscriber=replace(STAY.subscriber, rank="P"),
)
FEES = {"0120": 100_000, "99284": 30_000}


def send(bench: Bench, *claims: InstitutionalClaim, control_number: int = 1) -> None:
    out = BytesIO()
    write_institutional_claims(out, make_envelope(control_number, "NORTH01"), SUBMITTER, claims)
    bench.drop(out.getvalue())


def test_an_institutional_claim_is_acknowledged_accepted_and_paid(bench: Bench) -> None:
    send(bench, CLAIM)
    [group] = bench.group_acknowledgments
    assert (group.code, group.version, group.accepted) == ("A", "005010X223A2", 1)
    [status] = bench.claim_statuses
    assert (status.patient_control_number, status.information[0].action) == ("H1", "WQ")
    assert (status.date_of_service, status.information[0].amount) == (CLAIM.statement_from, 400_000)
    [remittance] = bench.remittances
    [paid] = remittance.claims
    # CLP08, CLP09 and CLP11
    assert (paid.facility_code, paid.frequency, paid.drg_code) == ("11", "1", "871")
    assert paid.payer_claim_control_number == status.payer_claim_control_number
    assert paid.inpatient == ("3",)
    room, visit = paid.lines
    assert (room.qualifier, room.procedure_code, room.revenue_code) == ("NU", "0120", "")
    assert (visit.qualifier, visit.procedure_code, visit.revenue_code) == ("HC", "99284", "0450")
    assert (visit.modifiers, visit.references[0].value) == (("25",), "H1L2")
    assert remittance.end.is_balanced


def test_lines_are_priced_by_procedure_or_revenue_code() -> None:
    payer = replace(PAYER, base=FEES)
    paid = adjudicate(view_claim(CLAIM), payer, icn="N1", received_on=TODAY)
    answer = answer_facility(paid, CLAIM)
    assert [line.amount_allowed for line in answer.lines] == [300_000, 30_000]
    assert (answer.amount_billed, answer.amount_paid) == (400_000, 330_000)
    assert answer.dates[:2] == (
        DateReference("232", CLAIM.statement_from),
        DateReference("233", CLAIM.statement_to),
    )


def test_remarks_of_an_inpatient_are_in_mia_and_of_an_outpatient_in_moa() -> None:
    denial = Denial(Condition(), "CO", "16", ("M76",), ("MA130", "MA01"))
    for claim in (CLAIM, replace(CLAIM, type_of_bill="131")):
        view = view_claim(claim)
        denied = adjudicate(view, PAYER, icn="N1", received_on=TODAY, denial=denial)
        answer = answer_facility(denied, claim)
        if claim.is_inpatient:
            assert (answer.inpatient[0], answer.inpatient[4], answer.inpatient[19]) == (
                "3",
                "MA130",
                "MA01",
            )
            assert answer.outpatient == ()
        else:
            assert (answer.inpatient, answer.outpatient) == ((), ("", "", "MA130", "MA01"))
            assert answer.facility_code == "13"


def test_a_void_reverses_the_payment_of_a_stay(bench: Bench) -> None:
    send(bench, CLAIM)
    [first] = bench.remittances
    [paid] = first.claims
    void = replace(
        CLAIM,
        patient_control_number="H2",
        type_of_bill="118",
        payer_claim_control_number=paid.payer_claim_control_number,
    )
    send(bench, void, control_number=2)
    [_, second] = bench.remittances
    [reversal] = second.claims
    assert (reversal.status_code, reversal.amount_paid) == ("22", -paid.amount_paid)
    assert [line.revenue_code for line in reversal.lines] == ["", "0450"]
    assert second.end.provider_adjustments[0].code == "FB"


def test_a_claim_of_either_kind_is_stored_and_loaded() -> None:
    for claim in (CLAIM, make_claim()):
        assert load_claim(documents.dump(claim)) == claim


def test_a_stay_sent_twice_is_denied_as_duplicate(bench: Bench) -> None:
    send(bench, CLAIM)
    send(bench, replace(CLAIM, patient_control_number="H3"), control_number=2)
    [_, second] = bench.remittances
    [denied] = second.claims
    assert {(a.group, a.reason) for line in denied.lines for a in line.adjustments} == {
        ("CO", "18")
    }
    assert denied.amount_paid == 0


def test_every_answer_to_a_stay_balances() -> None:
    payer = replace(PAYER, base=FEES, unlisted_percent=Decimal("33.3"))
    answer = answer_facility(
        adjudicate(view_claim(CLAIM), payer, icn="N1", received_on=TODAY), CLAIM
    )
    for line in answer.lines:
        assert line.amount_billed - sum(a.amount for a in line.adjustments) == line.amount_paid
    assert sum(line.amount_paid for line in answer.lines) == answer.amount_paid
