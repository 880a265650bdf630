"""The tables of ICD-10-PCS (XML of CMS): which values each place of a code may have.

A pcsTable names the first three places, each of its rows the values of the other four that may be
combined with each other.
"""

from collections.abc import Iterator
from typing import IO

from coding.rules.code_files.xml_nodes import Node, read_nodes
from coding.rules.pcs import Axis, PcsRow
from payers.rules.tables.reading import TableFault


def read_pcs_tables(file: str, stream: IO[bytes]) -> Iterator[PcsRow]:
    """Every row of every table. Raises TableFault when a place or its values are missing."""
    is_empty = True
    for table in read_nodes(file, stream, "pcsTable"):
        is_empty = False
        head = read_axes(file, table, (1, 2, 3))
        if any(len(axis.values) != 1 for axis in head):
            raise TableFault(file, "one value in each of places 1 to 3", line=table.line)
        rows = table.every("pcsRow")
        if not rows:
            raise TableFault(file, "rows (pcsRow) of a table", line=table.line)
        for row in rows:
            yield PcsRow((*head, *read_axes(file, row, (4, 5, 6, 7))))
    if is_empty:
        raise TableFault(file, "tables (pcsTable) of ICD-10-PCS")


def read_axes(file: str, node: Node, places: tuple[int, ...]) -> tuple[Axis, ...]:
    axes = node.every("axis")
    if [axis.attributes.get("pos", "") for axis in axes] != [str(place) for place in places]:
        wanted = ", ".join(str(place) for place in places)
        raise TableFault(file, f"an axis for each of places {wanted}", line=node.line)
    return tuple(read_axis(file, axis) for axis in axes)


def read_axis(file: str, node: Node) -> Axis:
    values = {}
    for label in node.every("label"):
        code = label.attributes.get("code", "")
        if len(code) != 1 or not label.text:
            raise TableFault(
                file, "a label with a code of one character", line=label.line, found=code
            )
        values[code] = label.text
    if not values:
        raise TableFault(file, "values (label) of an axis", line=node.line)
    return Axis(node.text_of("title"), values)
