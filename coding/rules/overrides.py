"""Which facts a finding is about, so that a decision to let it stand ends when they change."""

import re
from hashlib import sha256

from coding.rules.coded_claim import CodedClaim

# Where a line stands and what the other claim or chart is called say nothing about the finding.
_PLACE = re.compile(r"\bline \d+|\b(?:claim|chart) [^ ):]+", re.IGNORECASE)


def subject_of(code: str, message: str, line: int | None, view: CodedClaim, payer: str) -> str:
    """The same text for the same finding on a chart and on the claim drafted from it.

    It holds the check, its sentence, the payer's class (`payer`), the first day of service and, of
    a finding of one line, its procedure, modifiers, units and the diagnoses it points to.
    """
    parts = [code, _PLACE.sub("", message), payer, str(view.starts_on)]
    for each in view.lines:
        if each.position == line:
            parts += [each.code, " ".join(each.modifiers), f"{each.units.normalize():f}"]
            parts.append(" ".join(each.diagnoses))
    return sha256("|".join(parts).encode()).hexdigest()[:32]
