"""Which codes a note suggests, and why."""

from decimal import Decimal

import pytest

from coding import text_tables
from coding.rules.suggestions import Knowledge
from coding.rules.text_drugs import converted
from tests.coding.reading import ON, codes, knowledge, read, suggested


@pytest.fixture(scope="module")
def known() -> Knowledge:
    return knowledge()


@pytest.mark.parametrize(
    ("assessment", "expected"),
    [
        ("1. HTN.", ["I10"]),
        ("1. Hypertention, stable.", ["I10"]),
        ("1. T2DM with neuropathy.", ["E1140"]),
        ("1. Type II diabetes with polyneuropathy and hyperglycemia.", ["E1142", "E1165"]),
        ("1. Diabetes.", ["E119"]),
        ("1. COPD with acute exacerbation.", ["J441"]),
        ("1. COPD.", ["J449"]),
        ("1. Right knee osteoarthritis.", ["M1711"]),
        ("1. Osteoarthritis of both knees.", ["M170"]),
        ("1. Knee pain, left.", ["M25562"]),
        ("1. Trochanteric bursitis, left hip.", ["M7062"]),
        ("1. CKD 3a.", ["N1831"]),
        ("1. Chronic systolic heart failure.", ["I5022"]),
        ("1. Acute cystitis without hematuria.", ["N3000"]),
        ("1. Acute cystitis with hematuria.", ["N3001"]),
        ("1. Laceration of the left forearm, repaired today.", ["S51812A"]),
        ("1. Laceration of the left forearm, routine healing.", ["S51812D"]),
        ("1. Chest pain.\n2. Hypertension.", ["R079", "I10"]),
    ],
)
def test_the_most_specific_code_is_suggested(
    assessment: str, expected: list[str], known: Knowledge
) -> None:
    assert sorted(codes(f"ASSESSMENT\n{assessment}", known)) == sorted(expected)


@pytest.mark.parametrize(
    "note",
    [
        "ASSESSMENT\n1. No pneumonia.",
        "ASSESSMENT\n1. Rule out pneumonia.",
        "ASSESSMENT\n1. Possible pneumonia.",
        "ASSESSMENT\n1. Pneumonia was ruled out.",
        "HPI\nHis father had pneumonia.",
        "HPI\nHad pneumonia three years ago, resolved.",
        "FAMILY HISTORY\nHypertension, heart failure.",
        "ROS\nFever, cough, chest pain.",
        "PHYSICAL EXAM\nLow back pain with motion.",
        "INSTRUCTIONS\nCall for chest pain.",
    ],
)
def test_what_is_denied_doubted_past_or_of_others_is_not_suggested(
    note: str, known: Knowledge
) -> None:
    assert codes(note, known) == []


def test_what_is_withheld_says_why(known: Knowledge) -> None:
    withheld = read("ASSESSMENT\n1. Rule out pneumonia.", known).withheld
    assert [(one.quote, one.code, one.why, one.trigger) for one in withheld] == [
        ("pneumonia", "J189", "uncertain", "rule out")
    ]


def test_a_cancer_of_the_past_and_of_the_family_have_codes_of_their_own(known: Knowledge) -> None:
    assert codes("ASSESSMENT\n1. History of breast cancer.", known) == ["Z853"]
    assert codes("FAMILY HISTORY\nSister with breast cancer at 44.", known) == ["Z803"]


def test_hypertension_is_coded_with_heart_and_kidney(known: Knowledge) -> None:
    note = "A/P\n1. Hypertension.\n2. CKD stage 3a.\n3. Heart failure."
    assert sorted(codes(note, known)) == ["I130", "I509", "N1831"]
    assert sorted(codes("A/P\n1. HTN.\n2. CKD 3a.", known)) == ["I129", "N1831"]
    assert sorted(codes("A/P\n1. HTN.\n2. CHF.", known)) == ["I110", "I509"]


def test_diabetes_is_taken_as_linked_with_kidney_disease(known: Knowledge) -> None:
    found = suggested("A/P\n1. Type 2 diabetes.\n2. CKD stage 3a.", known)
    assert sorted(one.code for one in found) == ["E1122", "N1831"]
    reason = next(one.reason for one in found if one.code == "E1122")
    assert "diabetes with “CKD stage 3a” (guideline I.A.15)" in reason


