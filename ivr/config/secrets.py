"""Passwords by reference: the files of a site say where a secret is, never what it is."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, ClassVar, Self

from pydantic import BeforeValidator, model_validator

from ivr.config.schema import Section
from ivr.config.values import PATH
from ivr.config.written import UnfitError, Written
from ivr.gateway import Secret


def _variable(text: str) -> str:
    if re.fullmatch("[A-Z_][A-Z0-9_]*", text) is None:
        # The text is not shown: it may be the password itself.
        raise UnfitError("must be the name of an environment variable such as PBX_PASSWORD")
    return text


VARIABLE = Written("the name of an environment variable", _variable)
HOW = "write `password: {file: PATH}` or `password: {environment: NAME}`"


def _only_by_reference(written: object) -> object:
    if not isinstance(written, dict):
        raise UnfitError(f"must not stand in this file; {HOW}")
    return written


class Reference(Section):
    what: ClassVar[str] = "a password"

    file: Annotated[Path, PATH] | None = None
    """the file that holds the password and nothing else"""
    environment: Annotated[str, VARIABLE] | None = None
    """the environment variable that holds the password"""

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.file is None) == (self.environment is None):
            raise UnfitError(f"must have one source; {HOW}")
        return self


Password = Annotated[Reference, BeforeValidator(_only_by_reference)]


Reveal = Callable[[Reference], Secret]
"""Returns the secret a reference points to, or raises UnfitError."""


def revealing(environment: Mapping[str, str]) -> Reveal:
    """Return what reads secrets from files and from this environment."""

    def reveal(reference: Reference) -> Secret:
        if reference.file is not None:
            return Secret(str(reference.file), _in_file(reference.file))
        variable = str(reference.environment)
        if not environment.get(variable):
            raise UnfitError(f"stands in the environment variable {variable}, which is not set")
        return Secret(f"${variable}", environment[variable])

    return reveal


def concealing(reference: Reference) -> Secret:
    """Return a secret without its text: enough to check or replay a site elsewhere."""
    return Secret(str(reference.file or f"${reference.environment}"), "")


def _in_file(file: Path) -> str:
    try:
        text = file.read_text(encoding="utf-8").strip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UnfitError(f"stands in {file}, which cannot be read") from error
    if not text:
        raise UnfitError(f"stands in {file}, which is empty")
    return text
