"""Sentences that vary from note to note, so that no two charts read alike."""

import random

CONSENT = (
    "Risks and benefits were discussed and verbal consent given; time-out done.",
    "Consent signed. Patient, site and side confirmed in a time-out.",
    "After discussion of risks the patient agreed; site marked and confirmed.",
)
TOLERATED = (
    "Tolerated well without complication.",
    "No complication; bandage applied.",
    "Blood loss minimal, patient comfortable afterwards.",
    "Patient left in good condition.",
)
CLOSE = (
    "Return precautions given; questions answered.",
    "Plan reviewed and understood. Call if worse.",
    "Written instructions given.",
    "Will message through the portal with any change.",
    "Follow-up as scheduled at the front desk.",
)


REPORTED = (
    "Images and report are in the archive.",
    "Report sent to the ordering office.",
    "The ordering office was informed through the portal.",
    "Preliminary reading confirmed by this final report.",
)
INTAKE = (
    "No known drug allergies. Medication list reconciled.",
    "Allergies reviewed, none to medicines. Pharmacy confirmed.",
    "Roomed by nursing; medicines, allergies and address checked.",
    "Medication list and allergies reviewed and unchanged.",
)
SYSTEMS = (
    "Except as stated, the review of ten systems is negative.",
    "Other systems reviewed and negative.",
    "Constitutional and other systems negative apart from the above.",
)


def draw_phrases(drawn: random.Random, age: int, visit_type: str) -> dict[str, str]:
    """Return vital signs fitting the age, and the intake, consent, outcome and closing sentences.

    A diagnostic report closes with where it was sent, not with advice.
    """
    return {
        "intake": f"{drawn.choice(INTAKE)} {drawn.choice(SYSTEMS)}",
        "vitals": draw_vitals(drawn, age),
        "consent": drawn.choice(CONSENT),
        "tolerated": drawn.choice(TOLERATED),
        "close": drawn.choice(REPORTED if visit_type == "diagnostic" else CLOSE),
    }


def draw_vitals(drawn: random.Random, age: int) -> str:
    """Return one line of vital signs."""
    temperature = f"{drawn.randrange(974, 990) / 10:.1f}"
    if age < 13:
        pulse, weight = drawn.randrange(84, 118), round(9 + 2.6 * age + drawn.random() * 2, 1)
        return f"Temp {temperature} F, pulse {pulse}, weight {weight} kg."
    pressure = f"{drawn.randrange(112, 148)}/{drawn.randrange(64, 88)}"
    pulse, saturation = drawn.randrange(60, 92), drawn.randrange(95, 100)
    return f"BP {pressure}, pulse {pulse}, temp {temperature} F, SpO2 {saturation}%."