def test_a_symptom_of_a_problem_with_a_diagnosis_is_part_of_it(known: Knowledge) -> None:
    note = "A/P\n1. Pneumonia. Fever and cough are better."
    assert codes(note, known) == ["J189"]


def test_a_side_is_taken_from_the_rest_of_the_note(known: Knowledge) -> None:
    note = "HPI\nRight knee hurts on stairs.\nASSESSMENT\n1. Knee osteoarthritis."
    (found,) = suggested(note, known)
    assert (found.code, found.gaps) == ("M1711", ())
    assert "side “right” from elsewhere in the note" in found.reason


def test_a_missing_side_is_asked_for(known: Knowledge) -> None:
    (found,) = suggested("ASSESSMENT\n1. Trochanteric bursitis.", known)
    assert found.code == "M7060"
    assert found.gaps == (("side", "Right, left or both sides?", ("M7061", "M7062")),)


def test_a_missing_stage_type_and_episode_are_asked_for(known: Knowledge) -> None:
    gaps = {
        text: suggested(f"ASSESSMENT\n1. {text}.", known)[0].gaps[-1][:2]
        for text in ("CKD", "Diabetic neuropathy", "Laceration of the left forearm")
    }
    assert gaps == {
        "CKD": ("stage", "Which stage?"),
        "Diabetic neuropathy": ("type", "Which type?"),
        "Laceration of the left forearm": ("episode", "Initial, subsequent or sequela?"),
    }


def test_a_code_not_in_force_on_the_day_is_not_suggested(known: Knowledge) -> None:
    note = "ASSESSMENT\n1. Retired wart."
    assert codes(note, known, ON.replace(month=9)) == ["B0789"]
    assert codes(note, known) == []


def test_offsets_lead_to_the_words_exactly(known: Knowledge) -> None:
    note = (
        "HPI\nRight knee pain.\n\nPROCEDURE\nThe right knee joint was injected with"
        " triamcinolone 40 mg.\n\nASSESSMENT\n1. Osteoarthritis of the right knee.\n2. HTN.\n"
    )
    found = suggested(note, known)
    assert {one.code for one in found} == {"M1711", "I10", "20610", "J3301"}
    for one in found:
        for place in (one.place, *one.also):
            assert note[place.start : place.end] == place.quote


def test_the_reason_names_words_source_and_term(known: Knowledge) -> None:
    (found,) = suggested("ASSESSMENT\n1. CKD 3a.", known)
    assert found.reason == ("“CKD 3a” is the title of the code: Chronic kidney disease, stage 3a.")
    assert (found.source, found.place.quote) == ("title", "CKD 3a")


@pytest.mark.parametrize(
    ("sentence", "code", "units", "modifiers"),
    [
        ("Triamcinolone 40 mg injected, nothing was discarded.", "J3301", 4, ("JZ",)),
        ("Kenalog 35 mg injected.", "J3301", 4, ()),
        ("Kenalog-40, 40 mg/mL, 2 mL injected.", "J3301", 8, ()),
        ("Ketorolac 30 mg IM given.", "J1885", 2, ()),
        ("Toradol 60 mg was given IM.", "J1885", 4, ()),
        ("Ceftriaxone 1 g IM given.", "J0696", 4, ()),
        ("Rocephin 500 mg IM administered.", "J0696", 2, ()),
        ("Cyanocobalamin 1000 mcg given IM.", "J3420", 1, ()),
        ("B12 injection 1 mg given.", "J3420", 1, ()),
        ("Dexamethasone 10 mg IM given.", "J1100", 10, ()),
        ("Depo-Medrol 80 mg injected.", "J1010", 80, ()),
        ("Bicillin L-A 1.2 million units IM given.", "J0561", 12, ()),
        ("Albuterol 2.5 mg nebulized treatment given.", "J7613", 3, ()),
    ],
)
def test_drug_units_are_the_dose_over_one_unit_rounded_up(
    sentence: str, code: str, units: int, modifiers: tuple[str, ...], known: Knowledge
) -> None:
    found = suggested(f"PROCEDURE\n{sentence}", known)
    drug = next(one for one in found if one.kind == "drug")
    assert (drug.code, drug.units, drug.modifiers) == (code, units, modifiers)


