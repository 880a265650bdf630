"""Versions of documents: amended, replaced, withdrawn; who coded the old one hears of it."""

import base64
import io
import zipfile

import pytest
from django.utils import timezone

from coding.actions import encounters
from coding.models import Document, DocumentFile, Encounter
from rcm.errors import Refusal
from rcm.models import Practice, User
from tests import make
from tests.coding import intaking as i


@pytest.fixture(autouse=True)
def chart(north: Practice) -> Encounter:
    """A registered visit with its note, to code."""
    i.cast(north)
    make.fees(north, c99213="165.00")
    i.bring_all(north, [i.adt(), i.mdm()])
    return Encounter.objects.get()


def code_it(chart: Encounter, by: User) -> None:
    """As a coder does it: take, code, complete."""
    make.coded(chart, ("99213", "165.00"))
    encounters.finalize_encounter(chart, by=by)


def texts(chart: Encounter) -> list[str]:
    return list(chart.documents.current().order_by("pk").values_list("text", flat=True))


def test_an_edited_document_is_a_new_version_and_the_old_one_is_kept(
    north: Practice, chart: Encounter
) -> None:
    i.bring(north, i.mdm("T08", control="D2", at="20261102120000", text="Knee pain too."))
    old, new = Document.objects.order_by("version")
    assert (old.version, old.text) == (1, "Established patient with essential hypertension.")
    assert old.superseded_at is not None
    assert (new.version, new.text, new.superseded_at) == (2, "Knee pain too.", None)
    assert new.replaces == old
    assert texts(chart) == ["Knee pain too."]


def test_an_older_version_that_comes_late_is_kept_and_does_not_count(
    north: Practice, chart: Encounter
) -> None:
    i.bring(north, i.mdm("T08", control="D0", at="20261102093000", text="Draft."))
    assert texts(chart) == ["Established patient with essential hypertension."]
    assert Document.objects.filter(text="Draft.").get().superseded_at is not None


def test_a_chart_that_is_coded_goes_back_with_a_task(
    north: Practice, chart: Encounter, ana: User
) -> None:
    code_it(chart, ana)
    row = i.bring(north, i.mdm("T08", control="D2", at="20261102120000", text="Knee pain too."))
    chart.refresh_from_db()
    assert (chart.state, chart.is_amended) == ("returned", True)
    task = chart.tasks.get()
    assert (task.source, task.reason, task.state) == (
        f"intake:{row.pk}",
        "The note was amended after coding",
        "open",
    )
    assert not chart.charges.get().is_frozen


def test_the_same_amendment_again_opens_no_second_task(
    north: Practice, chart: Encounter, ana: User
) -> None:
    code_it(chart, ana)
    later = i.mdm("T08", control="D2", at="20261102120000", text="Knee pain too.")
    i.bring_all(north, [later, later, later.replace(b"|D2|", b"|D3|")])
    assert chart.tasks.count() == 1
    assert Document.objects.count() == 2


def test_an_addendum_sends_a_coded_chart_back_and_a_new_report_only_warns(
    north: Practice, chart: Encounter, ana: User
) -> None:
    code_it(chart, ana)
    report = i.bring(north, i.mdm(control="D5", number="DOC9", text="X-ray of the knee."))
    chart.refresh_from_db()
    assert chart.state == "finalized"
    assert report.warnings == [
        "“Progress note” came after the chart was coded. Reopen the chart if it changes the codes."
    ]
    i.bring(north, i.mdm("T06", control="D6", number="DOC2", parent="DOC1", text="Also: fever."))
    chart.refresh_from_db()
    assert chart.state == "returned"
    assert len(texts(chart)) == 3


def test_a_chart_in_coding_is_marked_and_old_forms_are_refused(
    north: Practice, chart: Encounter, ana: User
) -> None:
    encounters.open_encounter(chart, by=ana)
    seen = chart.version
    assert not chart.is_amended
    i.bring(north, i.mdm("T08", control="D2", at="20261102120000", text="Knee pain too."))
    chart.refresh_from_db()
    assert (chart.is_amended, chart.state, chart.assigned_to) == (True, "in_coding", ana)
    with pytest.raises(Refusal) as refused:
        encounters.finalize_encounter(chart, by=ana, version=seen)
    assert (refused.value.code, refused.value.status) == ("changed_meanwhile", 409)
    make.coded(chart, ("99213", "165.00"))
    encounters.finalize_encounter(chart, by=ana, version=chart.version)
    chart.refresh_from_db()
    assert not chart.is_amended


def test_a_replacement_takes_the_place_of_its_parent_in_any_order(north: Practice) -> None:
    parent = i.mdm(control="R1", number="P1", visit="V200", text="Wrong patient side.")
    new = i.mdm("T10", "R2", "20261102130000", number="P2", parent="P1", visit="V200", text="Left.")
    visit = i.adt(control="C9", rest=i.pv1("V200"))
    i.bring_all(north, [visit, new, parent])
    late = Encounter.objects.get(external_visit__number="V200")
    assert texts(late) == ["Left."]
    assert late.documents.count() == 2


