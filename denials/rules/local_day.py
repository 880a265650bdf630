"""The day it is where the practice is: a deadline ends with the practice's own day.

A state in two zones has the zone whose day ends first, so that nobody there is told of a day more.
"""

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

_STATES: Mapping[str, str] = {
    "America/Puerto_Rico": "PR VI",
    "America/New_York": "CT DC DE FL GA IN KY MA MD ME MI NC NH NJ NY OH PA RI SC VA VT WV TN",
    "America/Chicago": "AL AR IA IL KS LA MN MO MS ND NE OK SD TX WI",
    "America/Denver": "CO ID MT NM OR UT WY",
    "America/Phoenix": "AZ",
    "America/Los_Angeles": "CA NV WA",
    "America/Anchorage": "AK",
    "Pacific/Honolulu": "HI",
    "Pacific/Pago_Pago": "AS",
    "Pacific/Guam": "GU MP",
}
ZONES = {state: ZoneInfo(name) for name, states in _STATES.items() for state in states.split()}


def local_day(state: str, now: datetime, otherwise: ZoneInfo) -> date:
    """The date in `state` at the aware moment `now`; in the zone `otherwise` for unknown states."""
    return now.astimezone(ZONES.get(state, otherwise)).date()


def days_left(last_safe_day: date, today: date) -> int:
    """0 on the last safe day, negative after it."""
    return (last_safe_day - today).days
