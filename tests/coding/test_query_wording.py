"""What a query to a provider may say: every refusal with its words, and what is not refused."""

from dataclasses import replace

import pytest

from coding.rules.query_answers import AddendumFacts, check_answer, states_finding, write_addendum
from coding.rules.query_templates import BUILT_IN
from coding.rules.query_wording import Fault, QueryDraft, check_wording, offered

CHART = (
    "Type 2 diabetes, A1c 8.6%, not at goal. Essential hypertension.\n"
    "Denies chest pain. No pneumonia. Hgb 9.1. Creatinine 1.9, eGFR 38.\n"
    "Chronic kidney disease. Heart failure on furosemide. Neuropathy of both feet. Knee pain."
)
DRAFT = QueryDraft(
    kind="open",
    title="Diabetes control",
    question="Please document the clinical meaning, if any, in your judgement.",
    options=("Clinically undetermined",),
    quotes=("A1c 8.6%, not at goal.",),
)
CHOICE = replace(
    DRAFT,
    kind="multiple_choice",
    question="How would you describe the control of the diabetes?",
    options=("With hyperglycemia", "Without hyperglycemia", "Other", "Clinically undetermined"),
)
YES_NO = replace(
    DRAFT,
    kind="yes_no",
    question="Is the neuropathy related to the diabetes?",
    options=("Yes", "No", "Other", "Clinically undetermined"),
    purpose="relationship",
)


def faults(draft: QueryDraft, chart: str = CHART) -> list[tuple[str, str, str]]:
    return [(f.code, f.field, f.words) for f in check_wording(draft, chart)]


@pytest.mark.parametrize("draft", [DRAFT, CHOICE, YES_NO], ids=["open", "choice", "yes-no"])
def test_a_compliant_query_is_refused_nothing(draft: QueryDraft) -> None:
    assert check_wording(draft, CHART) == []


@pytest.mark.parametrize(
    ("question", "code", "words"),
    [
        ("What was treated, for reimbursement?", "money", "reimbursement"),
        ("The payer wants the side. Which was it?", "money", "payer"),
        ("Which side? We do not get paid without it.", "money", "paid"),
        ("Which side was billed?", "money", "billed"),
        ("Revenue depends on this. Which side?", "money", "Revenue"),
        ("This is worth $120. Which side?", "money", "$120."),
        ("For financial reasons, which side?", "money", "financial"),
        ("The insurer asks: which side?", "money", "insurer"),
        ("Which side? It raises your wRVUs.", "money", "wRVUs"),
        ("Is there a bonus for this?", "money", "bonus"),
        ("Which type? It is an HCC.", "risk_score", "HCC"),
        ("Which type, for RAF?", "risk_score", "RAF"),
        ("Which type, for risk-adjustment?", "risk_score", "risk-adjustment"),
        ("This changes the risk score. Which type?", "risk_score", "risk score"),
        ("For Medicare Advantage, which type?", "risk_score", "Medicare Advantage"),
        ("Which type? It closes a quality measure.", "quality", "quality measure"),
        ("Which type, for HEDIS?", "quality", "HEDIS"),
        ("Our star rating needs it. Which type?", "quality", "star rating"),
        ("Was it a PSI-90 event?", "quality", "PSI-90"),
        ("Your scorecard shows a gap. Which type?", "quality", "Your scorecard"),
        ("Which type? It is a MCC.", "severity_impact", "MCC"),
        ("Which type, for the DRG?", "severity_impact", "DRG"),
        ("Which type? It raises the case-mix.", "severity_impact", "case-mix"),
        ("Which type, to reflect severity?", "severity_impact", "reflect severity"),
        ("Does it justify a higher level?", "severity_impact", "higher level"),
        ("Which, for severity of illness?", "severity_impact", "severity of illness"),
        ("Which side? Without it comes a denial.", "consequence", "denial"),
        ("Which side? The claim was denied.", "consequence", "claim was denied"),
        ("Which side? An auditor asked.", "consequence", "auditor"),
        ("Which type, so that we can code it?", "consequence", "so that we can code"),
        ("Is it of medical necessity?", "consequence", "medical necessity"),
        ("Please document hypertension.", "leading_request", "Please document hypertension"),
        (
            "Could you add type 2 diabetes to the note?",
            "leading_request",
            "Could you add type 2 diabetes",
        ),
        (
            "Please document the diagnosis of hypertension.",
            "leading_request",
            "Please document the diagnosis of hypertension",
        ),
        ("Do you agree with this?", "leading_agreement", "Do you agree"),
        ("Don’t you think it is worse?", "leading_agreement", "Don’t you think"),
        ("The diabetes is worse, right?", "leading_agreement", "right?"),
        ("Can you confirm that it is worse?", "leading_agreement", "Can you confirm that"),
        ("We believe it is worse. Is it?", "leading_opinion", "We believe"),
        ("It is clearly worse. Is it?", "leading_opinion", "clearly"),
        ("He appears to have gout. Has he?", "leading_opinion", "He appears to have"),
        ("It meets criteria. Does it?", "leading_opinion", "meets criteria"),
        ("The finding is consistent with what?", "leading_opinion", "is consistent with"),
        ("It should be documented. Which type?", "leading_opinion", "should be documented"),
        ("You forgot the side. Which was it?", "leading_opinion", "You forgot"),
        ("Does the patient have sepsis?", "unsupported_diagnosis", "sepsis"),
        ("Was the pneumonia treated?", "unsupported_diagnosis", "pneumonia"),
        ("Is there hyperglycemia?", "unsupported_diagnosis", "hyperglycemia"),
        ("Is the pancreatitis acute?", "unsupported_diagnosis", "pancreatitis"),
    ],
)  # fmt: skip
def test_a_question_is_refused_by_its_words(question: str, code: str, words: str) -> None:
    draft = replace(DRAFT, question=question)
    found = check_wording(draft, CHART)
    assert (code, "question", words.rstrip(".") if code == "money" else words) in [
        (f.code, f.field, f.words.rstrip(".") if code == "money" else f.words) for f in found
    ]
    assert all(question[f.start : f.end] == f.words for f in found)


