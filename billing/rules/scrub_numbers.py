"""Checks on numbers and form: claim and line numbers, frequency, repetition, attachments."""

import re

from billing.rules.findings import (
    BLOCKING,
    INSTITUTIONAL,
    PROFESSIONAL,
    WARNING,
    AnyClaim,
    ClaimFacts,
    Hit,
    Look,
    Scrub,
)
from billing.rules.scrub_texts import CHART, CLAIM, PAYER_TABLE, REDRAFT, TR3, TR3_I, TR3_P
from billing.rules.splitting import is_too_large, split
from rcm.x12.claim_837 import Attachment
from rcm.x12.claim_837i import InstitutionalClaim
from rcm.x12.claim_837p import Claim

# A part of a visit has its suffix, such as -2.
_PLAIN_NUMBER = re.compile(r"[0-9A-Z]*(?:-[0-9]{1,3})?", re.ASCII)
LONGEST_NUMBER = 20
LONGEST_LINE_NUMBER = 30
LONGEST_NOTE = 80

# A repeated or distinct procedure is no duplicate (CMS Claims Processing Manual 12 §30).
REPEAT_MODIFIERS = frozenset({"59", "76", "77", "91", "XE", "XP", "XS", "XU"})
# Papers that follow the claim carry its number; those only kept ready (AA), or sent with the claim
# itself (AD), need none.
WITHOUT_NUMBER = frozenset({"AA", "AD"})


def look_line_count(claim: Claim, facts: ClaimFacts) -> Look:
    if not 1 <= len(claim.lines) <= 50:
        yield Hit(f"The claim has {len(claim.lines)} lines; 1 to 50 are allowed.")


