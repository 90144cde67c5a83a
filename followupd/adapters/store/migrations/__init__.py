"""Alembic's migrations of the state database, one module a version; ``opening.py`` runs them where they are needed."""
