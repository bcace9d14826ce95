"""Forms of values: how text in a file is read, and what is said when it cannot be."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

JsonSchema = dict[str, Any]


class UnfitError(ValueError):
    """A value that is not in its form. `reason` continues a sentence about the option."""

    def __init__(self, reason: str, written: str = "") -> None:
        self.reason = reason
        super().__init__(f"{reason}, not `{written}`" if written else reason)


@dataclass(frozen=True, slots=True)
class Written:
    """One form of value, used as `Annotated[int, Written(...)]`.

    It knows its form in words (for error messages), how to read it, and how an editor may
    recognise it. YAML gives text only, so it never sees an int or a bool.
    """

    form: str
    read: Callable[[str], object]
    """Raises ValueError for a text that is not in the form, UnfitError to say why itself."""
    json: JsonSchema = field(default_factory=lambda: {"type": "string"}, hash=False)

    def value(self, written: object) -> object:
        """Return what `written` means. Raises UnfitError."""
        if not isinstance(written, str):
            raise UnfitError(f"must be {self.form}, on one line")
        if not written:
            raise UnfitError(f"is empty; it must be {self.form}")
        try:
            return self.read(written)
        except UnfitError:
            raise
        except ValueError as error:
            raise UnfitError(f"must be {self.form}", written) from error

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.value)

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchema:
        return dict(self.json)


@dataclass(frozen=True, slots=True)
class Shorthand:
    """A value that may be written shorter, used as `Annotated[list[str], Shorthand(...)]`."""

    expand: Callable[[object], object]
    json: JsonSchema | None = field(default=None, hash=False)
    """How the short form looks to an editor; by default like one item of the list."""

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self.expand, handler(source))

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchema:
        whole_form = handler(core)
        return {"anyOf": [self.json or whole_form["items"], whole_form]}
