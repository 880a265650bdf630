"""What the clearinghouse answers to a file: TA1, 999 and 277CA."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from payers.sandbox import clearinghouse
from payers.sandbox.behaviour import Behaviour, Condition, Rejection
from rcm.x12.acknowledgment_277ca import Status
from tests.sandbox.bench import Bench, write_837
from tests.sandbox.cast import BEHAVIOUR, make_claim, make_line, make_payer

OpenBench = Callable[..., Bench]


def find_verdicts(bench: Bench) -> list[tuple[str, str, Status]]:
    return [
        (c.patient_control_number, c.information[0].action, c.information[0].statuses[0])
        for c in bench.claim_statuses
    ]


def test_a_good_file_is_accepted_on_all_three_levels(bench: Bench) -> None:
    bench.send(make_claim("C1"), make_claim("C2"))

    (ta1,) = bench.interchange_acknowledgments
    assert (ta1.control_number, ta1.code, ta1.note_code) == ("000000001", "A", "000")
    (group,) = bench.group_acknowledgments
    assert (group.code, group.included, group.accepted) == ("A", 1, 1)
    assert [t.code for t in group.transactions] == ["A"]
    assert find_verdicts(bench) == [
        ("C1", "WQ", Status("A2", "20", "PR")),
        ("C2", "WQ", Status("A2", "20", "PR")),
    ]
    numbers = [c.payer_claim_control_number for c in bench.claim_statuses]
    assert len(set(numbers)) == 2
    assert [c.payer_claim_control_number for c in bench.remittances[0].claims] == numbers


def test_answers_go_back_to_the_sender_in_files_that_carry_its_id(bench: Bench) -> None:
    bench.drop(write_837(make_claim("C1"), sender="NORTH 01"))

    names = [p.name for p in bench.house.folders.outbound.iterdir() if p.is_file()]
    assert len(names) == 4
    assert all(name.startswith("NORTH01-") for name in names)


def test_the_277ca_names_the_batch_it_answers(bench: Bench) -> None:
    bench.send(make_claim())

    content = bench.read_file(bench.find_files("277ca")[0])
    assert b"TRN*2*0000000010001~" in content


def test_a_repeated_control_number_is_refused_and_nothing_else_happens(bench: Bench) -> None:
    bench.send(make_claim("C1"), control_number=7)
    bench.send(make_claim("C2"), control_number=7)

    assert [(t.code, t.note_code) for t in bench.interchange_acknowledgments] == [
        ("A", "000"),
        ("R", "025"),
    ]
    assert len(bench.group_acknowledgments) == 1
    assert [c.patient_control_number for c in bench.claim_statuses] == ["C1"]


def test_the_same_control_number_of_another_sender_is_fine(bench: Bench) -> None:
    bench.drop(write_837(make_claim("C1"), sender="NORTH01"))
    bench.drop(write_837(make_claim("C2"), sender="SOUTH01"))

    assert [t.code for t in bench.interchange_acknowledgments] == ["A", "A"]


@pytest.mark.parametrize(
    ("old", "new", "note"),
    [
        (b"IEA*1*000000001~", b"", "023"),
        (b"IEA*1*", b"IEA*2*", "021"),
        (b"IEA*1*000000001", b"IEA*1*000000002", "001"),
    ],
)
def test_a_broken_envelope_is_refused_by_ta1_alone(
    bench: Bench, old: bytes, new: bytes, note: str
) -> None:
    bench.drop(write_837(make_claim()).replace(old, new))

    (ta1,) = bench.interchange_acknowledgments
    assert (ta1.code, ta1.note_code) == ("R", note)
    assert bench.find_files("999") == []
    assert bench.find_files("277ca") == []


def test_no_ta1_is_sent_when_none_was_asked_for(bench: Bench) -> None:
    bench.drop(write_837(make_claim()).replace(b"*1*T*:~", b"*0*T*:~"))

    assert bench.find_files("ta1") == []
    assert len(bench.find_files("999")) == 1


def test_a_wrong_segment_count_rejects_the_transaction(bench: Bench) -> None:
    bench.drop(write_837(make_claim()).replace(b"SE*26*", b"SE*27*"))

    (group,) = bench.group_acknowledgments
    assert (group.code, group.accepted) == ("R", 0)
    assert (group.transactions[0].code, group.transactions[0].error_codes) == ("R", ("4",))
    assert bench.find_files("277ca") == []


def test_a_bad_element_is_located_in_the_999(bench: Bench) -> None:
    bench.drop(write_837(make_claim()).replace(b"SV1*HC:99213*150*", b"SV1*HC:99213*1X0*"))

    (transaction,) = bench.group_acknowledgments[0].transactions
    assert transaction.code == "R"
    error = transaction.errors[0]
    assert (error.segment_id, error.position, error.code) == ("SV1", 23, "8")
    assert (error.elements[0].position, error.elements[0].code) == (2, "7")


def test_one_bad_transaction_of_two_makes_the_group_partly_accepted(bench: Bench) -> None:
    good = write_837(make_claim("C1"))
    start, end = good.index(b"ST*837"), good.index(b"GE*1")
    bad = good[start:end].replace(b"0001*005010X222A1~", b"0002*005010X222A1~", 1)
    bad = bad.replace(b"CLM*C1*", b"CLM*C2*").replace(b"SE*26*0001", b"SE*99*0002")
    bench.drop(good[:end] + bad + good[end:].replace(b"GE*1*", b"GE*2*"))

    (group,) = bench.group_acknowledgments
    assert (group.code, group.received, group.accepted) == ("P", 2, 1)
    assert [t.code for t in group.transactions] == ["A", "R"]
    assert [c.patient_control_number for c in bench.claim_statuses] == ["C1"]


def test_a_transaction_of_a_guide_not_taken_here_is_rejected(bench: Bench) -> None:
    bench.drop(write_837(make_claim()).replace(b"005010X222A1", b"005010X224A2"))

    (group,) = bench.group_acknowledgments
    assert (group.code, group.transactions[0].error_codes) == ("R", ("1",))


@pytest.mark.parametrize("content", [b"", b"Dear payer,\nplease find enclosed\n", b"\x00" * 5_000])
def test_a_file_that_is_not_x12_gets_no_answer_and_holds_nobody_up(
    bench: Bench, content: bytes
) -> None:
    bench.drop(content, "letter.txt")
    bench.send(make_claim())

    assert len(bench.remittances) == 1
    assert len(list(bench.house.folders.received.iterdir())) == 2


def test_a_claim_for_an_unknown_payer_is_rejected(bench: Bench) -> None:
    claim = make_claim()

    bench.send(replace(claim, payer=replace(claim.payer, payer_id="99999")))

    assert find_verdicts(bench) == [("C1", "U", Status("A7", "153", "PR"))]
    assert bench.find_files("835") == []


def test_a_claim_whose_total_is_not_its_lines_is_rejected(bench: Bench) -> None:
    bench.drop(write_837(make_claim()).replace(b"CLM*C1*150*", b"CLM*C1*151*"))

    assert find_verdicts(bench) == [("C1", "U", Status("A7", "178"))]
    assert bench.find_files("835") == []


def test_a_scripted_rejection_turns_the_claim_away_and_it_may_come_again(
    open_bench: OpenBench,
) -> None:
    rule = Rejection(Condition(member_id_not_matching=r"M\d{7}"), "A7", "164", "IL")
    payer = make_payer(rejections=(rule,))
    bench = open_bench(Behaviour({payer.payer_id: payer}))
    bad = make_claim()
    bad = replace(bad, subscriber=replace(bad.subscriber, member_id="X1"))

    bench.send(bad)
    bench.send(make_claim())

    assert find_verdicts(bench) == [
        ("C1", "U", Status("A7", "164", "IL")),
        ("C1", "WQ", Status("A2", "20", "PR")),
    ]
    assert bench.claim_statuses[0].payer_claim_control_number == ""
    assert [c.amount_paid for r in bench.remittances for c in r.claims] == [9_000]


def test_uploads_in_progress_are_left_alone(bench: Bench) -> None:
    inbound = bench.house.folders.inbound
    for name in (".hidden.837", "batch.837.tmp", "batch.837.part", "notes.doc"):
        (inbound / name).write_bytes(write_837(make_claim()))

    assert bench.house.run_once() == 0
    assert len(list(inbound.iterdir())) == 4


def test_a_file_being_written_is_left_alone_until_it_is_closed(bench: Bench) -> None:
    path = bench.house.folders.inbound / "batch.837"
    path.write_bytes(write_837(make_claim()))
    writing = {path}
    bench.house._is_being_written = writing.__contains__

    assert bench.house.run_once() == 0
    writing.clear()
    bench.house.run_once()
    assert len(bench.remittances) == 1


def test_a_mailbox_gets_its_answers_in_a_folder_of_its_own(bench: Bench) -> None:
    mailbox = bench.house.folders.inbound / "south"
    mailbox.mkdir()
    (mailbox / "batch.837").write_bytes(write_837(make_claim()))

    bench.house.run_once()

    suffixes = sorted(p.suffix for p in (bench.house.folders.outbound / "south").iterdir())
    assert suffixes == [".277ca", ".835", ".999", ".ta1"]
    assert bench.find_files("835") == []


def test_a_file_that_breaks_the_program_is_put_aside(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(content: bytes) -> None:
        raise RuntimeError("EXAMPLE MARIA")

    with monkeypatch.context() as patched:
        patched.setattr(clearinghouse, "read_submission", fail)
        bench.send(make_claim("C1"))
    bench.send(make_claim("C2"))

    names = sorted(p.name for p in bench.house.folders.received.iterdir())
    assert names[0].endswith(".failed")
    assert [c.patient_control_number for c in bench.claim_statuses] == ["C2"]


def test_a_restart_between_answer_and_filing_answers_once(open_bench: OpenBench) -> None:
    bench = open_bench(BEHAVIOUR)
    bench.send(make_claim("C1", make_line()))
    (received,) = bench.house.folders.received.iterdir()
    received.rename(bench.house.folders.work / received.name)

    again = open_bench(BEHAVIOUR)
    again.house.run_once()

    assert len(again.interchange_acknowledgments) == 1
    assert len(again.remittances) == 1


def test_answers_not_yet_published_come_out_after_a_restart(open_bench: OpenBench) -> None:
    bench = open_bench(BEHAVIOUR)
    path = bench.house.folders.inbound / "batch.837"
    path.write_bytes(write_837(make_claim()))
    bench.house.take_up_files()
    bench.house.answer_files()
    assert bench.find_files("999") == []

    again = open_bench(BEHAVIOUR)
    again.house.run_once()

    assert len(again.find_files("999")) == 1
    assert len(again.remittances) == 1
