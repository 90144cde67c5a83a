"""The letters' texts: Jinja templates, the user's own before the built-in ones, in a sandbox."""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Collection
from dataclasses import fields
from pathlib import Path
from typing import Any

import jinja2
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

import followupd
from followupd.core import closeness
from followupd.core.errors import TemplateError
from followupd.core.letters import LEFTOVERS, LetterFacts, cleaned

SUFFIX = ".txt.j2"
FALLBACK = "en"


def built_in() -> Path:
    """The folder of the templates that followupd brings: in the installed package, or beside it in a checkout."""
    package = Path(followupd.__file__).parent
    installed = package / "templates"
    return installed if installed.is_dir() else package.parent / "templates"


class JinjaTemplates:
    """Port Templates. ``own`` is the user's folder; it need not exist.

    For the letter ``check_in`` in German these are tried in turn: ``own/de/check_in.txt.j2``, ``own/check_in.txt.j2``,
    the built-in German one, and (for a language without letters) the built-in English one.
    """

    def __init__(self, own: Path | None = None, *, shipped: Path | None = None) -> None:
        self._folders = [f for f in (own, shipped or built_in()) if f is not None]
        shipped_only = jinja2.FileSystemLoader(self._folders[-1])
        loader = jinja2.ChoiceLoader(
            [jinja2.FileSystemLoader(self._folders), jinja2.PrefixLoader({"builtin": shipped_only})]
        )
        self._own, self._jinja = own, _environment(loader)

    def languages(self) -> Collection[str]:
        """ISO 639-1 codes of the languages that have letters of their own."""
        found = (f.parent.name for folder in self._folders for f in folder.glob(f"*/*{SUFFIX}"))
        return sorted(set(found))

    def render(self, name: str, language: str, facts: object) -> str:
        """The letter's whole text, from greeting to signature; see Templates."""
        if not isinstance(facts, LetterFacts):
            raise TypeError(f"letters are written from LetterFacts, not from {type(facts).__name__}")
        known = cleaned(facts)
        try:
            template = self._jinja.select_template(self._candidates(name, language))
            text = _tidy(template.render({f.name: getattr(known, f.name) for f in fields(known)}))
        except Exception as error:  # a template is a program: it can raise anything
            raise _explained(error, name) from error
        return _checked(text, known, template.filename or name)

    def _candidates(self, name: str, language: str) -> list[str]:
        tags = dict.fromkeys((language, language.partition("-")[0]))
        own_for_all = [name + SUFFIX] if self._own else []
        exact = [f"{tag}/{name}{SUFFIX}" for tag in tags]
        owned = [c for c in exact if self._own and (self._own / c).is_file()]
        return [*owned, *own_for_all, *exact, f"{FALLBACK}/{name}{SUFFIX}"]


def _environment(loader: jinja2.BaseLoader) -> jinja2.Environment:
    made = ImmutableSandboxedEnvironment(
        loader=loader,
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # plain text: there is nothing to escape
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Callable[..., Any]] = {"fresh": fresh, "paragraph": paragraph}
    made.filters.update(filters)
    return made


@jinja2.pass_context
def fresh(context: Context, alternatives: str) -> str:
    """Of ``alternatives``, one a line, the one least like what was already written in this opportunity.

    Where several are equally new, the letter's ordinal and variant choose.
    """
    lines = [line.strip() for line in alternatives.splitlines() if line.strip()]
    turn = (context["variant"] + max(context["ordinal"] - 2, 0)) % len(lines)
    newest = min(lines[turn:] + lines[:turn], key=lambda line: closeness.contained(line, context["earlier"]))
    return newest + "\n"


def paragraph(text: str) -> str:
    """``text`` as one paragraph: on one line, with single spaces, and no second full stop after an abbreviation."""
    return re.sub(r"(?<!\.)\.\.(?!\.)", ".", " ".join(text.split()))


def _tidy(text: str) -> str:
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip() + "\n"


def _checked(text: str, facts: LetterFacts, file: str) -> str:
    """``text`` itself, unless nothing was said or a placeholder stayed; what the user wrote is no placeholder."""
    written = text.replace(facts.note or "\0", "").replace(facts.signature, "")
    if not written.strip():
        raise TemplateError(f"{file}: the letter is empty", remedy="Write the letter's text into the template.")
    if left := LEFTOVERS.search(written):
        raise TemplateError(
            f"{file}: {left[0]!r} is left in the letter",
            remedy="Guard facts that may be unknown with {% if … %}, and replace every placeholder.",
        )
    return text


def _explained(error: Exception, name: str) -> TemplateError:
    """``error`` with the place in the template where it happened."""
    if isinstance(error, jinja2.TemplatesNotFound):
        return TemplateError(f"there is no template {name}{SUFFIX}", remedy="Restore it, or reinstall followupd.")
    if isinstance(error, jinja2.TemplateSyntaxError):
        place, line = error.filename or name, error.lineno
    else:
        frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.endswith(SUFFIX)]
        place, line = (frames[-1].filename, frames[-1].lineno or 0) if frames else (name, 0)
    return TemplateError(
        f"{place}:{line}: {error}",
        remedy="Correct that line; docs/letters.md lists the facts a letter can use.",
    )
