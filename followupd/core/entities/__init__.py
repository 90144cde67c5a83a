"""Who and what hiring mail names: company, role, requisition, and the persons who write and are written to.

``facts`` reads them out of a message; what stands here compares them.
"""

from __future__ import annotations

from followupd.core.entities.companies import company_matches_domain, same_company
from followupd.core.entities.persons import first_name, is_called
from followupd.core.entities.roles import is_opening, same_role, written_out

__all__ = [
    "company_matches_domain", "first_name", "is_called", "is_opening", "same_company", "same_role", "written_out",
]  # fmt: skip
