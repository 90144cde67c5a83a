"""Drafts the follow-ups that a job seeker owes, and none that are not due. It never sends."""

__version__ = "0.1.0"
