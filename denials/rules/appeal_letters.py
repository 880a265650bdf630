"""Letters of appeal: a closed list of merge fields, own wording per kind, filling them in.

A field is its name in braces. What it becomes is text wherever the letter is shown or printed; it
is never read again for fields or markup.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from denials.rules.appeals import Kind

# Name -> what people call it.
FIELDS: Mapping[str, str] = {
    "today": "Today",
    "level": "Level of appeal",
    "payer": "Payer",
    "claim_number": "Our claim number",
    "payer_claim_number": "Payer’s claim number",
    "patient_name": "Patient",
    "patient_birth_date": "Patient’s birth date",
    "member_id": "Member id",
    "group_number": "Group number",
    "service_dates": "Dates of service",
    "denied_on": "Day of the denial",
    "check_number": "Check or EFT number",
    "denial_code": "Denial code",
    "denial_code_words": "What the payer said",
    "denied_lines": "Denied lines",
    "diagnoses": "Diagnoses",
    "amount": "Amount appealed",
    "coder_reasoning": "Coder’s reasoning",
    "policy": "Coverage policy",
    "authorization": "Authorization number",
    "filing_proof": "Proof of timely filing",
    "previous_decision": "Decision of the level before",
    "provider": "Provider",
    "provider_npi": "Provider’s NPI",
    "practice": "Practice",
    "practice_npi": "Practice’s NPI",
    "practice_phone": "Practice’s phone",
}
# Invented, for looking at a letter while no denial fits it: nobody is called so.
EXAMPLES: Mapping[str, str] = {
    "today": "11/23/2026",
    "level": "First level appeal",
    "payer": "Example Health Plan",
    "claim_number": "CLM-00001",
    "payer_claim_number": "P-00001",
    "patient_name": "Alma Example",
    "patient_birth_date": "01/02/1960",
    "member_id": "EX0000001",
    "group_number": "GROUP-1",
    "service_dates": "11/02/2026",
    "denied_on": "11/20/2026",
    "check_number": "CHECK-1",
    "denial_code": "CO-50",
    "denial_code_words": "CO-50 (not medically necessary)",
    "denied_lines": "Line 1: 99213 on 11/02/2026, $165.00 denied",
    "diagnoses": "E11.42",
    "amount": "$165.00",
    "coder_reasoning": "The note shows a separate, significant visit.",
    "policy": "L00000 Example coverage document",
    "authorization": "AUTH-1",
    "filing_proof": "Sent on 11/03/2026, accepted on 11/04/2026.",
    "previous_decision": "Level 1, unfavorable on 10/18/2026: Not shown",
    "provider": "Rosa Example, MD",
    "provider_npi": "1234567893",
    "practice": "Example Medical Group",
    "practice_npi": "1234567893",
    "practice_phone": "555-0100",
}
# A paragraph that names one of these is left out of a new letter when there is nothing to say.
OPTIONAL = frozenset(
    {"coder_reasoning", "policy", "authorization", "filing_proof", "previous_decision"}
    | {"group_number", "check_number", "diagnoses"}
)
_FIELD = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
_BREAK = re.compile(r"\n[ \t]*\n\s*")


class Filled(NamedTuple):
    """A letter with its fields filled in; `missing` names those nothing is known for."""

    text: str
    missing: tuple[str, ...]


def fields_in(body: str) -> list[str]:
    """Names in braces, each once, in order."""
    return list(dict.fromkeys(_FIELD.findall(body)))


def unknown_fields(body: str) -> list[str]:
    """Names in braces that are no merge field."""
    return [name for name in fields_in(body) if name not in FIELDS]


def fill(body: str, facts: Mapping[str, str]) -> Filled:
    """The letter people read. A field without a fact is marked, as "[Member id: missing]".

    Raises KeyError for a field there is none of: saving refuses it.
    """
    missing = tuple(name for name in fields_in(body) if not facts.get(name, "").strip())

    def words(found: re.Match[str]) -> str:
        name = found.group(1)
        return facts.get(name, "").strip() or f"[{FIELDS[name]}: missing]"

    return Filled(_FIELD.sub(words, body), missing)


def begin(body: str, facts: Mapping[str, str]) -> str:
    """A new letter from a template: without the paragraphs nothing is known for."""
    kept = [
        paragraph
        for paragraph in paragraphs(body)
        if not any(
            name in OPTIONAL and not facts.get(name, "").strip() for name in fields_in(paragraph)
        )
    ]
    return "\n\n".join(kept)


def paragraphs(text: str) -> list[str]:
    """Stretches between empty lines."""
    plain = text.replace("\r\n", "\n").strip()
    return [each.strip("\n") for each in _BREAK.split(plain) if each.strip()]


_HEAD = """\
{level} of claim {claim_number}, your number {payer_claim_number}
Patient: {patient_name}, born {patient_birth_date}, member {member_id}
Dates of service: {service_dates}
Provider: {provider}, NPI {provider_npi}