def test_a_withdrawn_document_does_not_count_also_when_it_comes_first(
    north: Practice, chart: Encounter, ana: User
) -> None:
    early = i.bring(north, i.mdm("T11", "D8", "20261102140000", number="DOC7"))
    assert (early.state, early.error_code) == ("waiting", "document_unknown")
    i.bring(north, i.mdm(control="D7", number="DOC7", text="Not this one."))
    early.refresh_from_db()
    assert early.state == "applied"
    assert texts(chart) == ["Established patient with essential hypertension."]
    assert Document.objects.get(external_id="DOC7").is_withdrawn


def test_a_signature_told_later_is_no_amendment(
    north: Practice, chart: Encounter, ana: User
) -> None:
    i.bring(north, i.mdm(control="D2", number="DOC2", text="Plan.").replace(b"||||LA", b"||||IP"))
    note = Document.objects.get(external_id="DOC2")
    assert note.signed_by == ""
    i.bring(north, i.mdm("T04", "D3", "20261102150000", number="DOC2", text="Plan."))
    note.refresh_from_db()
    assert (note.signed_by, note.version) == ("Annika Lindqvist", 1)


def test_a_changed_day_after_coding_sends_the_chart_back(
    north: Practice, chart: Encounter, ana: User
) -> None:
    code_it(chart, ana)
    moved = i.pv1(on="20261103083000")
    i.bring(north, i.adt("A08", control="C2", at="20261104090000", rest=moved))
    chart.refresh_from_db()
    assert chart.state == "returned"
    assert chart.tasks.get().reason == "The visit was changed after coding: date of service"


def plain_pdf(text: str) -> bytes:
    """The smallest PDF with one line of text, or none."""
    stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode() if text else b""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R"
        b"/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
    ]
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(out)
    out += b"xref\n0 5\n0000000000 65535 f \n" + table
    return out + b"trailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % start


def docx(*paragraphs: str, xml: str = "") -> bytes:
    body = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    xml = xml or f'<w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", xml)
    return out.getvalue()


def test_a_pdf_with_a_text_layer_is_read_and_kept(north: Practice, chart: Encounter) -> None:
    content = plain_pdf("Operative report of the knee")
    row = i.bring(north, content, "scan.pdf", encounter=chart, document_kind="operative")
    assert (row.state, row.kind, row.warnings) == ("applied", "document", [])
    document = chart.documents.get(kind="operative")
    assert document.text == "Operative report of the knee"
    assert (bytes(document.file.content), document.file.pages) == (content, 1)
    assert document.file.has_text


def test_a_scan_without_text_is_accepted_with_a_flag_and_not_lost(
    north: Practice, chart: Encounter
) -> None:
    content = plain_pdf("")
    row = i.bring(north, content, f"{chart.number}_imaging.pdf")
    assert row.state == "applied"
    assert row.warnings == ["“Imaging report” has no text layer: read the page image."]
    file = DocumentFile.objects.get()
    assert (bytes(file.content), file.has_text) == (content, False)


def test_a_word_document_is_read_paragraph_by_paragraph(north: Practice, chart: Encounter) -> None:
    i.bring(north, docx("Assessment", "Hypertension &amp; diabetes"), f"{chart.number}_note.docx")
    assert chart.documents.order_by("-pk")[0].text == "Assessment\nHypertension & diabetes"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("broken.pdf", b"%PDF-1.4\nno more"),
        ("broken.docx", docx(xml="<w:document")),
        ("bomb.docx", docx(xml='<!DOCTYPE a [<!ENTITY b "b">]><a>&b;</a>')),
    ],
)
def test_a_damaged_file_fails_visibly(
    north: Practice, chart: Encounter, name: str, content: bytes
) -> None:
    row = i.bring(north, content, name, encounter=chart)
    assert (row.state, row.error_code, row.place) == ("failed", "file_damaged", name)
    assert chart.documents.count() == 1


def test_a_file_nobody_knows_the_visit_of_fails_until_somebody_says_it(
    north: Practice, chart: Encounter, ana: User
) -> None:
    from coding.actions.intake import choose_visit

    row = i.bring(north, b"Knee better.", "letter.txt")
    assert (row.state, row.error) == (
        "failed",
        "No visit has the number letter, with which the file name begins.",
    )
    choose_visit(row, chart, by=ana)
    i.work_off(north)
    row.refresh_from_db()
    assert (row.state, row.encounter) == ("applied", chart)
    assert "Knee better." in texts(chart)


def test_a_file_named_by_the_senders_visit_number_finds_it(
    north: Practice, chart: Encounter
) -> None:
    row = i.bring(north, b"Path report.", "V100_pathology.txt")
    assert (row.state, row.encounter) == ("applied", chart)
    assert chart.documents.get(kind="pathology").title == "Pathology report"


def test_a_pdf_inside_a_message_is_read(north: Practice, chart: Encounter) -> None:
    packed = base64.b64encode(plain_pdf("Discharged home")).decode()
    start = i.mdm(control="D4", number="DOC4").split(b"OBX")[0]
    obx = f"OBX|1|ED|||CHART^application^pdf^Base64^{packed}||||||F\r".encode()
    assert i.bring(north, start + obx).state == "applied"
    document = Document.objects.get(external_id="DOC4")
    assert (document.text, document.file.name) == ("Discharged home", "document.pdf")
    assert document.received_at <= timezone.now()
