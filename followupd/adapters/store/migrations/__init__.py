"""Alembic's migrations of the state database, one module a version; ``opening.py`` runs them where they are needed.

To change the schema: change ``schema.py``, raise VERSION and REVISION in ``version.py``, and add ``versions/vNNNN.py`` with the next
revision. A test compares a database that was created with one that was migrated.
"""
