"""A year of invented practices, from chart to posted payment, against payers nobody was told about.

`manage.py simulate_year` runs it; docs/simulated-year.md says what is measured and how.
"""
