"""A remittance is recorded as the payer said it, once, and held when it must not be posted."""

from decimal import Decimal
from typing import Any

import pytest

from billing.actions.postings import post_remittance
from billing.models import Posting, Remittance
from rcm.errors import Refusal
from rcm.models import Event, Practice, User
from rcm.x12.remittance_835 import Amount, Party, Reference, Remark
from tests import make
from tests.billing import remitting as r
from tests.billing.books import assert_ledger


def test_everything_the_payer_said_is_recorded(north: Practice) -> None:
    line = r.line(
        "99213",
        "165.00",
        "72.00",
        "CO-45 73.00",
        "PR-2 20.00",
        number="L1",
        modifiers=("25",),
        submitted_qualifier="HC",
        submitted_code="99214",
        amounts=(Amount("B6", 9200),),
        remarks=(Remark("HE", "N130"),),
    )
    claim = r.clp(
        "X1",
        "165.00",
        "72.00",
        line,
        amount_patient=2000,
        outpatient=("", "", "MA01"),
        references=(Reference("EA", "M7"),),
    )
    row = r.recorded(north, r.content("67.00", claim, adjustments=(r.plb("WO", "5.00"),)))
    assert (row.amount_paid, row.amount_claims) == (Decimal("67.00"), Decimal("72.00"))
    assert row.amount_provider_adjustments == Decimal("5.00")
    assert (row.claims_count, row.lines_count, row.state) == (1, 1, "ready")
    assert row.details["payee_references"] == [["TJ", "123456789"]]
    told = row.claims.get()
    assert (told.patient_last_name, told.member_id) == ("OKAFOR", "UC10000001")
    assert (told.amount_patient, told.remarks) == (Decimal("20.00"), ["MA01"])
    assert told.details["references"] == [["EA", "M7"]]
    svc = told.lines.get()
    assert (svc.procedure_code, svc.submitted_code, svc.modifiers) == ("99213", "99214", ["25"])
    assert (svc.amount_allowed, svc.remarks) == (Decimal("92.00"), ["N130"])
    assert svc.line_control_number == "L1"
    found = [(a.group, a.reason, a.amount) for a in svc.adjustments.order_by("position")]
    assert found == [("CO", "45", Decimal("73.00")), ("PR", "2", Decimal("20.00"))]
    plb = row.provider_adjustments.get()
    assert (plb.code, plb.reference, plb.amount) == ("WO", "REF1", Decimal("5.00"))


def test_hostile_text_is_recorded_as_it_is(north: Practice) -> None:
    told = r.clp("X1", "5.00", "5.00", parties=(Party("QC", "1", "O'X", "A", "", "", "", ""),))
    content = r.content("5.00", told).replace(b"O'X", b"O'\\X\t{\"}\\N")
    row = r.recorded(north, content).claims.get()
    assert row.patient_last_name == "O'\\X\t{\"}\\N"


@pytest.mark.parametrize(
    ("head", "code", "message"),
    [
        (
            {"payee_identifier": "1245319599", "payee_references": ()},
            "other_practice",
            "The payee is 1245319599, not this practice.",
        ),
        (
            {"credit_or_debit": "D"},
            "debit_payment",
            "The payer says it takes this money back (BPR03 D).",
        ),
        ({"currency": "CAD"}, "foreign_currency", "The amounts are in CAD, not dollars."),
    ],
)
def test_a_payment_that_must_not_post_is_held(
    north: Practice, head: dict[str, Any], code: str, message: str
) -> None:
    row = r.recorded(north, r.content("5.00", r.clp("X1", "5.00", "5.00"), **head))
    assert (row.state, row.hold_code, row.hold_message) == ("held", code, message)
    assert row.file.note == "1 remittance recorded. 1 held."
    with pytest.raises(Refusal, match="This remittance is held"):
        post_remittance(row)
    assert not Posting.objects.exists()


def test_of_another_practices_payment_only_the_totals_are_kept(north: Practice) -> None:
    head = {"payee_identifier": "1245319599", "payee_references": ()}
    row = r.recorded(north, r.content("5.00", r.clp("X1", "5.00", "5.00"), **head))
    assert row.claims_count == 1
    assert not row.claims.exists()


@pytest.mark.parametrize(
    "head",
    [
        {"payee_identifier": "1098765434", "payee_references": ()},
        {"payee_identifier": "1245319599"},
        {"payee_qualifier": "FI", "payee_identifier": "12-3456789", "payee_references": ()},
    ],
)
def test_the_practice_is_known_by_its_providers_and_its_tax_id(
    north: Practice, head: dict[str, Any]
) -> None:
    make.provider(north, npi="1098765434")
    assert r.recorded(north, r.content("0.00", **head)).state == "ready"


