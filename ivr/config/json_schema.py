"""JSON Schemas of a site's files, with which an editor completes and explains them."""

from pathlib import Path
from typing import Any

from pydantic.json_schema import (
    GenerateJsonSchema,
    JsonSchemaMode,
    JsonSchemaValue,
)
from pydantic_core import CoreSchema, core_schema

from ivr.config.calendars import CalendarFile
from ivr.config.entrances import EntranceFile
from ivr.config.gateway_file import GatewayFile
from ivr.config.schema import Section
from ivr.config.speech_file import SpeechFile
from ivr.config.stages import StageFile
from ivr.config.surveys import SurveyFile
from ivr.config.teams import TeamsFile
from ivr.config.times import NEVER, in_words

KINDS: dict[str, type[Section]] = {
    "gateway": GatewayFile,
    "calendar": CalendarFile,
    "entrance": EntranceFile,
    "teams": TeamsFile,
    "survey": SurveyFile,
    "speech": SpeechFile,
    "stage": StageFile,
}


def schemas() -> dict[str, dict[str, Any]]:
    """Return the JSON Schema of each kind of file; `stage` is that of groups/*/*.yaml."""
    return {
        name: kind.model_json_schema(schema_generator=_Generator) for name, kind in KINDS.items()
    }


class _Generator(GenerateJsonSchema):
    """Shows defaults as they would be written: 15s, not 15.0."""

    def generate(self, schema: CoreSchema, mode: JsonSchemaMode = "validation") -> JsonSchemaValue:
        return {"$schema": self.schema_dialect, **super().generate(schema, mode)}

    def field_title_should_be_set(self, schema: object) -> bool:
        del schema
        return False

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        option = self.generate_inner(schema["schema"])
        default = _written(schema.get("default"), option)
        return option if default is None else {**option, "default": default}


def _written(default: object, option: JsonSchemaValue) -> object:
    match default:
        case float() if option.get("type") == "string":
            return in_words(default) if default else NEVER
        case range():
            return f"{default.start}-{default.stop - 1}"
        case str() as address, int() as port:
            return f"{address}:{port}"
        case Path():
            return str(default)
        case str() | bool() | int() | float():
            return default
    return None