@pytest.mark.parametrize(
    "question",
    [
        "The patient denies pain. Which side was examined?",
        "Which side was examined before discharge?",
        "What is the cause of the costal pain?",
        "Please pay attention to the side: which was it?",
        "Insulin was skipped for financial hardship. What is the clinical significance, if any?",
        "The AUDIT-C was 9. What is its clinical significance, if any?",
        "How severe is the knee pain? Please document its severity.",
        "The ASCVD risk score was 12. What is the clinical meaning, if any?",
        "Lidocaine 5 cc was given. Into which knee?",
        "Please document the type and acuity of the heart failure, if known.",
        "Please document which knee was injected.",
        "Could you document the cause, if known?",
        "Which diagnosis, if any, explains the creatinine of 1.9?",
    ],
)
def test_clinical_words_are_not_taken_for_others(question: str) -> None:
    assert faults(replace(DRAFT, question=question)) == []


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("HCC opportunity", [("title_impact", "title", "HCC")]),
        ("DRG clarification", [("title_impact", "title", "DRG")]),
        ("Denial prevention", [("title_impact", "title", "Denial")]),
        ("Quality measure: diabetes", [("title_impact", "title", "Quality measure")]),
        ("Sepsis", [("unsupported_diagnosis", "title", "Sepsis")]),
        ("", [("title_missing", "title", "")]),
        ("Diabetes control", []),
    ],
)
def test_a_title_names_the_subject_and_no_impact(
    title: str, expected: list[tuple[str, str, str]]
) -> None:
    assert faults(replace(DRAFT, title=title)) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"options": ("With hyperglycemia", "Clinically undetermined")}, ["option_missing"]),
        ({"options": ("With hyperglycemia", "Other")}, ["option_missing"]),
        ({"options": ("With hyperglycemia",)}, ["option_missing", "option_missing"]),
        ({"options": ("Other", "Clinically undetermined")}, ["no_options"]),
        (
            {"options": ("Sepsis", "Other", "Clinically undetermined")},
            ["unsupported_option"],
        ),
        (
            {"options": ("Pneumonia", "Anemia", "Other", "Clinically undetermined")},
            ["unsupported_option"],
        ),
        ({"options": ("Anemia", "Other", "Clinically undetermined")}, []),
        ({"options": ("An HCC", "Other", "Clinically undetermined")}, ["risk_score"]),
        ({"options": ("Worse", "worse", "Other", "Clinically undetermined")}, ["option_twice"]),
        (
            {"options": (*"abcdefg", "Other", "Clinically undetermined")},
            ["options_many"],
        ),
    ],
)
def test_options_are_supported_and_leave_a_way_out(
    changes: dict[str, tuple[str, ...]], expected: list[str]
) -> None:
    assert [f.code for f in check_wording(replace(CHOICE, **changes), CHART)] == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"purpose": ""}, ["yes_no"]),
        ({"purpose": "new"}, ["yes_no"]),
        ({"purpose": "conflict"}, ["yes_no_purpose"]),
        ({"purpose": "present_on_admission"}, ["yes_no_purpose"]),
        ({"purpose": "relationship", "question": "Is the diabetes worse?"}, ["yes_no_purpose"]),
        ({"purpose": "documented", "question": "Is it so?"}, ["yes_no_purpose"]),
        ({"purpose": "documented", "question": "Is heart failure confirmed?"}, []),
        (
            {"purpose": "documented", "question": "Is malnutrition confirmed?"},
            ["unsupported_diagnosis"],
        ),
        (
            {"purpose": "present_on_admission", "question": "Was anemia present on admission?"},
            ["unsupported_diagnosis"],
        ),
        (
            {"purpose": "conflict", "question": "Two notes differ on heart failure. Does it hold?"},
            [],
        ),
        ({"options": ("Yes", "Other", "Clinically undetermined")}, ["yes_no_options"]),
    ],
)
def test_yes_or_no_serves_four_purposes_only(
    changes: dict[str, object], expected: list[str]
) -> None:
    found = check_wording(replace(YES_NO, **changes), CHART)  # type: ignore[arg-type]  # fields
    assert [fault.code for fault in found] == expected


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"quotes": ()}, "no_indicator"),
        ({"quotes": (" ",)}, "no_indicator"),
        ({"quotes": ("Knee pain.",) * 9}, "quotes_many"),
        ({"question": " "}, "question_missing"),
        ({"question": "Which side? " * 100}, "question_long"),
        ({"kind": "essay"}, "kind"),
    ],
)
def test_a_query_has_its_form(changes: dict[str, object], code: str) -> None:
    found = check_wording(replace(DRAFT, **changes), CHART)  # type: ignore[arg-type]  # fields
    assert code in [fault.code for fault in found]


