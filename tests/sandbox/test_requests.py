"""Payments on request, through the control folder."""

import json
from typing import Any

import pytest

from payers.sandbox.commands import Commands
from payers.sandbox.faults import ArmedFaults
from payers.sandbox.folders import write_atomically
from rcm.x12.envelope import InterchangeStart
from rcm.x12.remittance_835 import Adjustment, RemittanceEnd
from tests.sandbox.bench import Bench, pick, read_all, write_837
from tests.sandbox.cast import TODAY, make_claim, make_line


def ask(bench: Bench, **request: Any) -> dict[str, Any]:
    folders = bench.house.folders
    faults = ArmedFaults()
    write_atomically(folders.control / "ask.json", json.dumps(request).encode())
    assert Commands(folders, bench.requests, faults).run_waiting() == 1
    assert list(folders.control.glob("*.json")) == []
    answer: dict[str, Any] = json.loads((folders.control_results / "ask.json").read_bytes())
    return answer


def test_the_last_835_is_sent_again_byte_for_byte(bench: Bench) -> None:
    bench.send(make_claim("C1"))
    (original,) = bench.find_files("835")

    answer = ask(bench, command="duplicate-last-835")

    assert answer["ok"] is True
    assert answer["original"] == original
    assert bench.find_files("835") == [original, answer["file"]]
    assert bench.read_file(answer["file"]) == bench.read_file(original)


def test_a_copy_goes_to_the_mailbox_of_its_original(bench: Bench) -> None:
    (bench.house.folders.inbound / "NM").mkdir()
    (bench.house.folders.inbound / "NM" / "batch.837").write_bytes(write_837(make_claim("C1")))
    bench.house.run_once()

    answer = ask(bench, command="duplicate-last-835")

    assert answer["file"].startswith("NM/NORTH01-")
    assert bench.read_file(answer["file"]) == bench.read_file(answer["original"])
    assert bench.find_files("835") == []


def test_a_copy_of_a_copy_is_still_of_the_last_real_835(bench: Bench) -> None:
    bench.send(make_claim("C1"))
    (original,) = bench.find_files("835")

    ask(bench, command="duplicate-last-835")

    assert ask(bench, command="reenvelope-last-835")["original"] == original


def test_a_new_envelope_changes_nothing_but_its_control_numbers(bench: Bench) -> None:
    bench.send(make_claim("C1"))
    (original,) = bench.find_files("835")

    answer = ask(bench, command="reenvelope-last-835", file=original)

    old, new = bench.read_file(original), bench.read_file(answer["file"])
    assert old != new
    assert old[old.index(b"ST*") : old.index(b"GE*")] == new[new.index(b"ST*") : new.index(b"GE*")]
    numbers = [
        pick(read_all(content), InterchangeStart)[0].control_number for content in (old, new)
    ]
    assert numbers[0] != numbers[1]


def test_the_unbalanced_835_is_off_by_a_cent_at_one_claim(bench: Bench) -> None:
    bench.send(make_claim("C1"))
    first = bench.remittances[0]

    answer = ask(bench, command="unbalanced-835")

    content = bench.read_file(answer["file"])
    (end,) = pick(read_all(content), RemittanceEnd)
    assert not end.is_balanced
    assert [(d.level, d.stated, d.computed) for d in end.differences] == [("claim", 9_001, 9_000)]
    second = bench.remittances[1]
    assert answer["trace_number"] == second.start.trace_number != first.start.trace_number
    assert answer["claim"] == second.claims[0].patient_control_number == "C1"
    assert second.claims[0].payer_claim_control_number == (
        first.claims[0].payer_claim_control_number
    )


