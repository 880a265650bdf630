"""Invented encounters with chart notes and their correct codes; no database, no Django."""
