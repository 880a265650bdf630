"""Sections, sentences, contexts and words of a note."""

import pytest

from coding import text_tables
from coding.rules.text_context import context_of, find_scopes
from coding.rules.text_sections import read_sentences
from coding.rules.text_spelling import Speller
from coding.rules.text_words import fold, spell_out, split_words

NOTE = """CHIEF COMPLAINT
Knee pain.

HPI: Dr. Osei referred him. Pain is 3.5 of 10; it wakes him.
Past Medical History: hypertension
FAMILY HISTORY
Mother had diabetes.
ASSESSMENT AND PLAN
1. Knee osteoarthritis. Ice and rest.
2. Hypertension, at goal.

Electronically signed by A. Lindqvist, MD
"""


def said_of(sentence: str, words: str) -> set[str]:
    start = sentence.index(words)
    return set(context_of(find_scopes(sentence), start, start + len(words)))


def test_every_sentence_keeps_its_place_and_section() -> None:
    found = read_sentences(NOTE)
    assert all(NOTE[one.start : one.end] == one.text for one in found)
    assert [(one.section, one.text, one.item) for one in found] == [
        ("complaint", "Knee pain.", 0),
        ("history", "Dr. Osei referred him.", 0),
        ("history", "Pain is 3.5 of 10;", 0),
        ("history", "it wakes him.", 0),
        ("past", "hypertension", 0),
        ("family", "Mother had diabetes.", 0),
        ("impression", "Knee osteoarthritis.", 1),
        ("impression", "Ice and rest.", 1),
        ("impression", "Hypertension, at goal.", 2),
    ]


def test_a_line_broken_by_the_page_is_one_sentence() -> None:
    text = (
        "HPI\nShe has had pain of the knee for three weeks after a long walk and\n"
        "cannot climb stairs.\nNo fever.\n"
    )
    assert [" ".join(one.text.split()) for one in read_sentences(text)] == [
        "She has had pain of the knee for three weeks after a long walk and cannot climb stairs.",
        "No fever.",
    ]


@pytest.mark.parametrize(
    ("sentence", "words", "kind"),
    [
        ("Denies fever, chills or chest pain.", "chest pain", "negated"),
        ("No evidence of pneumonia.", "pneumonia", "negated"),
        ("The lungs are free of wheezing.", "wheezing", "negated"),
        ("Pulmonary embolism was ruled out.", "Pulmonary embolism", "negated"),
        ("Influenza test is negative.", "Influenza", "negated"),
        ("Negative for cough.", "cough", "negated"),
        ("Appendicitis is unlikely.", "Appendicitis", "negated"),
        ("Rule out pneumonia.", "pneumonia", "uncertain"),
        ("R/o DVT of the left leg.", "DVT", "uncertain"),
        ("Possible stress fracture of the foot.", "stress fracture", "uncertain"),
        ("Suspected gout.", "gout", "uncertain"),
        ("Findings are consistent with bronchitis.", "bronchitis", "uncertain"),
        ("Viral versus bacterial sinusitis.", "bacterial sinusitis", "uncertain"),
        ("Gallstones cannot be excluded.", "Gallstones", "uncertain"),
        ("? pneumonia on the film.", "pneumonia", "uncertain"),
        ("History of breast cancer.", "breast cancer", "historical"),
        ("She had pneumonia three years ago.", "pneumonia", "historical"),
        ("Bronchitis has resolved.", "Bronchitis", "historical"),
        ("His father had a stroke at 60.", "stroke", "family"),
        ("Family history: mother with diabetes.", "diabetes", "family"),
        ("Diabetes runs in the family.", "Diabetes", "family"),
        ("Return if fever or vomiting develops.", "vomiting", "hypothetical"),
        ("Screening for colon cancer.", "colon cancer", "hypothetical"),
        ("At risk for falls and osteoporosis.", "osteoporosis", "hypothetical"),
        ("His wife has influenza.", "influenza", "other person"),
    ],
)
def test_triggers_say_what_is_said(sentence: str, words: str, kind: str) -> None:
    assert kind in said_of(sentence, words)


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("No fever but has cough.", "cough"),
        ("Denies chest pain, has dyspnea.", "dyspnea"),
        ("Diabetes is not at goal.", "Diabetes"),
        ("Hypertension, not well controlled.", "Hypertension"),
        ("Past medical history significant for hypertension.", "hypertension"),
        ("Mother reports cough since Monday.", "cough"),
        ("No change in her asthma.", "asthma"),
        ("Possible gout, hypertension at goal.", "hypertension"),
        ("No better; sinusitis persists.", "sinusitis"),
        ("She walks without difficulty, knee osteoarthritis is stable.", "osteoarthritis"),
    ],
)
def test_what_no_trigger_covers_is_a_fact(sentence: str, words: str) -> None:
    assert said_of(sentence, words) == set()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anaemias", "anemia"),
        ("oesophagus", "esophagus"),
        ("keratoses", "keratosis"),
        ("allergies", "allergic"),
        ("diabetic", "diabetes"),
        ("both", "bilaterally"),
    ],
)
def test_words_that_mean_the_same_fold_to_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def spelled(text: str) -> list[str]:
    words = split_words(text)
    note = frozenset(word.fold for word in words)
    return [word.fold for word in spell_out(words, text, 0, text_tables.short_forms(), note)]


def test_abbreviations_are_spelt_out_where_their_context_allows() -> None:
    assert spelled("CKD 3a") == ["chronic", "kidney", "disease", "stage", "3a"]
    assert spelled("s/p TKA") == ["status", "post", "total", "knee", "arthroplasty"]
    assert spelled("AS with a murmur")[:2] == ["aortic", "stenosis"]
    assert spelled("as with a murmur")[0] == "as"
    assert spelled("AS before")[0] == "as"


def test_the_words_of_an_abbreviation_stand_where_it_stands() -> None:
    text = "with HTN today"
    words = split_words(text)
    found = spell_out(words, text, 0, text_tables.short_forms(), frozenset())
    assert [(word.fold, text[word.start : word.end]) for word in found][1] == (
        "hypertension",
        "HTN",
    )


def test_hyphens_and_roman_numbers_do_not_matter() -> None:
    assert [word.fold for word in split_words("post-traumatic, type II")] == [
        *("posttraumatic", "type", "2"),
    ]


def test_only_names_of_diseases_are_put_right() -> None:
    speller = Speller({"hypertension", "pneumonia", "bronchitis", "feeding"})
    corrected = speller.correct({"hypertention", "pnuemonia", "feeling", "bronchits"})
    assert corrected == {
        "hypertention": "hypertension",
        "pnuemonia": "pneumonia",
        "bronchits": "bronchitis",
    }


def test_the_short_forms_say_each_thing_once() -> None:
    rows = text_tables.read_table("abbreviations.csv")
    shorts = [row["short"] for row in rows]
    assert len(shorts) == len(set(shorts))
    assert len(rows) > 400
