"""SNIP types 1 and 2: the file's structure, and what the guide asks of every claim."""

import re
from random import Random

from tests.catches.planting import (
    ANY,
    HOLDERS,
    INSTITUTIONAL,
    PROFESSIONAL,
    Damage,
    Defect,
    damaged,
)

LONG = b"LONGNAME" * 9


def swap(pattern: bytes, into: bytes) -> Damage:
    """The first match becomes `into`; a file without one is a mistake of this table."""

    def damage(random: Random, content: bytes) -> bytes:
        made, count = re.subn(pattern, into, content, count=1)
        assert count, pattern
        return made

    return damage


def drop(start: bytes) -> Damage:
    """The first segment that starts so is gone."""
    return swap(rb"(?<=~)" + start + rb"[^~]*~", b"")


def repeat(start: bytes) -> Damage:
    """The first segment that starts so stands twice."""
    return swap(rb"((?<=~)" + start + rb"[^~]*~)", rb"\1\1")


def cut_off(random: Random, content: bytes) -> bytes:
    """The transfer broke off somewhere in the claim."""
    return content[: random.randrange(content.index(b"~CLM*"), content.index(b"~SE*"))]


def swap_neighbours(random: Random, content: bytes) -> bytes:
    """HI stands before its CLM."""
    found = re.search(rb"(CLM\*[^~]*~)(.*?)(HI\*[^~]*~)", content, re.DOTALL)
    assert found
    return content.replace(found[0], found[3] + found[1] + found[2], 1)


FILES: tuple[Defect, ...] = (
    damaged(1, "segment_count", ANY, swap(rb"~SE\*", b"~SE*1")),
    damaged(1, "transaction_number", ANY, swap(rb"~SE\*(\d+)\*\d+", rb"~SE*\1*9999")),
    damaged(1, "transactions_counted", ANY, swap(rb"~GE\*1\*", b"~GE*2*")),
    damaged(1, "group_number", ANY, swap(rb"~GE\*1\*\d+", b"~GE*1*77")),
    damaged(1, "groups_counted", ANY, swap(rb"~IEA\*1\*", b"~IEA*3*")),
    damaged(1, "interchange_number", ANY, swap(rb"~IEA\*1\*\d+", b"~IEA*1*000009999")),
    damaged(1, "level_number", ANY, swap(rb"HL\*2\*1\*", b"HL*5*1*")),
    damaged(1, "level_parent", ANY, swap(rb"HL\*2\*1\*", b"HL*2*8*")),
    damaged(1, "line_counter", ANY, swap(rb"LX\*1~", b"LX*4~"), "line_order"),
    damaged(1, "unknown_segment", ANY, swap(rb"(?<=~)CLM\*", b"ZZZ*1~CLM*")),
    damaged(1, "segment_order", ANY, swap_neighbours),
    damaged(1, "file_cut_off", ANY, cut_off),
    damaged(1, "amount_with_letter", ANY, swap(rb"(CLM\*[^*]*)\*", rb"\1*1O")),
    damaged(1, "name_too_long", ANY, swap(rb"NM1\*IL\*1\*[^*]*", b"NM1*IL*1*" + LONG)),
    damaged(1, "state_too_long", ANY, swap(rb"(N4\*[^*]*)\*IL", rb"\1*ILL")),
    damaged(
        1, "date_of_month_13", PROFESSIONAL, swap(rb"DTP\*472\*D8\*\d{8}", b"DTP*472*D8*20261301")
    ),
    damaged(1, "empty_claim_number", ANY, swap(rb"CLM\*[^*]*", b"CLM*")),
    damaged(1, "payer_segment_twice", ANY, repeat(rb"NM1\*PR\*")),
    damaged(2, "purpose_of_file", ANY, swap(rb"BHT\*0019\*", b"BHT*0018*")),
    damaged(2, "kind_of_file", ANY, swap(rb"\*CH~", b"*~")),
    damaged(2, "no_submitter", ANY, drop(rb"NM1\*41\*")),
    damaged(2, "no_receiver", ANY, drop(rb"NM1\*40\*")),
    damaged(2, "no_billing_tax_id", ANY, drop(rb"REF\*EI\*")),
    damaged(2, "no_billing_street", ANY, drop(rb"N3\*")),
    damaged(2, "no_subscriber_segment", ANY, drop(rb"SBR\*")),
    damaged(2, "no_subscriber_name", ANY, drop(rb"NM1\*IL\*")),
    damaged(2, "no_payer", ANY, drop(rb"NM1\*PR\*")),
    damaged(2, "no_demographics", HOLDERS, drop(rb"DMG\*")),
    damaged(2, "no_diagnosis_segment", ANY, drop(rb"HI\*ABK")),
    damaged(2, "no_service_date", PROFESSIONAL, drop(rb"DTP\*472\*")),
    damaged(2, "no_statement_dates", INSTITUTIONAL, drop(rb"DTP\*434\*")),
    damaged(2, "no_professional_service", PROFESSIONAL, drop(rb"SV1\*")),
    damaged(2, "no_institutional_service", INSTITUTIONAL, drop(rb"SV2\*")),
    damaged(2, "no_admission_codes", INSTITUTIONAL, drop(rb"CL1\*")),
    damaged(2, "sex_qualifier", ANY, swap(rb"(DMG\*D8\*\d{8})\*[FMU]", rb"\1*X")),
    damaged(2, "facility_qualifier", PROFESSIONAL, swap(rb"(\*\d\d):B:", rb"\1:A:")),
    damaged(2, "bill_qualifier", INSTITUTIONAL, swap(rb"(\*\d\d):A:", rb"\1:B:")),
    damaged(2, "diagnosis_qualifier", ANY, swap(rb"HI\*ABK:", b"HI*BX:")),
    damaged(2, "date_qualifier", ANY, swap(rb"DTP\*(472|434)\*", b"DTP*999*")),
    damaged(2, "units_qualifier", PROFESSIONAL, swap(rb"\*(UN|MJ)\*", b"*XX*")),
    damaged(2, "member_qualifier", ANY, swap(rb"\*MI\*", b"*ZQ*")),
    damaged(2, "benefits_missing", ANY, swap(rb"(CLM\*[^~]*?\*[AC])\*Y\*Y", rb"\1**Y")),
)
