"""835 before the first claim: BPR, TRN, loops 1000A (payer) and 1000B (payee)."""

from datetime import date

from rcm.x12.elements import ContentReader, pick, trim
from rcm.x12.remittance_835 import Reference, RemittanceStart
from rcm.x12.tokenizer import Segments
from rcm.x12.values import DATES


class RemittanceHeader(ContentReader):
    """Collects header segments; `finish` makes the RemittanceStart and says what is missing."""

    __slots__ = ("address", "contacts", "fields", "references", "seen")

    def __init__(self, segments: Segments) -> None:
        super().__init__(segments)
        self.loop = "HEADER"
        self.seen: set[str] = set()
        self.fields: dict[str, object] = {}
        self.references: dict[str, list[Reference]] = {"HEADER": [], "1000A": [], "1000B": []}
        self.contacts: list[tuple[str, ...]] = []
        self.address: dict[str, list[str]] = {"1000A": [""] * 5, "1000B": [""] * 5}

    def take(self, elements: list[str]) -> bool:
        """Read one segment; False when it does not belong to the header."""
        name = elements[0]
        taker = _TAKERS.get(name)
        if taker is None:
            return False
        if name in ("BPR", "TRN"):
            if name in self.seen:
                self.report("repeated_segment", f"{name} appears twice: which one counts?", name)
                return True
            self.seen.add(name)
        taker(self, elements)
        return True

    def take_payment(self, elements: list[str]) -> None:
        amount = self.cents(pick(elements, 2), "BPR02")
        if amount < 0:
            self.report(
                "negative_payment",
                "BPR02 is negative: a payment cannot be; the payer must use PLB FB instead.",
                "BPR02",
            )
        credit = pick(elements, 3)
        if credit not in ("C", "D"):
            self.report("invalid_code", "BPR03 must be C (credit) or D (debit).", "BPR03")
        self.fields |= {
            "transaction_code": self.required(elements, 1),
            "amount_paid": amount,
            "credit_or_debit": credit,
            "method": self.required(elements, 4),
            "payment_format": pick(elements, 5),
            "paid_on": self.payment_day(self.required(elements, 16)),
            "bank": trim(elements[5:16] + elements[17:]),
        }

    def payment_day(self, text: str) -> date | None:
        """BPR16 is part of what names a payment: an error where another date is a warning."""
        on = DATES[text] if text else None
        if text and on is None:
            self.report("invalid_date", "BPR16 is not a date: the payment has no day.", "BPR16")
        return on

    def take_trace(self, elements: list[str]) -> None:
        self.fields |= {
            "trace_type": pick(elements, 1),
            "trace_number": self.required(elements, 2),
            "payer_identifier": self.required(elements, 3),
            "originating_code": pick(elements, 4),
        }

    def take_currency(self, elements: list[str]) -> None:
        currency = pick(elements, 2)
        self.fields |= {"currency": currency, "currency_elements": trim(elements)}
        if currency != "USD":
            self.report("foreign_currency", "CUR02 is not USD: amounts are not dollars.", "CUR02")

    def take_reference(self, elements: list[str]) -> None:
        self.references[self.loop].append(
            Reference(*(pick(elements, index) for index in (1, 2, 3)))
        )

    def take_date(self, elements: list[str]) -> None:
        if self.loop == "HEADER" and pick(elements, 1) == "405":
            self.fields["produced_on"] = self.day(pick(elements, 2), "DTM02")
        else:
            self.unexpected("DTM")

    def take_name(self, elements: list[str]) -> None:
        entity = pick(elements, 1)
        if entity == "PR":
            self.loop = "1000A"
            self.fields |= {
                "payer_name": pick(elements, 2),
                "payer_qualifier": pick(elements, 3),
                "payer_id": pick(elements, 4),
            }
        elif entity == "PE":
            self.loop = "1000B"
            self.fields |= {
                "payee_name": pick(elements, 2),
                "payee_qualifier": pick(elements, 3),
                "payee_identifier": pick(elements, 4),
            }
        else:
            self.unexpected("N1")

    def take_street(self, elements: list[str]) -> None:
        if self.loop in self.address:
            self.address[self.loop][0:2] = [pick(elements, 1), pick(elements, 2)]
        else:
            self.unexpected("N3")

    def take_city(self, elements: list[str]) -> None:
        if self.loop in self.address:
            self.address[self.loop][2:] = [pick(elements, index) for index in range(1, 8)]
        else:
            self.unexpected("N4")

    def take_contact(self, elements: list[str]) -> None:
        if self.loop == "1000A":
            self.contacts.append(trim(elements))
        else:
            self.unexpected("PER")

    def take_delivery(self, elements: list[str]) -> None:
        self.fields["delivery"] = trim(elements)

    def finish(self) -> RemittanceStart:
        """The RemittanceStart, with a `missing_segment` error for each of BPR, TRN not seen."""
        self.loop = "HEADER"
        for name in ("BPR", "TRN"):
            if name not in self.seen:
                self.report("missing_segment", f"{name} is missing.", name)
        nothing = {
            "transaction_code": "",
            "amount_paid": 0,
            "credit_or_debit": "",
            "method": "",
            "paid_on": None,
            "trace_number": "",
            "payer_identifier": "",
        }
        lists = {
            "references": tuple(self.references["HEADER"]),
            "payer_references": tuple(self.references["1000A"]),
            "payee_references": tuple(self.references["1000B"]),
            "payer_contacts": tuple(self.contacts),
            "payer_address": _address(self.address["1000A"]),
            "payee_address": _address(self.address["1000B"]),
        }
        # The fields were typed where they were read; a mapping cannot carry their types.
        return RemittanceStart(**(nothing | self.fields | lists))  # type: ignore[arg-type]  # by name


def _address(parts: list[str]) -> tuple[str, ...]:
    if not any(parts):
        return ()
    return (*parts[:5], *trim(parts[4:]))


_TAKERS = {
    "BPR": RemittanceHeader.take_payment,
    "TRN": RemittanceHeader.take_trace,
    "CUR": RemittanceHeader.take_currency,
    "REF": RemittanceHeader.take_reference,
    "DTM": RemittanceHeader.take_date,
    "N1": RemittanceHeader.take_name,
    "N3": RemittanceHeader.take_street,
    "N4": RemittanceHeader.take_city,
    "PER": RemittanceHeader.take_contact,
    "RDM": RemittanceHeader.take_delivery,
}
