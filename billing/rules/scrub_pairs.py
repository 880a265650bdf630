"""Claim checks of NCCI pairs; the rules: coding.rules.checks.pairs."""

from billing.rules.coded_claim import on_codes
from billing.rules.findings import BLOCKING, WARNING, Scrub
from billing.rules.scrub_needs import need_pairs, need_pairs_and_history
from billing.rules.scrub_texts import CHART
from coding.rules.checks.pairs import (
    MANUAL,
    look_never,
    look_other_claims,
    look_same_site,
    look_unmarked,
)
from payers.rules.edit_tables import PAIR_TABLES

IF_SEPARATE = "Have the coder add the modifier if the chart supports it, or drop the code."


SCRUBS: tuple[Scrub, ...] = (
    Scrub(
        "ncci_never",
        "NCCI pair, no modifier",
        BLOCKING,
        "2400 SV101",
        CHART,
        MANUAL,
        on_codes(look_never),
        missing=need_pairs,
        tables=PAIR_TABLES,
    ),
    Scrub(
        "ncci_pair",
        "NCCI pair without modifier",
        BLOCKING,
        "2400 SV101",
        IF_SEPARATE,
        MANUAL,
        on_codes(look_unmarked),
        missing=need_pairs,
        tables=PAIR_TABLES,
    ),
    Scrub(
        "ncci_other_claim",
        "NCCI pair with another claim",
        BLOCKING,
        "2400 SV101",
        IF_SEPARATE,
        MANUAL,
        on_codes(look_other_claims),
        missing=need_pairs_and_history,
        tables=PAIR_TABLES,
    ),
    Scrub(
        "ncci_same_site",
        "NCCI pair at the same site",
        WARNING,
        "2400 SV101",
        IF_SEPARATE,
        MANUAL,
        on_codes(look_same_site),
        missing=need_pairs,
        tables=PAIR_TABLES,
    ),
)
