"""The opened files of a code set as what the loader takes: rows, release, what is lacking."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import IO

from coding.rules.code_files.cpt_file import read_cpt
from coding.rules.code_files.hcpcs_text import read_described
from coding.rules.code_files.icd_index import Index
from coding.rules.code_files.icd_rows import icd_rows, refuse_other_release
from coding.rules.code_files.icd_tabular import TabularCode, read_tabular
from coding.rules.code_files.order_file import ICD10CM, ICD10PCS, read_code_list, read_order
from coding.rules.code_files.pcs_tables import read_pcs_tables
from coding.rules.code_files.releases import CodeSet, release_of_files, role_of
from coding.rules.code_rows import CodeRow
from coding.rules.pcs import PcsRow
from coding.rules.phrases import phrase_of
from payers.rules.tables.releases import ReleaseDates
from payers.table_files import TableFile, TableFiles

SystemRow = tuple[str, CodeRow]


@dataclass(frozen=True, slots=True)
class Content:
    """What one release of a code set holds, before anything is written.

    `rows` starts reading; None in it is a line left out on purpose. `sources` are the terms the
    files tell, `lacking` what they do not, in words.
    """

    code_set: CodeSet
    names: tuple[str, ...]
    checksum: str
    dates: ReleaseDates | None
    systems: tuple[str, ...]
    rows: Callable[[], Iterable[SystemRow | None]]
    sources: tuple[str, ...] = ("title",)
    lacking: str = ""
    is_dated: bool = False
    pcs_rows: Callable[[], Iterable[PcsRow]] | None = None


def content_of(code_set: CodeSet, files: TableFiles, *, with_text: bool) -> Content:
    """The content of files that fit (releases.unfit_files). `with_text`: descriptions of CPT."""
    of_role: dict[str, list[TableFile]] = {}
    for file in files.found:
        of_role.setdefault(role_of(code_set, file.name), []).append(file)
    read = {
        CodeSet.ICD10CM: icd10cm,
        CodeSet.ICD10PCS: icd10pcs,
        CodeSet.HCPCS: hcpcs,
        CodeSet.CPT: cpt_with_text if with_text else cpt_codes_only,
    }[code_set]
    return read(files, of_role)


OfRole = dict[str, list[TableFile]]


def content(code_set: CodeSet, files: TableFiles, **told: object) -> Content:
    return Content(
        code_set=code_set,
        names=tuple(files.names),
        checksum=files.checksum(),
        dates=release_of_files(code_set, files.names),
        **told,  # type: ignore[arg-type]  # named by the callers below
    )


def icd10cm(files: TableFiles, of_role: OfRole) -> Content:
    """Order file, and when they are there the tabular list and the indices."""
    order_file = of_role["order"][0]
    tabular_files, index_files = of_role.get("tabular", []), of_role.get("index", [])

    def rows() -> Iterator[SystemRow]:
        order = list(read_order(order_file.name, order_file.lines("latin-1"), ICD10CM))
        if not order:
            return
        tabular: dict[str, TabularCode] | None = None
        for file in tabular_files:
            with file.open() as stream:
                tabular = {code.code: code for code in read_tabular(file.name, stream)}
            refuse_other_release(file.name, order, tabular)
        for row in icd_rows(order, tabular, index_terms(index_files)):
            yield "icd10cm", row

    lacking = ["notes"] * (not tabular_files) + ["index"] * (not index_files)
    sources = ["title", *["inclusion"] * bool(tabular_files), *["index"] * bool(index_files)]
    return content(
        CodeSet.ICD10CM,
        files,
        systems=("icd10cm",),
        rows=rows,
        sources=tuple(sources),
        lacking=", ".join(lacking),
    )


def index_terms(files: list[TableFile]) -> Iterator[tuple[str, str]]:
    index = Index()
    for file in files:
        with file.open() as stream:
            index.read(file.name, stream)
    return index.terms()


def icd10pcs(files: TableFiles, of_role: OfRole) -> Content:
    """Order file or the shorter list of codes, and the tables when they are there."""
    ordered = of_role.get("order", [])
    file = (ordered or of_role["codes"])[0]
    read = read_order if ordered else read_code_list

    def rows() -> Iterator[SystemRow]:
        for code, is_billable, title in read(file.name, file.lines("latin-1"), ICD10PCS):
            terms = ((phrase_of(title), "title"),)
            yield "icd10pcs", CodeRow(code, title[:300], is_billable, "{}", terms)

    tables = of_role.get("tables", [])

    def pcs_rows() -> Iterator[PcsRow]:
        for table in tables:
            stream: IO[bytes]
            with table.open() as stream:
                yield from read_pcs_tables(table.name, stream)

    return content(
        CodeSet.ICD10PCS,
        files,
        systems=("icd10pcs",),
        rows=rows,
        lacking="" if tables else "tables",
        pcs_rows=pcs_rows if tables else None,
    )


def hcpcs(files: TableFiles, of_role: OfRole) -> Content:
    def rows() -> Iterator[SystemRow | None]:
        for file in of_role["codes"]:
            yield from read_described(file.name, file.lines("latin-1"))

    return content(
        CodeSet.HCPCS,
        files,
        systems=("procedure", "modifier"),
        rows=rows,
        sources=("title", "inclusion"),
        is_dated=True,
    )


def cpt_with_text(files: TableFiles, of_role: OfRole) -> Content:
    return cpt(files, of_role, with_text=True)


def cpt_codes_only(files: TableFiles, of_role: OfRole) -> Content:
    return cpt(files, of_role, with_text=False)


def cpt(files: TableFiles, of_role: OfRole, *, with_text: bool) -> Content:
    def rows() -> Iterator[SystemRow]:
        for file in of_role["codes"]:
            for row in read_cpt(file.name, file.lines("latin-1"), with_text=with_text):
                yield "procedure", row

    return content(
        CodeSet.CPT,
        files,
        systems=("procedure",),
        rows=rows,
        sources=("title",) if with_text else (),
        lacking="" if with_text else "descriptions",
    )
