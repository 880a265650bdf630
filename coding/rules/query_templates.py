"""Query templates every practice has. Our own words; a practice adds its own (QueryTemplate).

Each is worded so that it passes coding.rules.query_wording in a chart that documents its subject.
"""

from dataclasses import dataclass

from coding.rules.query_wording import MULTIPLE_CHOICE, OPEN, YES_NO


@dataclass(frozen=True)
class Template:
    """`options` are the clinical ones; "other" and "clinically undetermined" come by themselves."""

    key: str
    name: str
    kind: str
    title: str
    question: str
    options: tuple[str, ...] = ()
    purpose: str = ""


BUILT_IN: tuple[Template, ...] = (
    Template(
        "clinical_significance",
        "Abnormal finding: clinical significance",
        OPEN,
        "Clinical significance",
        "The result quoted above is outside its range. Please document its clinical significance, "
        "if any, in your judgement.",
    ),
    Template(
        "diabetes_control",
        "Diabetes: control",
        MULTIPLE_CHOICE,
        "Diabetes control",
        "With the findings quoted above, how would you describe the control of the patient's "
        "diabetes at this visit?",
        ("With hyperglycemia", "Without hyperglycemia", "With hypoglycemia"),
    ),
    Template(
        "laterality",
        "Laterality: which side",
        MULTIPLE_CHOICE,
        "Side",
        "The words quoted above do not say which side. Which side was examined or treated?",
        ("Right", "Left", "Both sides"),
    ),
    Template(
        "wound_depth",
        "Wound: depth",
        MULTIPLE_CHOICE,
        "Wound depth",
        "What was the deepest layer reached in the wound described above?",
        ("Skin only", "Subcutaneous tissue", "Muscle or fascia", "Bone"),
    ),
    Template(
        "heart_failure",
        "Heart failure: type and acuity",
        OPEN,
        "Heart failure type and acuity",
        "Heart failure is documented. Please document its type and acuity, if known, with the "
        "findings quoted above in mind.",
    ),
    Template(
        "ckd_stage",
        "Chronic kidney disease: stage",
        MULTIPLE_CHOICE,
        "Chronic kidney disease stage",
        "Which stage of chronic kidney disease fits the findings quoted above?",
        ("Stage 2", "Stage 3a", "Stage 3b", "Stage 4", "Stage 5"),
    ),
    Template(
        "asthma_severity",
        "Asthma: severity",
        MULTIPLE_CHOICE,
        "Asthma severity",
        "How would you describe the patient's asthma at this visit?",
        ("Mild intermittent", "Mild persistent", "Moderate persistent", "Severe persistent"),
    ),
    Template(
        "asthma_exacerbation",
        "Asthma: present course",
        OPEN,
        "Asthma course",
        "Please document the course of the patient's asthma at this visit in your judgement.",
    ),
    Template(
        "anemia_cause",
        "Anemia: type and cause",
        OPEN,
        "Anemia type and cause",
        "Anemia is documented. Please document its type and cause, if known.",
    ),
    Template(
        "nutrition",
        "Nutritional status",
        OPEN,
        "Nutritional status",
        "With the findings quoted above, please document your assessment of the patient's "
        "nutritional status, if any.",
    ),
    Template(
        "sepsis_validity",
        "Sepsis: clinical validity",
        YES_NO,
        "Sepsis, clinical validation",
        "Sepsis is documented. After reviewing the findings quoted above, is sepsis confirmed for "
        "this visit?",
        purpose="documented",
    ),
    Template(
        "procedure_detail",
        "Procedure: missing detail",
        OPEN,
        "Procedure detail",
        "Please document the details of the procedure quoted above: site, side, approach, size and "
        "number as they apply.",
    ),
    Template(
        "conflict",
        "Conflicting documentation",
        OPEN,
        "Conflicting documentation",
        "The passages quoted above differ. Which describes the patient at this visit, in your "
        "judgement?",
    ),
    Template(
        "cause_and_effect",
        "Two conditions: relationship",
        OPEN,
        "Relationship of conditions",
        "Please document the relationship, if any, between the conditions quoted above.",
    ),
    Template(
        "present_on_admission",
        "Present on admission",
        YES_NO,
        "Present on admission",
        "Was the condition quoted above present on admission?",
        purpose="present_on_admission",
    ),
    Template(
        "pain_acuity",
        "Acute, chronic or both",
        MULTIPLE_CHOICE,
        "Acuity",
        "How would you describe the course of the condition quoted above?",
        ("Acute", "Chronic", "Acute on chronic"),
    ),
    Template(
        "medication_indication",
        "Medicine without an indication",
        OPEN,
        "Indication of a medicine",
        "Please document the condition, if any, for which the medicine quoted above is given.",
    ),
)
BY_KEY = {template.key: template for template in BUILT_IN}
