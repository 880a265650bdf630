"""Check digits for the invented identifiers."""

NPI_PREFIX = "80840"


def luhn_check_digit(digits: str) -> str:
    """Return the digit that makes `digits` plus it pass the Luhn formula."""
    total = 0
    for position, character in enumerate(reversed(digits)):
        value = int(character) * (2 if position % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def make_npi(nine_digits: str) -> str:
    """Complete nine digits to an NPI; the check covers the issuer prefix 80840 (CMS NPI rule)."""
    if len(nine_digits) != 9 or not nine_digits.isdigit():
        raise ValueError(f"An NPI starts with nine digits, got {nine_digits!r}")
    return nine_digits + luhn_check_digit(NPI_PREFIX + nine_digits)