def look_revenue_line_count(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    if not 1 <= len(claim.lines) <= 999:
        yield Hit(f"The claim has {len(claim.lines)} lines; 1 to 999 are allowed.")


def look_unsplit(claim: AnyClaim, facts: ClaimFacts) -> Look:
    """What is too large becomes several claims; when it cannot, somebody has to make it smaller."""
    if not is_too_large(claim):
        return
    try:
        split(claim)
    except ValueError as reason:
        yield Hit(f"The claim is too large and cannot be split. {reason}")


def look_line_order(claim: AnyClaim, facts: ClaimFacts) -> Look:
    for expected, position in enumerate([line.position for line in claim.lines], 1):
        if position != expected:
            yield Hit(f"Line {position} stands in place {expected}.", position)
            return


def look_duplicates(claim: AnyClaim, facts: ClaimFacts) -> Look:
    """The same code for the same patient, day and provider on another claim."""
    if not facts.duplicates:
        return
    for line in claim.lines:
        other = facts.duplicates.get(line.procedure_code)
        if other and not REPEAT_MODIFIERS & set(line.modifiers):
            yield Hit(
                f"Line {line.position} ({line.procedure_code}) is already on claim {other}.",
                line.position,
            )


def look_same_line(claim: Claim, facts: ClaimFacts) -> Look:
    """The same code and modifiers twice on one claim and day: payers take the second for a slip.

    The parts of a visit are one claim here.
    """
    if len(claim.lines) < 2 and not facts.repeats:
        return
    seen: dict[tuple[object, ...], int] = {}
    for line in claim.lines:
        key = (
            line.procedure_code,
            line.modifiers,
            line.date_of_service,
            line.drug.code if line.drug else "",
        )
        is_marked = not REPEAT_MODIFIERS.isdisjoint(line.modifiers)
        if key in seen and not is_marked:
            yield Hit(f"Line {line.position} repeats line {seen[key]}.", line.position)
        elif line.position in facts.repeats and not is_marked:
            other = facts.repeats[line.position]
            yield Hit(f"Line {line.position} repeats a line of claim {other}.", line.position)
        seen.setdefault(key, line.position)


def look_number_repeated(claim: AnyClaim, facts: ClaimFacts) -> Look:
    if facts.number_used_by:
        yield Hit(
            f"The claim number {claim.patient_control_number} is also that of "
            f"{facts.number_used_by}."
        )


def look_frequency(claim: Claim, facts: ClaimFacts) -> Look:
    if claim.frequency not in ("1", "7", "8"):
        yield Hit(f"Claim frequency {claim.frequency} is not 1, 7 or 8.")


def look_payer_number(claim: AnyClaim, facts: ClaimFacts) -> Look:
    """7 and 8 carry the payer's own number of the claim they replace or void; 1 must not."""
    if claim.frequency == "1" and claim.payer_claim_control_number:
        yield Hit("An original claim must not carry a payer's claim number.")
    elif claim.frequency in ("7", "8") and not claim.payer_claim_control_number:
        yield Hit("The payer's number of the claim to be replaced is missing.")


def look_replacement(claim: AnyClaim, facts: ClaimFacts) -> Look:
    if claim.frequency in ("7", "8") and not facts.takes_replacement_claims:
        yield Hit(f"{facts.payer_name} takes no replacement claims.")


def look_medicare_replacement(claim: Claim, facts: ClaimFacts) -> Look:
    if claim.frequency in ("7", "8") and claim.subscriber.filing_indicator == "MB":
        yield Hit("Medicare Part B takes no replacement or void of a professional claim.")


def missing_replacement_rule(facts: ClaimFacts) -> str:
    known = facts.takes_replacement_claims is not None
    return "" if known else "Whether the payer takes replacement claims is not known."


def look_control_number(claim: AnyClaim, facts: ClaimFacts) -> Look:
    """The payer echoes at most 20 characters back (CLP01)."""
    if not 1 <= len(claim.patient_control_number) <= LONGEST_NUMBER:
        yield Hit("The claim number is not 1 to 20 letters and digits.")


def look_number_characters(claim: AnyClaim, facts: ClaimFacts) -> Look:
    if not _PLAIN_NUMBER.fullmatch(claim.patient_control_number):
        yield Hit("The claim number has more than capital letters and digits; some payers lose it.")


def look_line_numbers(claim: AnyClaim, facts: ClaimFacts) -> Look:
    numbers = [line.line_control_number for line in claim.lines if line.line_control_number]
    if len(set(numbers)) != len(numbers) or any(len(n) > LONGEST_LINE_NUMBER for n in numbers):
        yield Hit("The line numbers are not unique and at most 30 characters.")


def look_claim_codes(claim: AnyClaim, facts: ClaimFacts) -> Look:
    if claim.accepts_assignment not in ("A", "B", "C"):
        yield Hit("Whether assignment is accepted is not A, B or C.", None, "2300 CLM07")
    if claim.assigns_benefits not in ("Y", "N", "W"):
        yield Hit("Whether benefits are assigned is not Y, N or W.", None, "2300 CLM08")
    if claim.releases_information not in ("I", "Y"):
        yield Hit("Whether information is released is not I or Y.", None, "2300 CLM09")


def look_signature(claim: Claim, facts: ClaimFacts) -> Look:
    if not claim.has_provider_signature:
        yield Hit("The provider has not signed; payers return such a claim.")


def look_notes(claim: AnyClaim, facts: ClaimFacts) -> Look:
    for note in claim.notes:
        if len(note.text) > LONGEST_NOTE or not note.text.strip():
            yield Hit("A note is empty or longer than 80 characters.", None, "2300 NTE02")
    for line in claim.lines:
        for note in line.notes:
            if len(note.text) > LONGEST_NOTE or not note.text.strip():
                yield Hit(
                    f"Line {line.position}: a note is empty or longer than 80 characters.",
                    line.position,
                    "2400 NTE02",
                )


def _attachments_of(claim: AnyClaim) -> list[tuple[Attachment, int | None]]:
    if isinstance(claim, InstitutionalClaim):
        of_lines = [(each, line.position) for line in claim.lines for each in line.attachments]
        return [*((each, None) for each in claim.attachments), *of_lines]
    found: list[tuple[Attachment, int | None]] = []
    if claim.rare is not None:
        found += [(each, None) for each in claim.rare.attachments]
    for line in claim.lines:
        if line.rare is not None:
            found += [(each, line.position) for each in line.rare.attachments]
    return found


def look_attachments(claim: AnyClaim, facts: ClaimFacts) -> Look:
    for each, line in _attachments_of(claim):
        if each.transmission not in WITHOUT_NUMBER and not each.control_number:
            yield Hit("Papers sent apart from the claim need their control number.", line)


def look_authorization_numbers(claim: AnyClaim, facts: ClaimFacts) -> Look:
    """REF G1 and 9F are two numbers of the payer; one in both places is a slip."""
    number = claim.authorization_number
    if number and number == claim.referral_number:
        yield Hit("The authorization and the referral have the same number.")


_B, _W = BLOCKING, WARNING
SCRUBS: tuple[Scrub, ...] = (
    Scrub(
        "line_count",
        "Number of lines",
        _B,
        "2400 LX",
        CHART,
        TR3_P,
        look_line_count,
        PROFESSIONAL,
    ),
    Scrub(
        "revenue_line_count",
        "Number of lines",
        _B,
        "2400 LX",
        CLAIM,
        TR3_I,
        look_revenue_line_count,
        INSTITUTIONAL,
    ),
    Scrub("unsplit", "Too large to be split", _B, "2300 CLM01", CHART, TR3, look_unsplit),
    Scrub("line_order", "Order of lines", _B, "2400 LX01", REDRAFT, TR3, look_line_order),
    Scrub(
        "duplicate",
        "Already billed",
        _B,
        "2400 SV101",
        "Close one of the two, or have the coder add modifier 76 or 77.",
        "CARC 18",
        look_duplicates,
    ),
    Scrub(
        "same_line",
        "Line repeated",
        _W,
        "2400 SV101",
        "If it was done twice, have the coder add modifier 76.",
        "CARC 18",
        look_same_line,
        PROFESSIONAL,
    ),
    Scrub(
        "number_repeated",
        "Claim number repeated",
        _B,
        "2300 CLM01",
        REDRAFT,
        TR3,
        look_number_repeated,
    ),
    Scrub(
        "frequency_code",
        "Frequency unknown",
        _B,
        "2300 CLM05-3",
        CLAIM,
        TR3_P,
        look_frequency,
        PROFESSIONAL,
    ),
    Scrub(
        "frequency",
        "Claim frequency",
        _B,
        "2300 REF*F8",
        "Wait for the payer's claim number, or send it as an original.",
        "X12 RFI 1538, 2110",
        look_payer_number,
    ),
    Scrub(
        "replacement",
        "Replacement not taken",
        _B,
        "2300 CLM05-3",
        "Ask the payer for a reopening.",
        PAYER_TABLE,
        look_replacement,
        missing=missing_replacement_rule,
    ),
    Scrub(
        "medicare_replacement",
        "Replacement at Medicare Part B",
        _B,
        "2300 CLM05-3",
        "Ask the contractor for a reopening, or send a new claim.",
        "CMS Claims Processing Manual 34",
        look_medicare_replacement,
        PROFESSIONAL,
    ),
    Scrub("control_number", "Claim number", _B, "2300 CLM01", REDRAFT, TR3, look_control_number),
    Scrub(
        "number_characters",
        "Claim number's characters",
        _W,
        "2300 CLM01",
        REDRAFT,
        TR3,
        look_number_characters,
    ),
    Scrub("line_numbers", "Line numbers", _B, "2400 REF*6R", REDRAFT, TR3, look_line_numbers),
    Scrub("claim_codes", "Assignment and release", _B, "2300 CLM", CLAIM, TR3, look_claim_codes),
    Scrub(
        "signature",
        "Provider's signature",
        _W,
        "2300 CLM06",
        CLAIM,
        TR3_P,
        look_signature,
        PROFESSIONAL,
    ),
    Scrub("note", "Note", _B, "2300 NTE02", CLAIM, TR3, look_notes),
    Scrub("attachment", "Attachment's number", _B, "PWK06", CLAIM, TR3, look_attachments),
    Scrub(
        "authorization_twice",
        "Authorization is also the referral",
        _W,
        "2300 REF*G1",
        CLAIM,
        TR3,
        look_authorization_numbers,
    ),
)