def test_a_drug_given_into_a_muscle_brings_its_injection(known: Knowledge) -> None:
    assert "96372" in codes("PROCEDURE\nKetorolac 30 mg IM given.", known)
    assert "96372" not in codes("PROCEDURE\nThe knee was injected with Kenalog 40 mg.", known)


def test_doses_are_exact_decimals() -> None:
    assert converted("1,000", "mcg", "mg") == Decimal("1.000")
    assert converted("2.5", "g", "mg") == Decimal("2500.0")
    assert converted("1.2", "million units", "unit") == Decimal("1200000.0")
    assert converted("5", "units", "mg") is None


def test_waste_and_package_are_noted(known: Knowledge) -> None:
    note = (
        "PROCEDURE\nTriamcinolone 30 mg injected. 10 mg discarded from the single-dose vial."
        " NDC 12345-6789-01."
    )
    drug = next(one for one in suggested(note, known) if one.kind == "drug")
    assert (drug.units, drug.ndc) == (3, "12345678901")
    assert drug.hints == ("JW on a second line: 1 units thrown away.",)


@pytest.mark.parametrize(
    "sentence",
    [
        "PLAN\nWill give ketorolac 30 mg IM if no better.",
        "MEDICATIONS\nKetorolac 10 mg tablets.",
        "PLAN\nContinue dexamethasone 4 mg daily.",
        "PLAN\nEKG ordered.",
        "PLAN\nRefer for spirometry.",
        "HPI\nKnee injection last year.",
        "PLAN\nFlu vaccine declined.",
        "PLAN\nConsider X-ray of the knee, 3 views.",
    ],
)
def test_what_was_not_done_here_is_not_suggested(sentence: str, known: Knowledge) -> None:
    assert [one.code for one in suggested(sentence, known) if one.system == "procedure"] == []


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("ORDERS\nX-ray right knee, 3 views.", {"73562": (1, ("RT",))}),
        ("IMAGING\nTwo views of the chest.", {"71046": (1, ())}),
        ("ORDERS\nEKG today shows sinus rhythm.", {"93000": (1, ())}),
        ("PROCEDURE\nVenipuncture.", {"36415": (1, ())}),
        ("PROCEDURE\nSpirometry performed.", {"94010": (1, ())}),
        (
            "PROCEDURE\nSpirometry before and after bronchodilator.",
            {"94060": (1, ())},
        ),
        (
            "PROCEDURE\nLiquid nitrogen to six actinic keratoses.",
            {"17000": (1, ()), "17003": (5, ())},
        ),
        ("PROCEDURE\nCryotherapy of 16 actinic keratoses.", {"17004": (1, ())}),
        ("PROCEDURE\nLiquid nitrogen to 3 warts.", {"17110": (1, ())}),
        ("PROCEDURE\nThe left shoulder was injected.", {"20610": (1, ("LT",))}),
        (
            "IMMUNIZATIONS GIVEN\nTdap given. Varicella vaccine given.",
            dict.fromkeys(("90715", "90716", "90471", "90472", "Z23"), (1, ())),
        ),
    ],
)  # fmt: skip
def test_services_are_suggested_with_units_and_sides(
    sentence: str, expected: dict[str, tuple[int, tuple[str, ...]]], known: Knowledge
) -> None:
    found = {one.code: (one.units, one.modifiers) for one in suggested(sentence, known)}
    assert found == expected


def test_a_service_is_linked_to_the_diagnosis_of_its_side(known: Knowledge) -> None:
    note = (
        "PROCEDURE\nThe right knee was injected with triamcinolone 40 mg.\n"
        "ASSESSMENT\n1. Osteoarthritis, right knee.\n2. Knee pain, left."
    )
    found = {one.code: one.supports for one in suggested(note, known)}
    assert found["20610"] == ("M1711",)
    assert found["J3301"] == ("M1711",)


def test_our_own_terms_name_each_thing_once() -> None:
    terms = [(term, code) for code, term, _ in text_tables.own_terms()]
    assert len(terms) == len(set(terms))
