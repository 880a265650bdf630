"""How people write a code that is stored as X12 sends it."""


def dotted(code: str) -> str:
    """A diagnosis with its dot: "E1142" is "E11.42", a category of three characters has none."""
    return f"{code[:3]}.{code[3:]}" if len(code) > 3 else code
