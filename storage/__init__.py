"""Keeping: tables, queries, the audit chain and migrations."""
