"""From a position in a file of ours to the claims it speaks for and the value as it was sent."""

from rcm.x12.sent_claims import read_sent

ISA = (
    "ISA*00*          *00*          *ZZ*RCMSUBMIT      *ZZ*SANDBOX        "
    "*261123*0900*^*00501*000000042*0*T*:~"
)
SEGMENTS = [
    "ST*837*0001*005010X222A1",  # 1: all
    "BHT*0019*00*0000000420001*20261123*0900*CH",
    "NM1*41*2*NORTH*****46*RCMSUBMIT",
    "HL*1**20*1",  # 4: the first provider's
    "NM1*85*2*NORTH*****XX*1234567893",
    "HL*2*1*22*0",  # 6: A1 alone
    "NM1*IL*1*DOE*ANN****MI*M1",
    "CLM*A1*100***11:B:1*Y*A*Y*Y",  # 8
    "SV1*HC:99213:25*100*UN*1***1",
    "HL*3*1*22*1",  # 10: a policy holder with two patients
    "NM1*IL*1*ROE*BOB****MI*M2",
    "HL*4*3*23*0",  # 12: A2 alone
    "NM1*QC*1*ROE*CAL",
    "CLM*A2*200***11:B:1*Y*A*Y*Y",
    "HL*5*3*23*0",  # 15: A3 and A4: one patient, two claims
    "NM1*QC*1*ROE*DEE",
    "CLM*A3*300***11:B:1*Y*A*Y*Y",
    "CLM*A4*400***11:B:1*Y*A*Y*Y",  # 18
    "LX*1",
    "HL*6**20*1",  # 20: the second provider's
    "NM1*85*2*SOUTH*****XX*1245319599",
    "HL*7*6*22*0",
    "CLM*A5*500***11:B:1*Y*A*Y*Y",  # 23
    "SE*24*0001",
]
CONTENT = (
    ISA
    + "GS*HC*RCMSUBMIT*SANDBOX*20261123*0900*42*X*005010X222A1~"
    + "".join(f"{text}~" for text in SEGMENTS)
    + "ST*837*0002*005010X222A1~CLM*B1*1***11:B:1*Y*A*Y*Y~SE*3*0002~GE*2*42~IEA*1*000000042~"
).encode()


def test_each_segment_speaks_for_the_claims_below_it() -> None:
    first, second = read_sent(CONTENT)
    assert (first.control_number, second.control_number) == ("0001", "0002")
    found = {n: "".join(first.claims_at(n)) for n in (1, 3, 4, 5, 6, 7, 8, 9, 10, 11)}
    everybody = "A1A2A3A4A5"
    assert found == {
        **dict.fromkeys((1, 3), everybody),
        **dict.fromkeys((4, 5), "A1A2A3A4"),
        **dict.fromkeys((6, 7, 8, 9), "A1"),
        **dict.fromkeys((10, 11), "A2A3A4"),
    }
    found = {n: "".join(first.claims_at(n)) for n in (12, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23)}
    assert found == {
        **dict.fromkeys((12, 14), "A2"),
        **dict.fromkeys((15, 16), "A3A4"),
        17: "A3",
        **dict.fromkeys((18, 19), "A4"),
        **dict.fromkeys((20, 21, 22, 23), "A5"),
    }
    assert first.claims_at(24) == ["A1", "A2", "A3", "A4", "A5"]
    assert second.claims_at(2) == ["B1"]


def test_a_value_is_given_as_it_was_sent() -> None:
    first, _ = read_sent(CONTENT)
    assert first.name_at(7) == "NM1"
    assert first.value_at(7, 9) == "M1"
    assert (first.value_at(9, 1), first.value_at(9, 1, 3)) == ("HC:99213:25", "25")
    assert first.value_at(9, 1, 9) == first.value_at(9, 40) == first.value_at(99, 1) == ""
    assert first.claims_at(0) == first.claims_at(25) == []


def test_a_claims_own_segments_are_those_of_nobody_else() -> None:
    first, _ = read_sent(CONTENT)
    assert first.segments_of("A1") == SEGMENTS[5:9]
    assert first.segments_of("A4") == SEGMENTS[17:19]
    assert first.segments_of("NONE") == []


def test_what_is_no_interchange_has_no_transactions() -> None:
    assert read_sent(b"") == read_sent(b"ISA*00*") == read_sent(b"not X12 at all" * 20) == []