def test_a_paid_claim_is_reversed_and_corrected_in_one_835(bench: Bench) -> None:
    bench.send(make_claim("C1"), make_claim("C2", make_line(date_of_service=TODAY)))

    answer = ask(bench, command="reverse-and-correct", claim="C1")

    assert (answer["amount_before"], answer["amount_corrected"]) == (9_000, 9_900)
    remittance = bench.read_remittance(answer["file"])
    reversal, correction = remittance.claims
    assert [c.patient_control_number for c in remittance.claims] == ["C1", "C1"]
    assert (reversal.status_code, reversal.amount_paid) == ("22", -9_000)
    assert reversal.lines[0].adjustments == (Adjustment("CO", "45", -6_000),)
    assert (correction.status_code, correction.amount_paid) == ("1", 9_900)
    assert correction.lines[0].adjustments == (Adjustment("CO", "45", 5_100),)
    assert correction.payer_claim_control_number != reversal.payer_claim_control_number
    assert (remittance.start.amount_paid, remittance.end.is_balanced) == (900, True)


def test_a_correction_to_less_is_forwarded_so_that_nothing_is_paid(bench: Bench) -> None:
    bench.send(make_claim("C1"))

    answer = ask(bench, command="reverse-and-correct", claim="C1", allowed_percent="75")

    remittance = bench.read_remittance(answer["file"])
    assert (answer["amount_corrected"], remittance.start.amount_paid) == (6_750, 0)
    assert [(e.code, e.amount) for e in remittance.end.provider_adjustments] == [("FB", -2_250)]
    assert remittance.end.is_balanced


def test_a_corrected_claim_can_be_corrected_and_replaced_again(bench: Bench) -> None:
    bench.send(make_claim("C1"))
    ask(bench, command="reverse-and-correct", claim="C1")

    answer = ask(bench, command="reverse-and-correct", claim="C1", allowed_percent=100.5)
    latest = bench.read_remittance(answer["file"]).claims[1]
    bench.send(
        make_claim(
            "C1-7", frequency="7", payer_claim_control_number=latest.payer_claim_control_number
        )
    )

    assert answer["amount_before"] == 9_900
    assert [(c.status_code, c.amount_paid) for c in bench.remittances[-1].claims] == [
        ("22", -latest.amount_paid),
        ("1", 9_000),
    ]


def test_a_forwarded_balance_waits_for_the_next_payment(bench: Bench) -> None:
    bench.send(make_claim("C1"))

    answer = ask(bench, command="forward-balance", claim="C1")
    bench.send(make_claim("C2", make_line(procedure_code="99214", amount_billed=20_000)))

    remittance = bench.read_remittance(answer["file"])
    assert (answer["forwarded"], remittance.start.amount_paid) == (9_000, 0)
    assert bench.remittances[-1].start.amount_paid == 4_000


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        ({"command": "duplicate-last-835"}, "no such 835 was sent yet"),
        ({"command": "unbalanced-835"}, "no such claim was paid yet"),
        ({"command": "reverse-and-correct", "claim": "C9"}, "no such claim was paid yet"),
        ({"fault": "earthquake"}, "unknown fault 'earthquake'"),
        ({"command": "sing"}, "unknown command 'sing'"),
    ],
)
def test_a_request_that_cannot_be_met_says_why_and_sends_nothing(
    bench: Bench, request_: dict[str, Any], error: str
) -> None:
    answer = ask(bench, **request_)

    assert answer["ok"] is False
    assert answer["error"].startswith(error)
    assert bench.find_files("835") == []


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        (
            {"command": "reverse-and-correct", "allowed_percent": 100},
            "the correction would change nothing; choose another percentage",
        ),
        (
            {"command": "reverse-and-correct", "allowed_percent": "x"},
            "allowed_percent must be a number",
        ),
        ({"command": "unbalanced-835", "amount": 0}, "amount 0 would balance"),
    ],
)
def test_bad_figures_are_refused_and_nothing_is_reversed(
    bench: Bench, request_: dict[str, Any], error: str
) -> None:
    bench.send(make_claim("C1"))

    assert ask(bench, **request_) == {"ok": False, "error": error}
    assert len(bench.find_files("835")) == 1
    assert ask(bench, command="status")["claims"] == {"paid": 1}


def test_a_command_file_that_is_no_json_is_answered_too(bench: Bench) -> None:
    folders = bench.house.folders
    (folders.control / "bad.json").write_bytes(b"{")

    Commands(folders, bench.requests, ArmedFaults()).run_waiting()

    answer = json.loads((folders.control_results / "bad.json").read_bytes())
    assert answer == {"ok": False, "error": "not a JSON file"}
