"""Coverage: do the diagnoses a line points to support it, by the documents of the state?

CMS Medicare Coverage Database. A code without a document has no opinion, which is not "covered".
Medicare and Advantage plans follow them.
"""

from collections.abc import Iterator

from coding.rules.checks.indicators import EXPECTED_DENIAL
from coding.rules.code_facts import CodeFacts
from coding.rules.code_lists import COVERED_PAYERS
from coding.rules.coded_claim import CodedClaim, CodedLine, payer_class_of
from coding.rules.fixes import PLACES, Fix
from coding.rules.hits import Hit, Look
from coding.rules.pointers import letter_of
from coding.rules.written_codes import dotted
from payers.rules.edit_tables import CoverageRule

SOURCE = "CMS Medicare Coverage Database"


def judged_lines(
    view: CodedClaim, codes: CodeFacts
) -> Iterator[tuple[CodedLine, list[CoverageRule]]]:
    """Lines with documents of the claim's state in force on their day; not those of a stay."""
    coverage = codes.tables.coverage
    is_meant = payer_class_of(view, codes) in COVERED_PAYERS
    if not coverage or not is_meant or view.is_inpatient:
        return
    for line in view.lines:
        rules = [
            rule
            for rule in coverage.get(line.code, ())
            if view.state in rule.states
            and rule.starts_on <= line.starts_on
            and (rule.ends_on is None or line.starts_on <= rule.ends_on)
        ]
        if rules and line.diagnoses and not line.marks & EXPECTED_DENIAL:
            yield line, rules


def is_covered(line: CodedLine, rules: list[CoverageRule]) -> bool:
    return any(rule.covered.intersection(line.diagnoses) for rule in rules)


def better_pointer(view: CodedClaim, line: CodedLine, rules: list[CoverageRule]) -> Fix | None:
    """Another diagnosis of the visit that the documents cover, if the line has a place for it."""
    if view.is_institutional or len(line.diagnoses) >= PLACES:
        return None
    for position, code in enumerate(view.diagnoses, 1):
        if any(code in rule.covered for rule in rules):
            letter = letter_of(position)
            label = f"Point to {letter}"
            return Fix("point", label, line=line.position, value=str(position))
    return None


def look_noncovered(view: CodedClaim, codes: CodeFacts) -> Look:
    """A pointed diagnosis is listed as not covered, and none as covered."""
    for line, rules in judged_lines(view, codes):
        for rule in rules:
            listed = [code for code in line.diagnoses if code in rule.noncovered]
            if listed and not is_covered(line, rules):
                yield Hit(
                    f"{line.code} on line {line.position} is not covered for "
                    f"{dotted(listed[0])} by {rule.document} in {view.state}.",
                    line.position,
                    fix=better_pointer(view, line, rules),
                    since=rule.starts_on,
                )
                break


def look_unsupported(view: CodedClaim, codes: CodeFacts) -> Look:
    """Documents with a list of covered diagnoses, and none of the line's is in any of them."""
    for line, rules in judged_lines(view, codes):
        listing = [rule for rule in rules if rule.covered]
        is_listed_out = any(rule.noncovered.intersection(line.diagnoses) for rule in rules)
        if listing and not is_listed_out and not is_covered(line, rules):
            names = ", ".join(rule.document for rule in listing[:3])
            yield Hit(
                f"{line.code} on line {line.position}: none of its diagnoses is in the covered "
                f"list of {names} in {view.state}.",
                line.position,
                fix=better_pointer(view, line, rules),
                since=listing[0].starts_on,
            )


def look_groups(view: CodedClaim, codes: CodeFacts) -> Look:
    """Covered by a document with several groups of diagnoses: its text says which one counts."""
    for line, rules in judged_lines(view, codes):
        for rule in rules:
            if rule.has_groups and rule.covered.intersection(line.diagnoses):
                yield Hit(
                    f"{line.code} on line {line.position}: {rule.document} lists its diagnoses in "
                    "groups; check the paragraph of the group.",
                    line.position,
                    since=rule.starts_on,
                )
                break
