"""Invented organization, practices and people for demonstrations; no database, no Django."""
