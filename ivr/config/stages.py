"""groups/<service group>/<stage>.yaml: the call flow of one service group in one stage."""

from typing import ClassVar

from ivr.config.hearings import heard
from ivr.config.nodes import Node
from ivr.config.schema import Section
from ivr.config.speech_file import SpeechFile
from ivr.config.times import Since
from ivr.config.values import Name
from ivr.engine import script

NONE = "none"


class StageFile(Section):
    what: ClassVar[str] = "a stage"

    since: Since
    """the date from which this stage is in force; `beginning` for the first"""
    questions: Name
    """the question set asked after calls, such as tilfredshed-2020, or `none`"""
    start: Name
    """the node every call begins with"""
    nodes: dict[Name, Node]
    """the nodes of the call flow by their names"""


def flow(file: StageFile) -> script.Script:
    """Return the call flow, compiled node by node; whether it holds is for `proofs` to say."""
    nodes = {name: node.compiled(name) for name, node in file.nodes.items()}
    return script.Script(nodes, file.start)


def compiled(name: str, file: StageFile, speech: SpeechFile | None) -> script.Stage:
    """Return a stage, with what its nodes listen for."""
    questions = "" if file.questions == NONE else file.questions
    plain = flow(file)
    nodes = {each: heard(node, file.nodes[each], speech) for each, node in plain.nodes.items()}
    return script.Stage(name, file.since, script.Script(nodes, plain.start), questions)
