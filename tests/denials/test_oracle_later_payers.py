"""What the demo's check expects of later payers, rejections and questions, by a plain split."""

from pathlib import Path

from denials.check.oracle import Expected, count_answers, expect, read_file, read_verdicts

FEDERAL, BLUE = "1E11A17CD43", "BPX410087109"  # one patient's numbers at both payers
ONE_PAYER = "SA700209433"
REASONS = {("CO", "29"), ("PR", "27")}


def claim(number: str, status: str, member: str, paid: str, *adjusted: str) -> str:
    """One CLP of one line; `adjusted` as "PR*3*20"."""
    cas = "".join(f"CAS*{each}~" for each in adjusted)
    return (
        f"CLP*{number}*{status}*165*{paid}*20*12*PCN~NM1*QC*1*DOE*PAT****MI*{member}~"
        f"SVC*HC:99213*165*{paid}~{cas}"
    )


def expected(paid: str, *claims: str) -> Expected:
    text = f"ST*835*0001~BPR*I*{paid}*C~TRN*1*CHECK1~{''.join(claims)}SE*9*0001~"
    return expect(list(read_file(text, REASONS)), set())


def test_a_share_left_by_the_first_of_two_payers_is_due_at_the_second() -> None:
    found = expected("72", claim("C1", "1", FEDERAL, "72", "CO*45*73", "PR*3*20"))
    assert (found.secondary_due, found.secondary_sent, found.secondary_paid) == (1, 0, 0)


def test_nothing_is_due_with_one_payer_without_a_share_or_beside_a_denial() -> None:
    found = expected(
        "164",
        claim("C1", "1", ONE_PAYER, "72", "CO*45*73", "PR*3*20"),
        claim("C2", "1", FEDERAL, "92", "CO*45*73"),
        claim("C3", "1", FEDERAL, "0", "CO*29*145", "PR*3*20"),
        claim("C4", "1", FEDERAL, "0", "PR*27*165"),
    )
    assert (found.secondary_due, found.denied_lines_open) == (0, 2)


def test_what_a_later_payer_paid_counts_and_its_denial_does_not() -> None:
    found = expected(
        "20",
        claim("C2", "2", BLUE, "20", "OA*23*145"),
        claim("C3", "2", BLUE, "0", "OA*23*145", "CO*29*20"),
    )
    assert (found.secondary_due, found.secondary_sent, found.secondary_paid) == (0, 2, 1)
    assert (found.paid, found.denied_lines_open) == (2_000, 1)


def test_a_share_taken_back_is_not_due() -> None:
    first = claim("C1", "1", FEDERAL, "72", "CO*45*73", "PR*3*20")
    back = "CLP*C1*22*-165*-72*-20*12*PCN~CAS*CO*45*-73~CAS*PR*3*-20~"
    assert expected("0", first, back).secondary_due == 0


def test_verdicts_and_answers_are_read_in_the_order_of_the_files(tmp_path: Path) -> None:
    box = tmp_path / "files" / "outbound" / "NM"
    box.mkdir(parents=True)
    (box / "NM-000000002.277ca").write_text("TRN*2*B2~STC*A2*20261126*WQ~TRN*2*C1~STC*A2*2*WQ~")
    (box / "NM-000000001.277ca").write_text("TRN*1*0~STC*A3*1*U~TRN*2*C1~STC*A3:33*20261126*U~")
    (box / "NM-000000003.271").write_text("TRN*2*E1~TRN*1*OWN~TRN*2*E2~TRN*2*E2~")
    assert read_verdicts(tmp_path) == {"B2": ["WQ"], "C1": ["U", "WQ"]}
    assert (count_answers(tmp_path, "271"), count_answers(tmp_path, "277")) == (2, 0)
