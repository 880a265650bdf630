"""pyx12 as oracle for what we write, and each of its known traps."""

from dataclasses import replace
from io import BytesIO

import pytest

from rcm.bench.generate import write_claim_file, write_remittance_file
from rcm.x12.gate import inspect, inspect_in_process
from rcm.x12.write_277ca import write_277ca
from rcm.x12.write_999 import write_999
from tests.x12.build import CHILD_CLAIM, CLAIM, ENVELOPE, LINE, claims_file, corpus
from tests.x12.samples import CLAIM_ACKNOWLEDGMENT, CLAIM_STATUSES, GROUP_ACKNOWLEDGMENT


def found(content: bytes) -> list[tuple[str, str]]:
    return [(problem.code, problem.message) for problem in inspect(content).problems]


def test_pyx12_accepts_every_kind_of_claim_we_write() -> None:
    bare = replace(
        CLAIM,
        rendering_provider=None,
        referring_provider=None,
        service_facility=None,
        billing_provider=replace(CLAIM.billing_provider, pay_to=None, contact_name=""),
        lines=(replace(LINE, place_of_service="", modifiers=()),),
    )
    content = claims_file(CLAIM, CHILD_CLAIM, bare)
    verdict = inspect(content)
    assert verdict.problems == ()
    assert (verdict.is_accepted, verdict.segments_read) == (True, content.count(b"~"))


def test_pyx12_accepts_the_generated_files() -> None:
    for write in (write_claim_file, write_remittance_file):
        out = BytesIO()
        written = write(out, 30)
        verdict = inspect(out.getvalue())
        assert verdict.problems == ()
        assert verdict.segments_read == written.segments


def test_pyx12_accepts_our_acknowledgments() -> None:
    for write, content in (
        (write_999, [GROUP_ACKNOWLEDGMENT]),
        (write_277ca, None),
    ):
        out = BytesIO()
        if content is None:
            write_277ca(out, ENVELOPE, CLAIM_ACKNOWLEDGMENT, CLAIM_STATUSES)
        else:
            write_999(out, ENVELOPE, content)
        assert found(out.getvalue()) == [], write.__name__


def test_a_missing_segment_is_refused_with_its_place_and_without_values() -> None:
    content = claims_file(CLAIM).replace(b"HI*ABK:E119*ABF:I10~", b"")
    verdict = inspect(content)
    assert not verdict.is_accepted
    assert ("gate_segment_3", "HI is missing although mandatory.") in found(content)
    assert all("ALDER" not in problem.message for problem in verdict.problems)


def test_a_bad_code_is_refused_at_its_element() -> None:
    content = claims_file(replace(CLAIM, place_of_service="98"))
    assert ("gate_element_7", "CLM05-1 is not a valid code.") in found(content)


def test_two_plb_segments_are_accepted() -> None:
    assert found(corpus("provider_adjustments")) == []


@pytest.mark.parametrize(
    "name",
    [
        "empty_segments",
        "missing_last_terminator",
        "indented_with_byte_order_mark",
        "wrapped_at_80_columns",
        "two_interchanges_two_sets_of_separators",
        "line_breaks_after_segments",
    ],
)
def test_bytes_that_stop_pyx12_are_cleaned_before(name: str) -> None:
    verdict = inspect(corpus(name))
    assert verdict.problems == ()
    assert verdict.segments_read >= 23


def test_a_segment_pyx12_cannot_hold_is_noticed_by_the_count() -> None:
    content = claims_file(CLAIM).replace(b"NTE*ADD*GIVEN", b"NTE*ADD*" + b"G" * 20_000)
    verdict = inspect(content)
    assert not verdict.is_accepted
    assert "gate_incomplete" in [problem.code for problem in verdict.problems]


def test_a_guide_without_a_map_is_refused_before_pyx12_raises() -> None:
    content = claims_file(CLAIM).replace(b"005010X222A1~ST", b"005010X222A9~ST")
    assert found(content)[0] == ("gate_no_map", "pyx12 has no map for this guide (GS08).")


def test_an_accented_letter_is_refused_and_does_not_raise() -> None:
    content = claims_file(CLAIM).replace(b"ALDER", b"\xc4LDER")
    assert [code for code, _ in found(content)] == ["gate_element_6"]


def test_a_transaction_of_another_kind_than_its_group_does_not_raise() -> None:
    assert not inspect(claims_file(CLAIM).replace(b"ST*837*", b"ST*835*")).is_accepted


def test_what_is_not_x12_is_refused() -> None:
    assert found(b"Dear Sir") == [("not_x12", "There is no X12 interchange in the file.")]
    assert not inspect(b"").is_accepted


def test_the_gate_runs_in_a_process_of_its_own() -> None:
    content = claims_file(CLAIM)
    assert inspect_in_process(content) == inspect(content)


def test_a_gate_that_takes_too_long_is_a_refusal() -> None:
    verdict = inspect_in_process(claims_file(CLAIM), seconds=0.001)
    assert not verdict.is_accepted
    assert [problem.code for problem in verdict.problems] == ["gate_timeout"]
