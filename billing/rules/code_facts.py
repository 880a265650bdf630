"""What the checks on codes look at besides the claim."""

from dataclasses import dataclass

from payers.rules.edit_tables import NO_TABLES, EditTables


@dataclass(frozen=True, slots=True)
class CodeFacts:
    """The published edit tables, cut down to the codes of the claims at hand."""

    tables: EditTables = NO_TABLES


NO_CODE_FACTS = CodeFacts()
