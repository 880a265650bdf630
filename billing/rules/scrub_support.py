"""Claim checks of coverage by diagnosis; the rules: coding.rules.checks.support."""

from billing.rules.coded_claim import on_codes
from billing.rules.findings import BLOCKING, WARNING, Scrub
from billing.rules.scrub_needs import need_articles
from coding.rules.checks.support import SOURCE, look_groups, look_noncovered, look_unsupported
from payers.rules.edit_tables import COVERAGE_TABLES

SUPPORT = "Have the coder point to the diagnosis that supports it, or add GA or GZ."


SCRUBS: tuple[Scrub, ...] = (
    Scrub(
        "support_noncovered",
        "Diagnosis listed as not covered",
        BLOCKING,
        "2400 SV107",
        SUPPORT,
        SOURCE,
        on_codes(look_noncovered),
        missing=need_articles,
        tables=COVERAGE_TABLES,
    ),
    Scrub(
        "support",
        "Diagnosis does not support the service",
        BLOCKING,
        "2400 SV107",
        SUPPORT,
        SOURCE,
        on_codes(look_unsupported),
        missing=need_articles,
        tables=COVERAGE_TABLES,
    ),
    Scrub(
        "support_group",
        "Coverage group to be read",
        WARNING,
        "2400 SV107",
        "Read the group's paragraph in the document.",
        SOURCE,
        on_codes(look_groups),
        missing=need_articles,
        tables=COVERAGE_TABLES,
    ),
)
