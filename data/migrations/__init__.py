"""Alembic's folder: how an older work store becomes one of today."""
