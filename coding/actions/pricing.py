"""Prices of coded visits whose charges had none when they were coded."""

from collections.abc import Sequence

from coding.models import Charge, Encounter
from payers.actions.fee_schedules import fee_rows
from payers.rules.fees import line_price


def price_open_charges(practice_id: int, encounters: Sequence[Encounter]) -> None:
    """Price and freeze every charge that has its price by now; the others stay open.

    The encounters are coded and come with their charges. Two statements, none when all are priced.
    """
    waiting = [
        (encounter, charge)
        for encounter in encounters
        for charge in encounter.charges.all()
        if not charge.is_frozen
    ]
    if not waiting:
        return
    days = [encounter.date_of_service for encounter, _ in waiting]
    codes = {charge.price_code for _, charge in waiting}
    fees = fee_rows(practice_id, codes, min(days), until=max(days))
    priced: list[Charge] = []
    for encounter, charge in waiting:
        served_on = encounter.date_of_service
        told = (charge.price_code, charge.modifiers, charge.units, served_on)
        charge.amount_billed = line_price(fees, *told)
        if charge.amount_billed is not None:
            charge.is_frozen = True
            priced.append(charge)
    Charge.objects.bulk_update(priced, ["amount_billed", "is_frozen"])
