"""Words a query to a provider must not carry: what they speak of, and how to ask without them.

After the practice brief of AHIMA and ACDIS on compliant queries (2022): a query asks about the
patient, shows its clinical indicators and neither tells what the answer is worth nor which answer
is wanted. The word lists are our own and name no system's wording.
"""

import re
from dataclasses import dataclass

ABOUT_PATIENT = "Ask about the patient only and leave this out."


@dataclass(frozen=True)
class Banned:
    """A family of words: `code` for programs, `why` after the quoted words, how else to ask."""

    code: str
    pattern: re.Pattern[str]
    why: str
    instead: str


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns).replace("'", "['’]"), re.IGNORECASE)


MONEY = Banned(
    "money",
    _any_of(
        r"\breimburs\w*",
        r"\bpay(?:ment|er|or)?s?\b(?! attention)",
        r"\bunderpa(?:id|yment)\b",
        r"\bpaid\b",
        r"\bbill(?:ing|ed|able)\b",
        r"\bcharges\b",
        r"\bcharge capture\b",
        r"\brevenue\b",
        r"\bmoney\b",
        r"\bdollars?\b",
        r"\$\s?\d[\d,.]*",
        r"\bfinancial(?:ly)?\b(?! (?:hardship|strain|difficult\w*|stress|problem)s?)",
        r"\binsur(?:ance|er)s?\b",
        r"\bfee schedules?\b",
        r"\bbonus(?:es)?\b",
        r"\bincentives?\b",
        r"\bpenalt(?:y|ies)\b",
        r"\bw?RVUs?\b",
    ),
    "speaks of money.",
    ABOUT_PATIENT,
)
RISK_SCORE = Banned(
    "risk_score",
    _any_of(
        r"\bHCCs?\b",
        r"\bhierarchical condition\w*",
        r"\bRAF\b",
        r"\brisk[- ]adjust\w*",
        r"(?<!ascvd )(?<!cardiovascular )(?<!framingham )(?<!bleeding )\brisk scores?\b",
        r"\bmedicare advantage\b",
    ),
    "speaks of a risk score.",
    ABOUT_PATIENT,
)
QUALITY = Banned(
    "quality",
    _any_of(
        r"\bquality (?:score|measure|metric|rating|indicator|report|program|gap)\w*",
        r"\bHEDIS\b",
        r"\bMIPS\b",
        r"\bstar (?:ratings?|scores?|measures?)\b",
        r"\bcore measures?\b",
        r"\bvalue[- ]based\b",
        r"\bPSI[- ]?\d+\b",
        r"\bpatient safety indicators?\b",
        r"\bHACs?\b",
        r"\breadmission (?:rates?|measures?)\b",
        r"\b(?:your|physician|provider|hospital) (?:scores?|scorecard|profile|ranking)\b",
        r"\breport cards?\b",
        r"\bcare gaps?\b",
        r"\bgap closure\b",
    ),
    "speaks of a quality measure.",
    ABOUT_PATIENT,
)
SEVERITY = Banned(
    "severity_impact",
    _any_of(
        r"\bseverity (?:of illness|scores?|levels?|adjust\w*|capture)\b",
        r"\bSOI\b",
        r"\brisk of mortality\b",
        r"\b(?:increas|rais|improv|reflect|captur|boost)\w* (?:\w+ ){0,2}severity\b",
        r"\b(?:MS-|APR-)?DRGs?\b",
        r"\bcase[- ]mix\b",
        r"\bCMI\b",
        r"\bMCCs?\b",
        r"\b(?:as a|a|major) CC\b",
        r"\brelative weights?\b",
        r"\bhigher[- ]weighted\b",
        r"\b(?:higher|lower|next|better) (?:level|code|tier|weight)\b",
        r"\blevel of service\b",
        r"\bE/?M (?:level|code)s?\b",
        r"\bupcod\w*",
    ),
    "speaks of severity as it is grouped or weighted.",
    ABOUT_PATIENT,
)
CONSEQUENCE = Banned(
    "consequence",
    _any_of(
        r"(?<!in )\bdenials?\b",
        r"\bclaims? (?:was |were |is |are |may be |will be |gets? |got )?denied\b",
        r"\baudit(?:s|ed|or|ors|ing)?\b(?!-c)",
        r"\bmedical necessity\b",
        r"\b(?:so|so that|in order) (?:we|I) (?:can|may) (?:code|capture|submit)\b",
        r"\bto (?:capture|support) (?:the |this |a |an )?(?:code|claim|specificity)\b",
        r"\b(?:affect|impact|chang|improv)\w* (?:the |your |our )?(?:codes?|coding|claims?)\b",
    ),
    "says what the answer does to the claim.",
    ABOUT_PATIENT,
)
IMPACT = (MONEY, RISK_SCORE, QUALITY, SEVERITY, CONSEQUENCE)

