"""Why a check on codes cannot be made: the table or fact it lacks, as a sentence."""

from collections.abc import Callable

from billing.rules.findings import ClaimFacts
from payers.rules.edit_tables import COVERAGE_TABLES, PAIR_TABLES, UNIT_TABLES, Table

Missing = Callable[[ClaimFacts], str]


def need_diagnoses(facts: ClaimFacts) -> str:
    if facts.codes.diagnoses is None:
        return "No release of ICD-10-CM is loaded for the date of service."
    return ""


def need_history(facts: ClaimFacts) -> str:
    return "" if facts.codes.history is not None else "The patient's other claims are not known."


def need_pairs(facts: ClaimFacts) -> str:
    return _need(facts, PAIR_TABLES, "No release of the NCCI pairs is loaded for the day.")


def need_pairs_and_history(facts: ClaimFacts) -> str:
    return need_pairs(facts) or need_history(facts)


def need_units(facts: ClaimFacts) -> str:
    return _need(facts, UNIT_TABLES, "No release of the unit limits (MUE) is loaded for the day.")


def need_add_ons(facts: ClaimFacts) -> str:
    return _need(facts, (Table.ADD_ON,), "No release of the add-on codes is loaded for the day.")


def need_fees(facts: ClaimFacts) -> str:
    message = "No release of the Medicare fee schedule is loaded for the day."
    return _need(facts, (Table.FEES,), message)


def need_fees_and_history(facts: ClaimFacts) -> str:
    return need_fees(facts) or need_history(facts)


def need_articles(facts: ClaimFacts) -> str:
    message = "No release of the coverage articles is loaded for the day."
    return _need(facts, COVERAGE_TABLES, message)


def need_hcpcs(facts: ClaimFacts) -> str:
    return _need(facts, (Table.HCPCS,), "No release of HCPCS Level II is loaded for the day.")


def _need(facts: ClaimFacts, tables: tuple[Table, ...], message: str) -> str:
    """One of the tables is enough: the builder asks for those of the claim's setting."""
    loaded = facts.codes.tables.releases
    return message if loaded.keys().isdisjoint(tables) else ""