To the appeals department of {payer}:

On {denied_on} you denied {amount} of this claim with {denial_code_words}. We ask you to look at \
this again and to pay the denied services.

{denied_lines}

This appeal follows your earlier decision: {previous_decision}"""
_TAIL = """\
The pages behind this letter are listed on the cover sheet. If anything more is needed to decide, \
call {practice_phone}.

{practice}, NPI {practice_npi}"""
_ARGUMENTS: Mapping[str, str] = {
    Kind.MEDICAL_NECESSITY: """\
The chart of the visit, enclosed, shows why the service was needed for this patient on that day. \
The diagnoses reported were {diagnoses}.

Our coder compared the claim with the chart again and stands by it: {coder_reasoning}

The coverage policy we find for these services: {policy}

If the service is still held to be unnecessary, tell us which criterion it fails and who, with \
which specialty, reviewed it.""",
    Kind.CODING: """\
The denied service was separate from the one it is said to be part of. The enclosed chart \
describes each of them.

Our coder compared the claim with the chart again and stands by the codes and modifiers: \
{coder_reasoning}

If you still hold the services to be one, name the edit, its release and its modifier indicator.""",
    Kind.AUTHORIZATION: """\
The service was authorized as number {authorization}. A copy is enclosed.

The enclosed chart shows what was done and how urgent it was. Where no approval could be had \
before the service, we ask for one after the fact.""",
    Kind.TIMELY_FILING: """\
The claim was filed in time. {filing_proof}

The enclosed proof lists each sending with its control numbers and every answer to it.""",
    Kind.DOCUMENTATION: """\
The records you asked for are enclosed. They support each denied line as it was billed.

Our coder compared the claim with the chart again and stands by it: {coder_reasoning}""",
    Kind.ELIGIBILITY: """\
The patient was covered by you on the dates of service under member id {member_id}, and we know \
of no other payer that comes first.

The group of the coverage is {group_number}.

If you hold another payer responsible, tell us which one and since when.""",
    Kind.GENERAL: """\
The enclosed claim and chart show what was done and billed. We see no term of the coverage or of \
our contract that the denial could rest on; if there is one, name it.

Our coder compared the claim with the chart again and stands by it: {coder_reasoning}

The coverage policy we find for these services: {policy}""",
}
# Changes with the words above, so that a letter names the wording it began with.
BUILT_IN_VERSION = 1


def built_in(kind: str) -> str:
    """Our own wording for a kind of appeal, with its merge fields."""
    return "\n\n".join((_HEAD, _ARGUMENTS[kind], _TAIL))


class TemplateKey(NamedTuple):
    """What a practice's template is for; None or empty: for all."""

    id: int
    payer_id: int | None
    payer_class: str
    category: str
    level: int | None


def best_template(
    templates: list[TemplateKey], *, payer_id: int, payer_class: str, category: str, level: int
) -> TemplateKey | None:
    """The one that fits best: for the payer, else its class, then for the cause, then the level."""
    fitting = [
        each
        for each in templates
        if each.payer_id in (None, payer_id)
        and each.payer_class in ("", payer_class)
        and each.category in ("", category)
        and each.level in (None, level)
    ]
    return max(
        fitting,
        key=lambda each: (
            each.payer_id is not None,
            each.payer_class != "",
            each.category != "",
            each.level is not None,
            each.id,
        ),
        default=None,
    )
