"""Which way a claim may go. `Claim.status` is the submission's progress and nothing else.

Decides whether one status may follow another. It does not decide when: actions do.
"""

from collections.abc import Mapping

# from -> to. A rejected claim was never adjudicated, so it is corrected and sent as an original.
# A rejection wins over an acceptance (the payer answers after the clearinghouse), never the other
# way round; only a remittance overrules it, because then the payer did adjudicate.
ALLOWED: Mapping[str, frozenset[str]] = {
    "draft": frozenset({"held", "ready", "voided"}),
    "held": frozenset({"ready", "voided"}),
    "ready": frozenset({"held", "submitted", "voided"}),
    "submitted": frozenset({"ready", "held", "accepted", "rejected", "adjudicated"}),
    "accepted": frozenset({"rejected", "adjudicated", "closed"}),
    "rejected": frozenset({"held", "ready", "voided", "adjudicated"}),
    "adjudicated": frozenset({"closed"}),
    "voided": frozenset(),
    "closed": frozenset(),
}

# Not with the payer: may be changed and checked again.
UNSENT = frozenset({"draft", "held", "ready", "rejected"})

# Their lines are billed by another claim, or by none.
GONE = frozenset({"voided", "closed"})


def may_move(status: str, to: str) -> bool:
    """May a claim of this status become `to`? Unknown statuses may not."""
    return to in ALLOWED.get(status, frozenset())


def sources(to: str) -> tuple[str, ...]:
    """The statuses a claim may come from to become `to`, in alphabetical order."""
    return tuple(sorted(status for status, targets in ALLOWED.items() if to in targets))
