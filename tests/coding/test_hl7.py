"""HL7 v2 as bytes: delimiters, escapes, framing, character sets, batches, answers."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from coding.rules import hl7, hl7_answers
from coding.rules.hl7_messages import Ignored, interpret
from coding.rules.told import Told, Unusable
from tests.coding import intaking as i

ZONE = ZoneInfo("America/Chicago")


def told(content: bytes) -> Told:
    return interpret(hl7.read_message(content), zone=ZONE)


def refused(content: bytes) -> Unusable:
    with pytest.raises(Unusable) as caught:
        told(content)
    return caught.value


def test_fields_components_repetitions_and_subcomponents() -> None:
    message = hl7.read_message(b"MSH|^~\\&|A^B|C\rPID|1||M1^^^X&1.2&ISO^MR~S2^^^^SS||Ruiz^Ana")
    pid = message.first("PID")
    assert pid is not None
    assert message.header.get(1) == "|"
    assert message.header.get(2) == "^~\\&"
    assert message.header.get(3, 2) == "B"
    assert pid.get(3, 5, 2) == "SS"
    assert (pid.get(3, 4, sub=1), pid.get(3, 4, sub=2), pid.get(3, 4, sub=3)) == ("X", "1.2", "ISO")
    assert (pid.repetitions(3), pid.repetitions(9)) == (2, 0)
    assert pid.get(40) == ""


def test_any_delimiters_of_msh_1_and_2_are_used() -> None:
    message = hl7.read_message(b"MSH$*%!:$A*B$C\rPID$1$$M1****MR%S2$$O!F!Hara*Ana")
    pid = message.first("PID")
    assert pid is not None
    assert (pid.get(3), pid.get(3, 1, 2), pid.get(5)) == ("M1", "S2", "O$Hara")


@pytest.mark.parametrize(
    "head", [b"MSH", b"MSH|", b"MSH|^^\\&|A", b"MSH|^~", b"MSHA^~\\&A", b"MSH  "]
)
def test_delimiters_that_cannot_be_are_refused(head: bytes) -> None:
    assert refused(head + b"\rPID|1").code == "delimiters_wrong"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f", "a|b^c&d~e\\f"),
        ("one\\.br\\two\\.sp2\\three", "one\ntwo\n\nthree"),
        ("\\H\\loud\\N\\ \\X41C4\\", "loud AÄ"),
        ("left \\Q\\ alone", "left \\Q\\ alone"),
        ("C:\\temp", "C:\\temp"),
        ("\\.in+4\\text", "text"),
    ],
)
def test_escape_sequences(text: str, plain: str) -> None:
    assert hl7.unescape(text, hl7.Delimiters()) == plain


def test_what_is_escaped_reads_back() -> None:
    marks = hl7.Delimiters()
    text = "a|b^c&d~e\\f"
    assert hl7.unescape(hl7.escape(text, marks), marks) == text


@pytest.mark.parametrize("ending", [b"\r", b"\n", b"\r\n"])
@pytest.mark.parametrize(
    ("before", "after"), [(b"", b""), (b"\x0b", b"\x1c\r"), (b"\r\n", b"\r\r")]
)
def test_line_ends_and_frames_make_no_difference(
    ending: bytes, before: bytes, after: bytes
) -> None:
    plain = i.adt()
    content = before + plain.replace(b"\r", ending) + after
    assert hl7.canonical(content) == plain
    assert told(content) == told(plain)


def test_a_line_that_begins_no_segment_belongs_to_the_text_before_it() -> None:
    document = told(i.mdm(text="First line.\nSecond, with BP 150.\nThird.")).documents[0]
    assert document.text == "First line.\nSecond, with BP 150.\nThird."


@pytest.mark.parametrize(
    ("charset", "encoding"),
    [("UNICODE UTF-8", "utf-8"), ("8859/1", "latin-1"), ("", "utf-8"), ("WINDOWS-1252", "cp1252")],
)
def test_names_keep_their_accents(charset: str, encoding: str) -> None:
    text = i.header("ADT^A04", "C1", "20261102090000", charset) + i.pid(last="Müller-Núñez")
    assert told((text + i.pv1()).encode(encoding)).person.last_name == "Müller-Núñez"


def test_latin_1_that_nobody_announced_is_read_with_a_warning() -> None:
    text = i.header("ADT^A04", "C1", "20261102090000", "") + i.pid(last="Müller") + i.pv1()
    found = told(text.encode("latin-1"))
    assert found.person.last_name == "Müller"
    assert found.warnings == (
        "MSH-18 names no character set and the text is not UTF-8: read as Latin-1.",
    )


@pytest.mark.parametrize(
    ("charset", "bad", "message"),
    [
        ("UNICODE UTF-8", b"M\xfcller", "The byte FC in PID-5 is no UNICODE UTF-8 text."),
        ("8859/1", b"M\x93ller", "The byte 93 in PID-5 is no 8859/1 text."),
        ("ASCII", b"M\xc3\xbcller", "The byte C3 in PID-5 is no ASCII text."),
        ("", b"M\x93\xffller", "The byte 93 in PID-5 is no UTF-8 or Latin-1 text."),
    ],
)
def test_a_wrong_encoding_is_refused_with_its_place(charset: str, bad: bytes, message: str) -> None:
    text = i.header("ADT^A04", "C1", "20261102090000", charset) + i.pid(last="NAME") + i.pv1()
    error = refused(text.encode().replace(b"NAME", bad))
    assert (error.code, error.place, error.message) == ("encoding_wrong", "PID-5", message)


def test_a_character_set_nobody_knows_is_refused() -> None:
    error = refused(i.adt().replace(b"UNICODE UTF-8", b"ISO IR159"))
    assert (error.code, error.place) == ("charset_unknown", "MSH-18")


def test_a_nul_byte_is_refused_with_its_place() -> None:
    error = refused(i.adt(last="Ru\0iz"))
    assert (error.code, error.place) == ("encoding_wrong", "PID-5")


def test_times_are_in_utc_and_days_as_written() -> None:
    found = told(i.sample("registration.hl7"))
    assert found.key == "1|20261102145500000000|C1"
    assert found.visit is not None
    assert found.visit.served_on == date(2026, 11, 2)


@pytest.mark.parametrize(
    ("sex", "shown"), [("F", "F"), ("m", "M"), ("O", "U"), ("A", "U"), ("", None)]
)
def test_sex_is_female_male_or_unknown(sex: str, shown: str | None) -> None:
    content = i.adt().replace(b"|F|||12", f"|{sex}|||12".encode())
    assert told(content).person.sex == shown


def test_two_quotes_mean_there_is_none() -> None:
    found = told(i.adt().replace(b"2175550199", b'""'))
    assert found.person.phone == ""
    assert told(i.adt().replace(b"2175550199", b"")).person.phone is None


def test_the_chart_number_is_the_one_of_type_mr() -> None:
    content = i.adt().replace(b"MRN1^^^NORTH^MR", b"S1^^^US^SS~M9^^^NORTH^MR~P1^^^NORTH^PI")
    assert told(content).person.mrn == "M9"


def test_a_pdf_in_an_obx_keeps_its_bytes_and_damaged_base64_is_located() -> None:
    obx = b"OBX|1|ED|||CHART^application^pdf^Base64^JVBERi0xLjQK||||||F\r"
    start = i.mdm().split(b"OBX")[0]
    file = told(start + obx).documents[0].file
    assert file is not None
    assert (file.media_type, file.content) == ("application/pdf", b"%PDF-1.4\n")
    error = refused(start + obx.replace(b"JVBERi0xLjQK", b"JVBERi0*xLjQ"))
    assert (error.code, error.place) == ("file_damaged", "OBX-5.5 (1)")


def test_a_message_cut_anywhere_is_read_or_refused_with_a_reason() -> None:
    """Segment by segment and byte by byte: never another error."""
    for content in (i.sample("registration.hl7"), i.sample("note.hl7"), i.dft()):
        cuts = [n for n, byte in enumerate(content) if byte == 13] + list(range(0, len(content), 7))
        for cut in cuts:
            try:
                told(content[:cut])
            except Unusable as error:
                assert error.message
    with pytest.raises(Unusable, match="has no PID"):
        told(b"\r".join(i.adt().split(b"\r")[:2]))
    with pytest.raises(Unusable, match="has no visit number"):
        told(b"\r".join(i.adt().split(b"\r")[:3]))
    with pytest.raises(Unusable, match="has no TXA"):
        told(b"\r".join(i.mdm().split(b"\r")[:4]))
    with pytest.raises(Unusable, match="has no text in OBX-5"):
        told(b"\r".join(i.mdm().split(b"\r")[:5]))


def batch(*messages: bytes, count: int | None = None) -> bytes:
    total = len(messages) if count is None else count
    ending = f"BTS|{total}\rFTS|1\r".encode()
    return b"FHS|^~\\&|CHART\rBHS|^~\\&|CHART\r" + b"".join(messages) + ending


def test_a_batch_gives_its_messages_as_they_were() -> None:
    one, two = i.adt(), i.mdm()
    assert hl7.split_batch(batch(one, two)) == [one, two]
    assert hl7.split_batch(one + two) == [one, two]
    assert hl7.is_batch(batch(one))
    assert hl7.is_batch(one + two)
    assert not hl7.is_batch(one)


def test_a_batch_without_its_end_or_with_another_count_is_refused_whole() -> None:
    cut = batch(i.adt(), i.mdm()).split(b"BTS")[0]
    with pytest.raises(Unusable, match="its end is missing"):
        hl7.split_batch(cut)
    with pytest.raises(Unusable, match="BTS-1 says 3 messages, the file has 2"):
        hl7.split_batch(batch(i.adt(), i.mdm(), count=3))


def test_answers_name_the_message_and_where_it_fails() -> None:
    at = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)
    content = i.adt()
    assert hl7_answers.write_answer(content, "AA", at=at, control_id="7").decode() == (
        "MSH|^~\\&|RCM|RCM|CHART|NORTH|20261102150000+0000||ACK^A04|7|P|2.5.1\rMSA|AA|C1\r"
    )
    error = Unusable("day_wrong", "PID-7 of Ana Ruiz is no day.", place="PID-7")
    answer = hl7_answers.write_answer(content, "AE", at=at, control_id="8", error=error).decode()
    assert answer.split("\r")[1:] == [
        "MSA|AE|C1",
        "ERR||PID^1^7|102^day_wrong^HL70357|E||||Not a day.",
        "",
    ]
    assert "Ruiz" not in answer


def test_bytes_that_are_no_message_are_answered_too() -> None:
    at = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)
    answer = hl7_answers.write_answer(b"\xff\xfe", "AR", at=at, control_id="0").decode()
    assert answer.startswith("MSH|^~\\&|||||20261102150000+0000||ACK|0|P|2.5.1\rMSA|AR|")


def test_movements_nobody_codes_are_told_apart_from_unknown_messages() -> None:
    with pytest.raises(Ignored, match="says nothing this system keeps"):
        told(i.adt("A21"))
    assert refused(i.adt("A40", rest="MRG|MRN2\r")).code == "identity_change"
    assert refused(i.adt().replace(b"ADT^A04", b"SIU^S12")).code == "type_unknown"