def test_a_refusal_names_the_words_their_place_and_another_way() -> None:
    [fault] = check_wording(replace(DRAFT, question="Which type, for the HCC?"), CHART)
    assert fault == Fault(
        "risk_score",
        "question",
        "speaks of a risk score.",
        "Ask about the patient only and leave this out.",
        "HCC",
        20,
        23,
    )
    assert fault.message == (
        "Question, characters 21 to 23: “HCC” speaks of a risk score. "
        "Ask about the patient only and leave this out."
    )
    [fault] = check_wording(replace(CHOICE, options=("Sepsis", *CHOICE.options)), CHART)
    assert fault.message == (
        "Option 1, characters 1 to 6: “Sepsis” is supported by nothing in this chart. "
        "Offer only what its findings speak for."
    )


def test_what_the_chart_denies_is_not_documented_but_the_same_elsewhere_is() -> None:
    asked = replace(DRAFT, question="Was the pneumonia treated?")
    assert faults(asked, f"{CHART} No evidence of pneumonia.") != []
    assert faults(asked, f"{CHART} No fever. Pneumonia, left lower lobe.") == []
    assert faults(asked, f"{CHART} No fever but pneumonia on the film.") == []


@pytest.mark.parametrize("template", BUILT_IN, ids=[template.key for template in BUILT_IN])
def test_every_built_in_template_may_be_asked(template: object) -> None:
    chart = f"{CHART} Asthma, wheezing. Anemia. Sepsis, lactate 4. Malnutrition."
    draft = QueryDraft(
        kind=template.kind,  # type: ignore[attr-defined]  # a Template
        title=template.title,  # type: ignore[attr-defined]  # a Template
        question=template.question,  # type: ignore[attr-defined]  # a Template
        options=offered(template.kind, template.options),  # type: ignore[attr-defined]  # a Template
        quotes=("Knee pain.",),
        purpose=template.purpose,  # type: ignore[attr-defined]  # a Template
    )
    assert check_wording(draft, chart) == []


def test_every_query_offers_its_standard_options_last() -> None:
    assert offered("open", ("x",)) == ("Clinically undetermined",)
    assert offered("multiple_choice", ("Other", "Right", "Left")) == (
        *("Right", "Left", "Other", "Clinically undetermined"),
    )
    assert offered("yes_no", ()) == ("Yes", "No", "Other", "Clinically undetermined")


@pytest.mark.parametrize(
    ("kind", "option", "text", "said"),
    [
        ("multiple_choice", "Right", "", ""),
        ("multiple_choice", "", "Right", "Choose an answer."),
        ("multiple_choice", "Above", "", "Choose one of the answers this query offers."),
        ("multiple_choice", "Other", " ", "Say in your own words what “Other” is."),
        ("multiple_choice", "Other", "Both", ""),
        ("multiple_choice", "Clinically undetermined", "", ""),
        ("open", "", "Not controlled.", ""),
        ("open", "", " ", "Write your answer, or choose “Clinically undetermined”."),
        ("open", "Clinically undetermined", "", ""),
        ("open", "", "x" * 4001, "Answer in 4,000 characters at most."),
    ],
)
def test_an_answer_is_whole_before_it_is_signed(
    kind: str, option: str, text: str, said: str
) -> None:
    options = ("Right", "Other", "Clinically undetermined")
    assert check_answer(kind, options, option, text) == said


def test_only_a_finding_counts_as_one() -> None:
    kinds = ("Right", "", "Yes", "No", "Other", "Clinically undetermined")
    assert [states_finding(option) for option in kinds] == [True, True, True, False, False, False]


def test_an_addendum_holds_question_quotes_answer_and_signature() -> None:
    facts = AddendumFacts(
        encounter_number="E1",
        served_on="11/02/2026",
        question="Which side?",
        quotes=[("Knee injected.", "Office visit")],
        option="Right",
        text=" As planned. ",
        signature="Annika Lindqvist, MD",
        signed_at="11/23/2026 4:12 PM",
    )
    assert write_addendum(facts) == (
        "ADDENDUM\nVisit E1 of 11/02/2026.\n\nQUESTION\nWhich side?\n\n"
        "QUOTED FROM THE CHART\n“Knee injected.” (Office visit)\n\n"
        "ANSWER\nRight\nAs planned.\n\n"
        "Electronically signed by Annika Lindqvist, MD on 11/23/2026 4:12 PM\n"
    )
