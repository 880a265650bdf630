"""Where quoted words stand in the documents of a chart."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from coding.rules.marks import Evidence, find_spans

LONGEST_QUOTE = 500


@dataclass(frozen=True)
class Page:
    """A document of the chart: its id, title and text."""

    document: int
    title: str
    text: str


@dataclass(frozen=True)
class Indicator:
    """Words of a document with their place, `quote` exactly as the document has them."""

    document: int
    title: str
    start: int
    end: int
    quote: str


def find_indicators(
    quotes: Iterable[str], pages: Sequence[Page]
) -> tuple[list[Indicator], list[str]]:
    """The quotes found in the first document that has them, and those that are in none.

    White space and letter case do not matter; empty quotes and repeated ones are passed over.
    """
    found: list[Indicator] = []
    missing: list[str] = []
    for quote in quotes:
        words = " ".join(quote.split())
        if not words:
            continue
        indicator = _find(words, pages)
        if indicator is None:
            missing.append(words)
        elif indicator not in found:
            found.append(indicator)
    return found, missing


def _find(words: str, pages: Sequence[Page]) -> Indicator | None:
    for page in pages:
        for span in find_spans(page.text, [Evidence("", words)]):
            quote = " ".join(page.text[span.start : span.end].split())
            return Indicator(page.document, page.title, span.start, span.end, quote)
    return None