def test_of_another_practices_payment_no_reference_of_a_take_back_is_kept(
    north: Practice,
) -> None:
    head = {"payee_identifier": "1245319599", "payee_references": ()}
    taken = (r.plb("WO", "2.00", "OKAFOR"), r.plb("L6", "-1.00", "CLAIM9"))
    row = r.recorded(
        north, r.content("4.00", r.clp("X1", "5.00", "5.00"), adjustments=taken, **head)
    )
    assert row.amount_provider_adjustments == Decimal("1.00")
    assert not row.provider_adjustments.exists()
    assert "summaries" not in row.details


def test_a_test_file_does_not_make_the_real_payment_a_duplicate(north: Practice) -> None:
    channel = make.channel(north, is_test=False)
    claim = make.claim(north)
    content = r.content("72.00", r.echo(claim, ("72.00", "CO-45 93.00")))
    test = r.recorded(north, content)
    assert (test.state, test.hold_code) == ("held", "test_file")
    channel.is_test = True
    channel.save()
    file = r.read(north, r.content("72.00", r.echo(claim, ("72.00", "CO-45 93.00")), number=2))
    real = file.remittances.get()
    assert (real.state, real.copy_number) == ("ready", 2)


def test_a_total_put_right_by_the_payer_replaces_the_one_that_did_not_add_up(
    north: Practice,
) -> None:
    claim = make.claim(north)
    told = r.echo(claim, ("72.00", "CO-45 93.00"))
    wrong = r.recorded(north, r.content("73.00", told))
    assert (wrong.state, wrong.hold_code) == ("held", "unbalanced")
    right = r.posted(north, r.content("72.00", told, number=2))
    wrong.refresh_from_db()
    assert (wrong.state, wrong.replaced_by) == ("replaced", right)
    assert right.state == "posted"
    assert_ledger(north)


def test_a_negative_payment_is_held(north: Practice) -> None:
    row = r.recorded(north, r.content("-5.00", r.clp("X1", "-5.00", "-5.00", status="22")))
    assert (row.state, row.hold_code) == ("held", "negative_payment")
    assert row.hold_message == "The payment is negative (BPR02 -5.00)."


def test_a_test_file_on_a_production_line_is_held(north: Practice) -> None:
    make.channel(north, is_test=False)
    row = r.recorded(north, r.content("5.00", r.clp("X1", "5.00", "5.00")))
    assert (row.state, row.hold_code) == ("held", "test_file")


def test_a_remittance_off_by_a_cent_is_held_with_the_difference(north: Practice) -> None:
    claim = make.claim(north)
    told = r.echo(claim, ("72.00", "CO-45 92.99"))
    row = r.recorded(north, r.content("72.00", told))
    assert (row.state, row.hold_code) == ("held", "unbalanced")
    assert row.hold_message == (
        "2 equations do not add up; first at CLP 1 SVC 1: stated 72.00, computed 72.01."
    )
    assert row.differences[0] == {
        "level": "line",
        "where": "CLP 1 SVC 1",
        "stated": "72.00",
        "computed": "72.01",
        "difference": "-0.01",
    }
    assert not Posting.objects.exists()


def test_the_payment_must_equal_its_claims_less_plb(north: Practice) -> None:
    row = r.recorded(north, r.content("5.01", r.clp("X1", "5.00", "5.00")))
    assert row.differences == [
        {
            "level": "transaction",
            "where": "BPR02",
            "stated": "5.01",
            "computed": "5.00",
            "difference": "0.01",
        }
    ]


def test_the_same_payment_in_another_envelope_is_recorded_once(north: Practice) -> None:
    first = r.recorded(north, r.content("5.00", r.clp("X1", "5.00", "5.00")))
    file = r.read(north, r.content("5.00", r.clp("X1", "5.00", "5.00"), number=2))
    assert (file.state, file.kind) == ("ignored", "835")
    assert file.note == f"Duplicate of remittance {first.pk}: not recorded again."
    assert Remittance.objects.count() == 1
    event = Event.objects.get(name="remittance.received_again")
    assert (event.subject_id, event.data) == (first.pk, {"file": file.pk})


def test_the_payer_is_found_by_its_trace_identifier(north: Practice) -> None:
    payer = make.payer(north)
    assert r.recorded(north, r.content("0.00")).payer == payer


def test_an_835_without_claims_is_recorded(north: Practice, ben: User) -> None:
    row = r.recorded(north, r.content("12.34", adjustments=(r.plb("L6", "-12.34"),)))
    assert (row.state, row.claims_count) == ("ready", 0)
