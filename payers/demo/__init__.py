"""Invented payers, coverages, fees and the sandbox payers' behaviour; no database, no Django."""
