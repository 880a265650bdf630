"""Evidence marks in a note."""

from coding.rules.marks import Block, Evidence, Piece, cut_note, find_spans

DIABETES = Evidence("A", "type 2 diabetes")
INJECTION = Evidence("2", "Right knee injected", is_service=True)


def blocks(text: str, *evidence: Evidence) -> list[Block]:
    return cut_note(text, find_spans(text, evidence))


def test_evidence_is_marked_where_it_stands() -> None:
    assert blocks("Has Type 2  diabetes today.", DIABETES) == [
        Block("text", (Piece("Has "), Piece("Type 2  diabetes", DIABETES, True), Piece(" today.")))
    ]


def test_headings_and_numbered_items_are_told_apart() -> None:
    text = "ASSESSMENT AND PLAN\n1. Right knee injected.\n\nTolerated well."
    assert blocks(text, INJECTION) == [
        Block("heading", (Piece("Assessment and plan"),)),
        Block("item", (Piece("Right knee injected", INJECTION, True), Piece("."))),
        Block("text", (Piece("Tolerated well."),)),
    ]


def test_a_mark_over_two_lines_is_cut_and_labelled_once() -> None:
    first, second = blocks("type 2\ndiabetes", DIABETES)
    assert first.pieces == (Piece("type 2", DIABETES, False),)
    assert second.pieces == (Piece("diabetes", DIABETES, True),)


def test_words_that_are_gone_have_no_mark() -> None:
    assert find_spans("Prediabetes.", [DIABETES, Evidence("B", "  ")]) == []


def test_of_two_overlapping_marks_the_earlier_stays() -> None:
    inner = Evidence("B", "diabetes")
    spans = find_spans("type 2 diabetes", [inner, DIABETES])
    assert [span.evidence.label for span in spans] == ["A"]


def test_text_that_looks_like_a_pattern_is_only_text() -> None:
    spans = find_spans("BP (140/90)* today", [Evidence("A", "(140/90)*")])
    assert (spans[0].start, spans[0].end) == (3, 12)
