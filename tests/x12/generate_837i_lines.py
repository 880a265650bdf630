"""Revenue lines of invented institutional claims, and what other payers made of them."""

from decimal import Decimal
from typing import Any

from rcm.x12.claim_837 import (
    Drug,
    LineAdjudication,
    Note,
    OtherPayer,
    Person,
    Provider,
)
from rcm.x12.claim_837i import (
    RevenueLine,
)
from tests.x12.chance_837i import (
    CODES,
    FILING,
    RELATIONS,
    REVENUES,
    WORDS,
    Maker,
    make_attachment,
    make_repricing,
)


def make_payers(maker: Maker) -> list[str]:
    """The ids of the other payers."""
    count = maker.pick((0, 0, 0, 1, 1, 2, 10 if maker.number % 50 == 0 else 1))
    return [f"OP{number}" for number in range(1, count + 1)]


def balance_payer(
    maker: Maker, payer_id: str, lines: tuple[RevenueLine, ...], billed: int
) -> OtherPayer:
    """Paid, as its lines and claim-level adjustments leave it."""
    of_lines = [each for line in lines for each in line.adjudications if each.payer_id == payer_id]
    paid = sum(each.amount_paid for each in of_lines) if of_lines else billed
    cut = maker.chance.randrange(paid + 1) if paid and maker.chance.random() < 0.4 else 0
    has_said = bool(of_lines) or maker.chance.random() < 0.6
    organization = maker.chance.random() < 0.05
    return OtherPayer(
        rank=maker.pick("PST"),
        relationship=maker.pick(("18", *RELATIONS)),
        filing_indicator=maker.pick(FILING),
        person=Person("ACME WORKS", "") if organization else maker.person(),
        member_id=maker.token("M"),
        name=f"PAYER {payer_id}",
        payer_id=payer_id,
        group_number=maker.text(0.4, "G9"),
        adjustments=maker.amount_adjusted(cut) if cut and has_said else (),
        amount_paid=paid - cut if has_said else None,
        amount_remaining=maker.some(0.3, maker.cents),
        amount_noncovered=maker.some(0.1, maker.cents),
        assigns_benefits=maker.pick("YNW"),
        releases_information=maker.pick("YI"),
        is_organization=organization,
        subscriber_address=maker.some(0.4, maker.address),
        payer_address=maker.some(0.3, maker.address),
        payer_id_qualifier=maker.pick(("PI", "XV")),
        paid_on=maker.ends if has_said and not of_lines else None,
        payer_claim_control_number=maker.text(0.4, "OICN1"),
        authorization_number=maker.text(0.1, "OA1"),
        referral_number=maker.text(0.1, "OR1"),
        identifiers=maker.identifiers("2U", "NF", odds=0.1),
        **make_remarks(maker),
    )


def make_remarks(maker: Maker) -> dict[str, Any]:
    """MOA of an outpatient, MIA of an inpatient, or neither."""
    kind = maker.pick(("", "MOA", "MIA"))
    if kind == "MOA":
        return {
            "outpatient": maker.pick(((), ("0.8",), ("0.8", "12.5"))),
            "remarks": maker.pick((("MA01",), ("MA01", "MA18"))),
        }
    if kind == "MIA":
        return {"inpatient": maker.pick((("3",), ("0", "", "", "12.5", "MA02"), ("1", "", "4")))}
    return {}


def make_line(maker: Maker, position: int, payers: list[str]) -> RevenueLine:
    billed = maker.cents()
    has_code = maker.chance.random() < 0.6
    has_day = maker.chance.random() < 0.7
    ends = maker.ends if maker.ends > maker.begins and maker.chance.random() < 0.4 else None
    return RevenueLine(
        position,
        maker.pick(REVENUES),
        billed,
        maker.pick((Decimal(1), Decimal(3), Decimal("1.5"))),
        maker.text(0.9, f"I{maker.number}L{position}"),
        maker.pick(CODES) if has_code else "",
        maker.many(lambda: maker.pick(("25", "59", "LT", "XU")), 4) if has_code else (),
        maker.pick(("HC", "HC", "HC", "HP", "ER")) if has_code else "HC",
        maker.text(0.1, "BILATERAL VIEW") if has_code else "",
        maker.pick(("UN", "DA")),
        maker.some(0.2, lambda: maker.chance.randrange(billed + 1)),
        maker.begins if has_day else None,
        ends if has_day else None,
        maker.some(0.2, lambda: make_drug(maker)) if has_code else None,
        maker.some(0.1, lambda: (Note("TPO", maker.pick(WORDS)),), ()),
        maker.many(lambda: make_attachment(maker), 10, 0.05),
        maker.identifiers("9B", "9D", odds=0.1),
        maker.some(0.05, maker.cents),
        maker.some(0.05, maker.cents),
        maker.some(0.1, lambda: make_repricing(maker, is_line=True)),
        *make_line_providers(maker),
        tuple(judge_line(maker, payer, billed) for payer in payers if maker.chance.random() < 0.7),
    )


def make_line_providers(maker: Maker) -> tuple[Provider | None, ...]:
    """Loops 2420A to 2420D."""

    def other() -> Provider:
        return maker.provider("0B", "1G", "G2")

    return tuple(maker.some(0.07, other) for _ in range(4))


def make_drug(maker: Maker) -> Drug:
    return Drug(
        "00002143380",
        maker.pick((Decimal(2), Decimal("0.25"))),
        maker.pick(("F2", "GR", "ME", "ML", "UN")),
        maker.some(0.4, lambda: maker.identifier("VY", "XZ")),
    )


def judge_line(maker: Maker, payer_id: str, billed: int) -> LineAdjudication:
    """What one other payer made of a line: paid and adjusted are what was billed."""
    paid = maker.pick((0, billed, maker.chance.randrange(billed + 1)))
    return LineAdjudication(
        payer_id,
        paid,
        maker.pick(CODES),
        Decimal(maker.pick((1, 2))),
        maker.ends,
        maker.amount_adjusted(billed - paid) if paid < billed else (),
        maker.many(lambda: maker.pick(("25", "59")), 4),
        "HC",
        maker.pick(REVENUES),
        maker.some(0.05, lambda: 1),
        maker.some(0.1, maker.cents),
    )
