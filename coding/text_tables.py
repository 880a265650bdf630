"""The tables of our own words that the text rules work with, read once per process."""

import csv
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from coding.rules.suggestions import Knowledge
from coding.rules.text_diagnoses import Maps
from coding.rules.text_drugs import Drug, read_drugs
from coding.rules.text_procedures import Film, ProcedureWords, read_films, read_procedures
from coding.rules.text_spelling import Speller
from coding.rules.text_terms import TermIndex
from coding.rules.text_words import ShortForm, read_short_forms

TABLES = Path(__file__).resolve().parent / "tables"


def read_table(name: str) -> list[dict[str, str]]:
    with (TABLES / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@lru_cache(maxsize=1)
def short_forms() -> dict[str, tuple[ShortForm, ...]]:
    """Abbreviations and synonyms by the first word of the short form."""
    return read_short_forms(read_table("abbreviations.csv"))


@lru_cache(maxsize=1)
def history_codes() -> Maps:
    """What a disease is coded as when it is over, and when a relative has it."""
    rows = read_table("history_codes.csv")
    return Maps(pairs(rows, "past"), pairs(rows, "family"))


def pairs(rows: Iterable[dict[str, str]], column: str) -> dict[str, str]:
    return {
        row["disease"].replace(".", ""): row[column].replace(".", "") for row in rows if row[column]
    }


def own_terms() -> list[tuple[str, str, str]]:
    """(code, term, "own"): what clinicians say that no title says."""
    rows = read_table("clinical_terms.csv")
    return [(row["code"].replace(".", ""), row["term"], "own") for row in rows]


@lru_cache(maxsize=1)
def drug_units() -> tuple[Drug, ...]:
    """What amount of a drug is one unit of its HCPCS code."""
    return read_drugs(read_table("drug_units.csv"))


@lru_cache(maxsize=1)
def procedure_words() -> tuple[ProcedureWords, ...]:
    """Services by words of our own."""
    return read_procedures(read_table("procedure_words.csv"))


@lru_cache(maxsize=1)
def film_views() -> tuple[Film, ...]:
    """X-rays by body part and number of views."""
    return read_films(read_table("film_views.csv"))


def knowledge_of(index: TermIndex) -> Knowledge:
    """Everything the text is read with, for one dictionary."""
    return Knowledge(
        index=index,
        speller=Speller(index.vocabulary),
        short_forms=short_forms(),
        maps=history_codes(),
        drugs=drug_units(),
        procedures=procedure_words(),
        films=film_views(),
    )
