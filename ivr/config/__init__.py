"""YAML of one site in, one frozen `Configuration` out, or every problem at once.

    configuration = load(Path("firmware_config/demo"))      raises ConfigError
    print(explain(configuration))

Read in this order: source (YAML with places), written, values and times (how single values are
written), schema and page (one file and its faults), then the files (gateway_file, calendars,
entrances, teams, surveys, speech_file, stages with asking, nodes and listening), and what is
proven about them together (ways, proofs, languages, grammars, checks). hearings compiles what is
listened for, compile puts all together; homophones warns. Only this package knows YAML or
pydantic.
"""

from ivr.config.compile import load
from ivr.config.explanation import explain
from ivr.config.homophones import sound_alikes
from ivr.config.json_schema import schemas

__all__ = ["explain", "load", "schemas", "sound_alikes"]
