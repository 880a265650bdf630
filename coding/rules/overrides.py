"""Which facts a finding is about, so that a decision to let it stand ends when they change."""

import re
from collections.abc import Sequence
from hashlib import sha256

from coding.rules.chart_checks import OVERRIDABLE
from coding.rules.coded_claim import CodedClaim

# Where a line stands and what the other claim or chart is called say nothing about the finding.
_PLACE = re.compile(r"\bline \d+|\b(?:claim|chart) [^ ):]+", re.IGNORECASE)

# How the codes of findings begin that come from a claim rule of the practice: `rule:12`.
PRACTICE_RULE = "rule:"


def is_practice_rule(code: str) -> bool:
    """Does a finding of this code come from a claim rule of the practice?"""
    return code.startswith(PRACTICE_RULE)


def is_overridable(code: str) -> bool:
    """May a person let findings of this code stand, on the chart and so on the claim?"""
    return code in OVERRIDABLE or is_practice_rule(code)


def subject_of(
    code: str,
    message: str,
    line: int | None,
    view: CodedClaim,
    payer: str,
    looked_at: Sequence[str] = (),
) -> str:
    """The same text for the same finding on a chart and on the claim drafted from it.

    It holds the check, its sentence, the payer's class (`payer`), the first day of service and, of
    a finding of one line, its procedure, modifiers, units and the diagnoses it points to. A rule of
    the practice says the same whatever it hits: what it `looked_at` is added.
    """
    parts = [code, _PLACE.sub("", message), payer, str(view.starts_on)]
    for each in view.lines:
        if each.position == line:
            parts += [each.code, " ".join(each.modifiers), f"{each.units.normalize():f}"]
            parts.append(" ".join(each.diagnoses))
    parts += looked_at
    return sha256("|".join(parts).encode()).hexdigest()[:32]
