"""Of all findings of a chart those worth a coder's look, each code once, best first."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from coding.rules.code_titles import SIDES, read_title
from coding.rules.specificity import MANY
from coding.rules.text_diagnoses import SYSTEMIC, Finding


def is_symptom(code: str) -> bool:
    """Signs and symptoms: chapter 18, and pain by its place."""
    return code[0] == "R" or code.startswith(("M255", "M545", "M542", "M796"))


# Said beside the reason of a visit, not as its reason (guideline I.C.21.c.3).
STATUS = ("Z66", "Z67", "Z68", "Z72", "Z73", "Z74", "Z77", "Z78", "Z79", "Z8", "Z9")
ASSESSED = ("impression", "plan")


def in_order_of_assessment(findings: Iterable[Finding]) -> list[Finding]:
    """What the assessment says in its own order, as a coder lists it; states after the problems.

    The first problem of the assessment is most often the reason of the visit (guideline IV.G).
    """
    assessed = [finding for finding in findings if finding.section in ASSESSED]
    return sorted(
        assessed, key=lambda f: (f.code.startswith(STATUS), f.document, f.item, -f.score, f.start)
    )


def merge(findings: Iterable[Finding]) -> list[Finding]:
    """One finding for each code: the best place, with the others as its support."""
    by_code: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_code[finding.code].append(finding)
    merged = []
    for places in by_code.values():
        ordered = sorted(places, key=lambda finding: (-finding.score, finding.start))
        best = ordered[0]
        support = tuple((f.document, f.start, f.quote) for f in ordered[1:6])
        score = best.score + 3 * min(3, len(ordered) - 1)
        merged.append(replace(best, support=support, score=score))
    return sorted(merged, key=lambda finding: (-finding.score, finding.document, finding.start))


def keep_likely(findings: Sequence[Finding]) -> list[Finding]:
    """What the assessment says, and beside it conditions that stay and states; else everything.

    Symptoms of a problem that has a diagnosis are part of it (guideline I.B.5).
    """
    assessed = [f for f in findings if f.section in ASSESSED]
    definite_items = {(f.document, f.item) for f in assessed if not is_symptom(f.code)}
    heads = {f.root[:3] for f in assessed}
    kept = []
    for finding in findings:
        place = (finding.document, finding.item)
        if finding in assessed:
            if is_symptom(finding.code) and not finding.is_head and place in definite_items:
                continue
        elif assessed:
            if finding.root[:3] in heads and finding.code not in {f.code for f in assessed}:
                continue
            if finding.section == "complaint" or not finding.code.startswith(SYSTEMIC):
                continue
        elif "Z81" <= finding.code[:3] <= "Z84" or finding.code[:3] in ("Z76", "Z48"):
            continue
        kept.append(finding)
    return kept


def drop_less_specific(findings: Sequence[Finding]) -> list[Finding]:
    """Of two codes of one category on the same words, or one of them unspecified, the better."""
    kept: list[Finding] = []
    for finding in findings:
        rivals = [
            other
            for other in findings
            if other.code != finding.code
            and other.code[:3] == finding.code[:3]
            and is_better(other, finding)
        ]
        if not rivals:
            kept.append(finding)
    return kept


def is_better(one: Finding, other: Finding) -> bool:
    """Whether `one` says all that `other` says, and more."""
    first, second = read_title(one.label), read_title(other.label)
    if one.code[:3] in MANY:
        return bool(second.without) and not first.without and one.root == other.root
    if second.hard < first.hard and first.hard & SIDES >= second.hard & SIDES:
        return True
    return second.is_unspecified and not first.is_unspecified and second.hard <= first.hard
