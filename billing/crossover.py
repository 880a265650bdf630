"""SQL of whether a payer sent a claim on; the pure twin is `rules.next_party.is_forwarded`.

`r` is the alias of the row of billing_remittedclaim, `line` of billing_remittedline.
"""

from billing.rules.next_party import FORWARDED, FORWARDED_REMARKS


def _texts(values: frozenset[str]) -> str:
    return ", ".join(f"'{value}'" for value in sorted(values))


def forwarded_by_claim(r: str) -> str:
    """By status, by a remark of the claim, or by NM1*TT."""
    return f"""({r}.status_code IN ({_texts(FORWARDED)}) OR {forwarded_by_line(r)}
        OR jsonb_path_exists({r}.details, '$.parties[*] ? (@[0] == "TT")'))"""


def forwarded_by_line(line: str) -> str:
    """By a remark of a line."""
    return f"{line}.remarks && ARRAY[{_texts(FORWARDED_REMARKS)}]::varchar[]"


def forwarded(r: str) -> str:
    """By any of them."""
    return f"""({forwarded_by_claim(r)} OR EXISTS (
        SELECT 1 FROM billing_remittedline n
        WHERE n.remittance_id = {r}.remittance_id AND n.remitted_claim_id = {r}.id
          AND {forwarded_by_line("n")}))"""  # noqa: S608  names of ours
