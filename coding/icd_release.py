"""The ICD-10-CM release in the simple_icd_10_cm package, as rows of Code.

Only the loader imports this: the package takes seconds and about 180 MB per process, so nothing
that serves requests may. Blocks and chapters are no codes; their Excludes1 notes are given to
the categories under them.
"""

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from coding.rules.code_rows import CodeRow
from coding.rules.phrases import phrase_of

RELEASE = "FY2026, update of April 1 2026"
STARTS_ON = date(2025, 10, 1)
# "(E08.-)", "(O10-O11, O13-O16)": what notes name between parentheses, without dot and hyphen.
REFERENCE = re.compile(r"[A-Z][0-9A-Z]{2}(?:\.[0-9A-Z]+)?(?:\.?-)?(?:[A-Z][0-9A-Z]{2}[0-9A-Z.]*)?")
SIDES = ("right", "left")


def read_release() -> Iterator[CodeRow]:
    """Every code and heading, its code without the dot."""
    import simple_icd_10_cm as release

    # Some one-category blocks share the name of their category ("B20"), so names come twice.
    every = dict.fromkeys(release.get_all_codes())
    names = [name for name in every if release.is_category_or_subcategory(name)]
    labels = {name: release.get_description(name) for name in names}
    by_label = {label.lower(): name for name, label in labels.items()}
    for name in names:
        is_billable = release.is_leaf(name)
        label = labels[name][:300]
        notes = notes_of(release, name)
        if is_billable:
            notes["siblings"] = siblings_of(labels[name], by_label)
        included = release.get_inclusion_term(name)
        words = " ".join([label, *included])
        plain = name.replace(".", "")
        search_text = f"{plain} {name} {words}".lower()
        kept = {key: value for key, value in notes.items() if value}
        terms = (
            (phrase_of(labels[name]), "title"),
            *((phrase_of(term), "inclusion") for term in included),
        )
        told = json.dumps(kept, ensure_ascii=False)
        yield CodeRow(plain, label, is_billable, search_text, told, terms)


def notes_of(release: Any, name: str) -> dict[str, Any]:
    """The tabular notes that stand at the code itself; those above it are read with it."""
    excludes1 = release.get_excludes1(name)
    if release.is_category(name):
        for above in release.get_ancestors(name):
            excludes1 = [*excludes1, *release.get_excludes1(above, prioritize_blocks=True)]
    return {
        "includes": release.get_includes(name),
        "excludes1": excludes1,
        "excludes1_codes": [code for note in excludes1 for code in references(note)],
        "excludes2": release.get_excludes2(name),
        "code_first": release.get_code_first(name),
        "use_additional": release.get_use_additional_code(name),
        "code_also": release.get_code_also(name),
        "seventh": seventh_of(release, name),
    }


def seventh_of(release: Any, name: str) -> list[str]:
    """The characters a code still waits for at its end."""
    children = [child for child in release.get_children(name) if release.is_leaf(child)]
    plain = [child.replace(".", "") for child in children]
    if not children or not all(release.is_extended_subcategory(child) for child in children):
        return []
    return sorted({code[6] for code in plain if len(code) == 7})


def siblings_of(label: str, by_label: dict[str, str]) -> list[list[str]]:
    """For "… unspecified knee": [["right", code of "… right knee"], ["left", …]]."""
    lower = label.lower()
    if "unspecified" not in lower:
        return []
    found = []
    for side in SIDES:
        for match in re.finditer("unspecified", lower):
            words = lower[: match.start()] + side + lower[match.end() :]
            if words in by_label:
                found.append([side, by_label[words].replace(".", "")])
                break
    return found


def references(note: str) -> Iterator[str]:
    """Code prefixes and ranges a note names: "E08", "O10-O11"."""
    for inside in re.findall(r"\(([^()]*)\)", note):
        for found in REFERENCE.findall(inside):
            low, hyphen, high = found.replace(".", "").partition("-")
            yield f"{low}-{high}" if hyphen and high else low
