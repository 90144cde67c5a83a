"""How well followupd judges, measured on public and on written mail."""
