"""What a rule of the practice may ask of a claim: one catalogue of properties, each a pure look.

A property of the claim has one value (or set of values) for all lines, a property of a line its
own for each. Texts compare without case, dots and dashes; amounts are dollars.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from billing.rules.claim_views import first_day, patient_of
from billing.rules.findings import AnyClaim, AnyLine
from rcm.money import from_cents
from rcm.x12.claim_837i import InstitutionalClaim, RevenueLine
from rcm.x12.claim_837p import Claim, ServiceLine

Values = frozenset[str] | Decimal | None


@dataclass(frozen=True, slots=True)
class Property:
    """One property: its name in rules, our label, and how it is found.

    `of_claim` looks at the claim, `of_line` at one line; exactly one is given. A number is a
    Decimal or None, everything else a set of texts, empty when the claim does not say it.
    `is_coded`: a coder decides it on the chart.
    """

    name: str
    label: str
    of_claim: Callable[[AnyClaim], Values] | None = None
    of_line: Callable[[AnyClaim, AnyLine], Values] | None = None
    is_number: bool = False
    is_coded: bool = False


def plain(text: str) -> str:
    """As rules compare it: upper case, without dots, dashes and outer spaces."""
    return text.strip().upper().replace(".", "").replace("-", "")


def _texts(*values: str) -> frozenset[str]:
    return frozenset(plain(value) for value in values if value)


def _diagnoses(claim: AnyClaim) -> tuple[str, ...]:
    if isinstance(claim, Claim):
        return claim.diagnoses
    others = (diagnosis.code for diagnosis in claim.other_diagnoses)
    return (claim.principal_diagnosis.code, *others)


def _age(claim: AnyClaim) -> Decimal | None:
    """Whole years on the first day of service."""
    born, day = patient_of(claim).birth_date, first_day(claim)
    if born is None or day is None:
        return None
    return Decimal(day.year - born.year - ((day.month, day.day) < (born.month, born.day)))


def _npi(name: str) -> Callable[[AnyClaim], Values]:
    def look(claim: AnyClaim) -> Values:
        provider = getattr(claim, name, None)
        return _texts(provider.npi) if provider else frozenset()

    return look


def _place(claim: AnyClaim, line: AnyLine) -> Values:
    if isinstance(line, ServiceLine) and isinstance(claim, Claim):
        return _texts(line.place_of_service or claim.place_of_service)
    return frozenset()


def _pointed(claim: AnyClaim, line: AnyLine) -> Values:
    if not isinstance(line, ServiceLine):
        return frozenset()
    codes = _diagnoses(claim)
    return _texts(*(codes[n - 1] for n in line.pointers if 1 <= n <= len(codes)))


def _of_claim(name: str, label: str, look: Callable[[AnyClaim], Values]) -> Property:
    return Property(name, label, of_claim=look)


def _of_line(name: str, label: str, look: Callable[[AnyClaim, AnyLine], Values]) -> Property:
    return Property(name, label, of_line=look)


def _number(found: Property) -> Property:
    return replace(found, is_number=True)


def _coded(found: Property) -> Property:
    return replace(found, is_coded=True)


def _bill_type(claim: AnyClaim) -> Values:
    return _texts(claim.type_of_bill) if isinstance(claim, InstitutionalClaim) else frozenset()


def _revenue_code(claim: AnyClaim, line: AnyLine) -> Values:
    return _texts(line.revenue_code) if isinstance(line, RevenueLine) else frozenset()


_ALL = (
    _of_claim("payer", "Payer id", lambda c: _texts(c.payer.payer_id)),
    _of_claim("payer_name", "Payer's name", lambda c: _texts(c.payer.name)),
    _of_claim("filing", "Filing indicator", lambda c: _texts(c.subscriber.filing_indicator)),
    _of_claim("rank", "Payer's rank (P, S, T)", lambda c: _texts(c.subscriber.rank)),
    _of_claim("member_id", "Member id", lambda c: _texts(c.subscriber.member_id)),
    _of_claim("group_number", "Group number", lambda c: _texts(c.subscriber.group_number)),
    _of_claim("relationship", "Patient to subscriber", lambda c: _texts(c.subscriber.relationship)),
    _number(_of_claim("age", "Patient's age in years", _age)),
    _of_claim("sex", "Patient's sex", lambda c: _texts(patient_of(c).sex)),
    _number(_of_claim("amount", "Claim total in dollars", lambda c: from_cents(c.amount_billed))),
    _of_claim("frequency", "Claim frequency", lambda c: _texts(c.frequency)),
    _coded(_of_claim("diagnosis", "Any diagnosis", lambda c: _texts(*_diagnoses(c)))),
    _coded(_of_claim("first_diagnosis", "First diagnosis", lambda c: _texts(*_diagnoses(c)[:1]))),
    _of_claim("authorization", "Authorization number", lambda c: _texts(c.authorization_number)),
    _of_claim("referral", "Referral number", lambda c: _texts(c.referral_number)),
    _of_claim("billing_npi", "Billing provider", lambda c: _texts(c.billing_provider.npi)),
    _of_claim("rendering_npi", "Rendering provider", _npi("rendering_provider")),
    _of_claim("referring_npi", "Referring provider", _npi("referring_provider")),
    _of_claim("attending_npi", "Attending provider", _npi("attending_provider")),
    _of_claim("facility_npi", "Service facility", _npi("service_facility")),
    _of_claim("type_of_bill", "Type of bill", _bill_type),
    _coded(
        _of_claim(
            "procedures",
            "Procedures of the whole claim",
            lambda c: _texts(*(line.procedure_code for line in c.lines)),
        )
    ),
    _coded(_number(_of_claim("lines", "Number of lines", lambda c: Decimal(len(c.lines))))),
    _coded(_of_line("procedure", "Procedure of the line", lambda c, w: _texts(w.procedure_code))),
    _coded(_of_line("modifiers", "Modifiers of the line", lambda c, w: _texts(*w.modifiers))),
    _coded(_number(_of_line("units", "Units of the line", lambda c, w: w.units))),
    _number(
        _of_line("line_amount", "Charge of the line", lambda c, w: from_cents(w.amount_billed))
    ),
    _coded(_of_line("place_of_service", "Place of service of the line", _place)),
    _coded(_of_line("pointed_diagnosis", "Diagnosis the line points to", _pointed)),
    _of_line("drug", "Drug code (NDC)", lambda c, w: _texts(w.drug.code if w.drug else "")),
    _coded(_of_line("revenue_code", "Revenue code of the line", _revenue_code)),
)
PROPERTIES: Mapping[str, Property] = {found.name: found for found in _ALL}
