"""Who owes the patient's share once a payer has adjudicated: the next payer, or the patient."""

from collections.abc import Collection, Mapping

RECEIVABLES: Mapping[str, str] = {
    "P": "primary_receivable",
    "S": "secondary_receivable",
    "T": "tertiary_receivable",
}
PATIENT_RECEIVABLE = "patient_receivable"
# CLP02 19, 20, 21: adjudicated as primary, secondary or tertiary, and forwarded to the next payer.
FORWARDED = frozenset({"19", "20", "21"})
_NEXT = {"P": "S", "S": "T"}


def receivable_of_share(rank: str, status_code: str, later_ranks: Collection[str]) -> str:
    """The account a share left by the payer of `rank` moves to.

    `later_ranks` are the ranks (SBR01) of the patient's other coverages active on the day of
    service. A forwarded claim waits for the next payer even when we know no such coverage: asking
    the patient for money a crossover payer owes is the worse mistake.
    """
    following = _NEXT.get(rank)
    if following and (following in later_ranks or status_code in FORWARDED):
        return RECEIVABLES[following]
    if rank == "P" and "T" in later_ranks:
        return RECEIVABLES["T"]
    return PATIENT_RECEIVABLE
