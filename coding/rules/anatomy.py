"""Which larger part of the body a part belongs to, in the words titles use."""

PARTS = {
    "upper limb": "arm forearm elbow wrist hand shoulder finger thumb upperarm biceps knuckle",
    "lower limb": "leg calf thigh shin knee ankle foot toe hip heel lowerleg",
    "trunk": "back chest abdomen flank buttock shoulderblade breast groin",
    "face": "cheek forehead nose chin temple eyebrow jaw",
    "scalp neck": "scalp neck",
    "anklefoot": "ankle foot heel",
    "handfinger": "hand finger thumb",
    "handfingers": "hand finger thumb",
    "foottoe": "foot toe",
    "foottoes": "foot toe",
    "head": "scalp forehead",
    "lower leg": "shin calf",
}
WIDER: dict[str, frozenset[str]] = {}
for _wide, _parts in PARTS.items():
    for _part in _parts.split():
        WIDER[_part] = WIDER.get(_part, frozenset()) | frozenset(_wide.split())


def widened(words: frozenset[str]) -> frozenset[str]:
    """The words and those of the larger parts: a calf is of the lower limb."""
    return words.union(*(WIDER[word] for word in words if word in WIDER))