# What may follow "please document": things to be told, not an answer.
NEUTRAL = (
    r"(?:(?:the|any|your|further|more|its|a|all|if|in|each|either|known|additional|clinical|"
    r"associated|suspected|underlying|relevant|specific|current|most|likely|probable)\s+)*"
    r"(?:clinical|type(?! ?(?:\d|i))|types|causes?|etiology|sides?|site|location|stage|severity|"
    r"degree|depth|extent|meaning|significance|status|acuity|course|control|laterality|"
    r"indications?|reason|diagnosis(?! of)|diagnoses|conditions?|relationship|details?|opinion|"
    r"judge?ment|findings?|assessment|answer|technique|approach|size|length|number|time|"
    r"whether|which|what|how|why|where|when|clarif\w+)\b"
)
PLEASE = Banned(
    "leading_request",
    re.compile(
        r"\b(?:please|kindly|you (?:should|must|need to)|can you|could you|would you)\s+"
        r"(?:document|add|record|chart|list|addend|amend|include|dictate|put|note)\s+"
        rf"(?!{NEUTRAL})(?:(?!(?:for|so|as|in|to|because)\b)\w[\w'/-]*\s*){{1,5}}",
        re.IGNORECASE,
    ),
    "asks for one answer.",
    "Ask for the type, cause, side, stage or clinical meaning, “if any, in your judgement”.",
)
AGREEMENT = Banned(
    "leading_agreement",
    _any_of(
        r"\b(?:do|don't|would|wouldn't|can|could) you (?:not )?agree\b",
        r"\bplease (?:agree|confirm|verify) (?:that|the patient|this|he|she)\b",
        r"\b(?:can|could|would) you (?:please )?(?:confirm|verify) (?:that|the patient|this)\b",
        r"\bwouldn't you (?:say|think)\b",
        r"\bdon't you (?:say|think)\b",
        r"\bisn't (?:it|this|that|the patient)\b",
        r"\bis it safe to (?:say|assume)\b",
        r"\bright\?",
        r"\bcorrect\?",
    ),
    "asks the provider to agree.",
    "Quote what the chart says and ask an open question about it.",
)
OPINION = Banned(
    "leading_opinion",
    _any_of(
        r"\b(?:we|I|the coder|coding) (?:believe|think|feel|suspect|assume|conclude)s?\b",
        r"\b(?:in my|in our) (?:opinion|view)\b",
        r"\b(?:clearly|obviously|undoubtedly|certainly|surely|evidently)\b",
        r"\b(?:the patient|he|she) (?:appears|seems) to have\b",
        r"\b(?:the patient|he|she) (?:most likely|probably|likely) has\b",
        r"\bmeets? (?:the )?(?:criteria|definition)\b",
        r"\bsuggest(?:s|ive)? (?:of|that)\b",
        r"\b(?:is|are|was|were|would be|be) (?:indicative of|diagnostic of|consistent with)\b",
        r"\bshould (?:have been|be) (?:documented|diagnosed|coded|added)\b",
        r"\b(?:needs?|has|have) to be (?:documented|diagnosed|coded|added)\b",
        r"\byou (?:forgot|failed|omitted|neglected|missed)\b",
    ),
    "gives the coder's opinion.",
    "State the findings as quoted and leave the conclusion to the provider.",
)
LEADING = (PLEASE, AGREEMENT, OPINION)
