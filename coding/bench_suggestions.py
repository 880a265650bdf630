"""How long the codes of a two-page note take, for `bin/bench coding`. Invented text only."""

import time
from collections.abc import Callable
from datetime import date

from coding.rules.suggestions import read_chart
from coding.rules.text_notes import NoteText
from coding.term_dictionary import dictionary, dictionary_mark, forget_dictionary

# About 6,000 characters, two printed pages.
PAGE = """CHIEF COMPLAINT
Diabetes, blood pressure and right knee pain, visit {number}.

HISTORY OF PRESENT ILLNESS
The patient is a 63-year-old retired driver who comes for follow-up of several problems. Home
sugars
run between 140 and 190 before breakfast although metformin is taken as directed. Blood pressure
at home
is about 138 over 84. The right knee hurts on stairs and after long walks; there was no injury.
There is
some burning of both soles at night. Denies chest pain, shortness of breath, fever, weight loss,
visual
change and foot wounds. Mother had breast cancer, and the father had a heart attack at 58.
Pulmonary
embolism was ruled out in the emergency department two years ago.

PAST MEDICAL HISTORY
Hypertension, hyperlipidemia, gastro-esophageal reflux disease, appendectomy in 1988.

MEDICATIONS
Metformin 1000 mg twice daily, lisinopril 20 mg daily, atorvastatin 40 mg nightly, omeprazole 20
mg.

REVIEW OF SYSTEMS
Constitutional: no fever or chills. Cardiovascular: no chest pain or palpitations. Respiratory: no
cough
or wheezing. Gastrointestinal: no nausea, vomiting or blood in the stool. Neurological: no
weakness.

EXAM
Alert, no distress. Heart regular, lungs clear. Right knee with crepitus and small effusion,
motion 5 to
110. Monofilament sensation reduced at both great toes, pulses 2+. No skin lesions.

PROCEDURE
After consent the right knee joint was injected through the lateral approach with triamcinolone
acetonide 40 mg from a single-dose vial; nothing was discarded. X-ray right knee, 3 views, taken
here.

ASSESSMENT AND PLAN
1. Type 2 diabetes with polyneuropathy and hyperglycemia, A1c 8.4, not at goal. Add empagliflozin
10 mg.
2. Hypertension with chronic kidney disease stage 3a, stable. Continue lisinopril.
3. Primary osteoarthritis of the right knee, injected today.
4. Mixed hyperlipidemia on atorvastatin. Possible statin myalgia, watch.
5. GERD without esophagitis. Return if black stools or vomiting.

"""
PAGES = 3


def bench_suggestions(
    repeat: int = 20, clock: Callable[[], float] = time.perf_counter
) -> dict[str, int]:
    """Microseconds of the making of the dictionary, and of a two-page note: median, p95, worst.

    The code sets have to be loaded. Every note differs, as real ones do.
    """
    mark = dictionary_mark()
    forget_dictionary()
    started_seconds = clock()
    knowledge = dictionary(mark)
    made = clock() - started_seconds
    times = []
    for number in range(repeat):
        text = "".join(PAGE.format(number=number * PAGES + page) for page in range(PAGES))[:6_000]
        started_seconds = clock()
        read_chart([NoteText(1, text)], knowledge, date(2026, 7, 1))
        times.append(int((clock() - started_seconds) * 1_000_000))
    times.sort()
    return {
        "dictionary_microseconds": int(made * 1_000_000),
        "terms": len(knowledge.index.owners),
        "note_median_microseconds": times[len(times) // 2],
        "note_p95_microseconds": times[int(0.95 * (len(times) - 1))],
        "note_worst_microseconds": times[-1],
    }
