"""What coders type for what the code sets spell out."""

from collections.abc import Iterable, Mapping, Sequence

from coding.rules.phrases import words_of

# The longest short form in words: "a fib".
MOST_WORDS = 3
SHORT_FORMS = {
    "a fib": "atrial fibrillation",
    "afib": "atrial fibrillation",
    "bph": "benign prostatic hyperplasia",
    "cad": "atherosclerotic heart disease",
    "chf": "heart failure",
    "ckd": "chronic kidney disease",
    "copd": "chronic obstructive pulmonary disease",
    "dm1": "type 1 diabetes",
    "dm2": "type 2 diabetes",
    "gerd": "gastro-esophageal reflux",
    "hld": "hyperlipidemia",
    "htn": "hypertension",
    "t1dm": "type 1 diabetes",
    "t2dm": "type 2 diabetes",
    "uri": "upper respiratory infection",
    "uti": "urinary tract infection",
}
Forms = Mapping[tuple[str, ...], tuple[tuple[str, ...], ...]]


def forms_of(pairs: Iterable[tuple[str, str]]) -> Forms:
    """Words of a short form -> the words of each of its meanings."""
    found: dict[tuple[str, ...], tuple[tuple[str, ...], ...]] = {}
    for short, long in pairs:
        key, words = tuple(words_of(short)), tuple(words_of(long))
        if key and words and words != key and words not in found.get(key, ()):
            found[key] = (*found.get(key, ()), words)
    return found


def groups_of(words: Sequence[str], forms: Forms) -> list[tuple[str, tuple[tuple[str, ...], ...]]]:
    """What was typed in pieces: (piece, its meanings), a piece being a word or a short form.

    The longest short form that fits is taken; a word that is none has no meanings.
    """
    found = []
    at = 0
    while at < len(words):
        for length in range(min(MOST_WORDS, len(words) - at), 0, -1):
            piece = tuple(words[at : at + length])
            if piece in forms or length == 1:
                found.append((" ".join(piece), forms.get(piece, ())))
                at += length
                break
    return found
