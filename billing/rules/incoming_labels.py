"""Plain words beside the segments payers and clearinghouses send back."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from billing.rules.segment_labels import LabelledSegment

LABELS: Mapping[str, str] = {
    "ISA": "Interchange begins",
    "TA1": "Answer to our interchange",
    "GS": "Group begins",
    "ST": "Transaction begins",
    "BPR": "Payment: kind, amount, method, date",
    "TRN": "Trace number",
    "DTM": "Date",
    "N1": "Payer or payee",
    "N3": "Street",
    "N4": "City",
    "PER": "Contact",
    "LX": "Claims follow",
    "TS3": "Provider summary",
    "CLP": "Claim: number, status, billed, paid",
    "CAS": "Adjustments: group, reason, amount",
    "NM1": "Person or organization",
    "MIA": "Inpatient remarks",
    "MOA": "Outpatient remarks",
    "SVC": "Line: code, billed, paid",
    "REF": "Reference",
    "AMT": "Amount for information",
    "QTY": "Quantity",
    "LQ": "Remark",
    "PLB": "Provider adjustment",
    "AK1": "Answer to our group",
    "AK2": "Answer to our transaction",
    "IK3": "Fault in a segment",
    "IK4": "Fault in an element",
    "IK5": "Verdict on the transaction",
    "AK9": "Verdict on the group",
    "STC": "Status of the claim",
    "SE": "Transaction ends",
    "GE": "Group ends",
    "IEA": "Interchange ends",
}
LOOPS: Mapping[str, str] = {
    "ISA": "Interchange",
    "ST": "Transaction",
    "CLP": "2100 Claim",
    "SVC": "2110 Line",
    "PLB": "Provider adjustments",
}


def label_incoming(
    segments: Sequence[LabelledSegment], problems: Mapping[int, str]
) -> list[LabelledSegment]:
    """The same segments with our words for answers, and the problem each one has."""
    return [
        replace(
            segment,
            label=LABELS.get(segment.name, segment.label),
            loop=LOOPS.get(segment.name, ""),
            problem=problems.get(segment.number, ""),
        )
        for segment in segments
    ]
