"""Claim checks of global surgery; the rules: coding.rules.checks.global_surgery."""

from billing.rules.coded_claim import on_codes
from billing.rules.findings import (
    BLOCKING,
    PROFESSIONAL,
    WARNING,
    Scrub,
)
from billing.rules.scrub_needs import need_fees, need_fees_and_history
from coding.rules.checks.global_surgery import (
    FEES,
    SOURCE,
    look_decision,
    look_procedure_after,
    look_split_care,
    look_visit_after,
    look_visit_same_day,
)

MARK = "Have the coder add the modifier if the chart supports it."


SCRUBS: tuple[Scrub, ...] = (
    Scrub(
        "global_visit",
        "Visit in a surgical period",
        BLOCKING,
        "2400 SV101",
        "Have the coder add 24 if the visit was unrelated, or drop it.",
        f"{SOURCE}.2",
        on_codes(look_visit_after),
        PROFESSIONAL,
        missing=need_fees_and_history,
        tables=FEES,
    ),
    Scrub(
        "global_same_day",
        "Visit on the day of a procedure",
        BLOCKING,
        "2400 SV101",
        MARK,
        f"{SOURCE}.1",
        on_codes(look_visit_same_day),
        PROFESSIONAL,
        missing=need_fees,
        tables=FEES,
    ),
    Scrub(
        "global_decision",
        "Modifier 57 with a minor procedure",
        WARNING,
        "2400 SV101",
        "Have the coder replace 57 by 25.",
        f"{SOURCE}.2",
        on_codes(look_decision),
        PROFESSIONAL,
        missing=need_fees,
        tables=FEES,
    ),
    Scrub(
        "global_procedure",
        "Procedure in a surgical period",
        WARNING,
        "2400 SV101",
        "Have the coder add 58, 78 or 79 if the chart supports it.",
        f"{SOURCE}.2",
        on_codes(look_procedure_after),
        PROFESSIONAL,
        missing=need_fees_and_history,
        tables=FEES,
    ),
    Scrub(
        "split_care",
        "Split care without a period",
        WARNING,
        "2400 SV101",
        "Have the coder drop the modifier.",
        f"{SOURCE}.2",
        on_codes(look_split_care),
        PROFESSIONAL,
        missing=need_fees,
        tables=FEES,
    ),
)
