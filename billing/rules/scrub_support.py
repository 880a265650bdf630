"""Coverage: do the diagnoses a line points to support it, by the documents of the state?

CMS Medicare Coverage Database. A code without a document has no opinion, which is not "covered".
Medicare and Advantage plans follow them.
"""

from collections.abc import Iterator

from billing.rules.coded_claim import CodedClaim, CodedLine, coded, payer_class_of
from billing.rules.findings import BLOCKING, WARNING, AnyClaim, ClaimFacts, Hit, Look, Scrub
from billing.rules.scrub_indicators import EXPECTED_DENIAL
from billing.rules.scrub_needs import need_articles
from coding.rules.diagnosis_edits import dotted
from payers.rules.edit_tables import CoverageRule, Table

SOURCE = "CMS Medicare Coverage Database"
TABLES = (Table.ARTICLES, Table.LCD)


def judged_lines(
    view: CodedClaim, facts: ClaimFacts
) -> Iterator[tuple[CodedLine, list[CoverageRule]]]:
    """Lines with documents of the claim's state in force on their day; not those of a stay."""
    coverage = facts.codes.tables.coverage
    is_meant = payer_class_of(view, facts.codes) in ("medicare", "advantage")
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


def look_noncovered(claim: AnyClaim, facts: ClaimFacts) -> Look:
    """A pointed diagnosis is listed as not covered, and none as covered."""
    view = coded(claim)
    for line, rules in judged_lines(view, facts):
        for rule in rules:
            listed = [code for code in line.diagnoses if code in rule.noncovered]
            if listed and not is_covered(line, rules):
                yield Hit(
                    f"{line.code} on line {line.position} is not covered for "
                    f"{dotted(listed[0])} by {rule.document} in {view.state}.",
                    line.position,
                )
                break


def look_unsupported(claim: AnyClaim, facts: ClaimFacts) -> Look:
    """Documents with a list of covered diagnoses, and none of the line's is in any of them."""
    view = coded(claim)
    for line, rules in judged_lines(view, facts):
        listing = [rule for rule in rules if rule.covered]
        is_listed_out = any(rule.noncovered.intersection(line.diagnoses) for rule in rules)
        if listing and not is_listed_out and not is_covered(line, rules):
            names = ", ".join(rule.document for rule in listing[:3])
            yield Hit(
                f"{line.code} on line {line.position}: none of its diagnoses is in the covered "
                f"list of {names} in {view.state}.",
                line.position,
            )


def look_groups(claim: AnyClaim, facts: ClaimFacts) -> Look:
    """Covered by a document with several groups of diagnoses: its text says which one counts."""
    view = coded(claim)
    for line, rules in judged_lines(view, facts):
        for rule in rules:
            if rule.has_groups and rule.covered.intersection(line.diagnoses):
                yield Hit(
                    f"{line.code} on line {line.position}: {rule.document} lists its diagnoses in "
                    "groups; check the paragraph of the group.",
                    line.position,
                )
                break


SUPPORT = "Have the coder point to the diagnosis that supports it, or add GA or GZ."
SCRUBS: tuple[Scrub, ...] = (
    Scrub(
        "support_noncovered",
        "Diagnosis listed as not covered",
        BLOCKING,
        "2400 SV107",
        SUPPORT,
        SOURCE,
        look_noncovered,
        missing=need_articles,
        tables=TABLES,
    ),
    Scrub(
        "support",
        "Diagnosis does not support the service",
        BLOCKING,
        "2400 SV107",
        SUPPORT,
        SOURCE,
        look_unsupported,
        missing=need_articles,
        tables=TABLES,
    ),
    Scrub(
        "support_group",
        "Coverage group to be read",
        WARNING,
        "2400 SV107",
        "Read the group's paragraph in the document.",
        SOURCE,
        look_groups,
        missing=need_articles,
        tables=TABLES,
    ),
)
