"""Claim checks of units and companions of a code; the rules: coding.rules.checks.units."""

from billing.rules.coded_claim import on_codes
from billing.rules.findings import BLOCKING, WARNING, Scrub
from billing.rules.scrub_needs import need_add_ons, need_units
from billing.rules.scrub_texts import CHART
from coding.rules.checks.units import (
    ADD_ON,
    MUE,
    look_add_on,
    look_add_on_unlisted,
    look_day_policy,
    look_day_records,
    look_line,
    look_zero,
)
from payers.rules.edit_tables import UNIT_TABLES, Table

UNITS_FIX = "Have the coder check the units against the note."


SCRUBS: tuple[Scrub, ...] = (
    Scrub(
        "mue_line",
        "Too many units on a line",
        BLOCKING,
        "2400 SV104",
        UNITS_FIX,
        f"{MUE}, indicator 1",
        on_codes(look_line),
        missing=need_units,
        tables=UNIT_TABLES,
    ),
    Scrub(
        "mue_day",
        "Too many units in a day",
        BLOCKING,
        "2400 SV104",
        UNITS_FIX,
        f"{MUE}, indicator 2",
        on_codes(look_day_policy),
        missing=need_units,
        tables=UNIT_TABLES,
    ),
    Scrub(
        "mue_day_records",
        "Units paid only on records",
        WARNING,
        "2400 SV104",
        "Have the coder check the units; if they are right, keep the records for an appeal.",
        f"{MUE}, indicator 3",
        on_codes(look_day_records),
        missing=need_units,
        tables=UNIT_TABLES,
    ),
    Scrub(
        "mue_zero",
        "Not paid in this setting",
        BLOCKING,
        "2400 SV101",
        CHART,
        f"{MUE}, value 0",
        on_codes(look_zero),
        missing=need_units,
        tables=UNIT_TABLES,
    ),
    Scrub(
        "add_on_alone",
        "Add-on without its primary",
        BLOCKING,
        "2400 SV101",
        CHART,
        f"{ADD_ON}, type 1",
        on_codes(look_add_on),
        missing=need_add_ons,
        tables=(Table.ADD_ON,),
    ),
    Scrub(
        "add_on_unlisted",
        "Add-on beside no listed primary",
        WARNING,
        "2400 SV101",
        CHART,
        f"{ADD_ON}, types 2 and 3",
        on_codes(look_add_on_unlisted),
        missing=need_add_ons,
        tables=(Table.ADD_ON,),
    ),
)
