"""The checks on codes in their order: diagnoses, procedures and pairs, modifiers, services."""

from billing.rules import (
    scrub_drugs,
    scrub_dx_order,
    scrub_dx_patient,
    scrub_dx_validity,
    scrub_globals,
    scrub_indicators,
    scrub_laboratory,
    scrub_modifiers,
    scrub_pairs,
    scrub_special,
    scrub_support,
    scrub_units,
    scrub_visits,
)
from billing.rules.findings import Scrub

SCRUBS: tuple[Scrub, ...] = (
    *scrub_dx_validity.SCRUBS,
    *scrub_dx_order.SCRUBS,
    *scrub_dx_patient.SCRUBS,
    *scrub_pairs.SCRUBS,
    *scrub_units.SCRUBS,
    *scrub_globals.SCRUBS,
    *scrub_modifiers.SCRUBS,
    *scrub_indicators.SCRUBS,
    *scrub_visits.SCRUBS,
    *scrub_drugs.SCRUBS,
    *scrub_laboratory.SCRUBS,
    *scrub_special.SCRUBS,
    *scrub_support.SCRUBS,
)
