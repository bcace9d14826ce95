"""The nodes that ask for keys, as they are written: menus, and numbers to be keyed in."""

from typing import Annotated, ClassVar, Literal

from ivr.config.listening import MenuEar, NumberEar, Spoken
from ivr.config.schema import Section
from ivr.config.times import duration
from ivr.config.values import Name, Prompts, YesNo, digit_count, matching, whole
from ivr.engine import script

CHOICE = matching("[1-9]", "a key from 1 to 9; `person` says where 0 leads, `*` repeats, `#` ends")
EXTENSION = matching("[0-9]{2,8}", "a number of 2 to 8 digits")

AnswerTime = Annotated[float, duration("1s", "1m")]
KeyTime = Annotated[float, duration("1s", "20s")]


class Retries(Section):
    what: ClassVar[str] = "no_input and no_match"

    limit: Annotated[int, whole(1, 9)]
    """after how many silences or wrong keys `then` follows"""
    prompts: Prompts
    """what is said before the question is asked again"""
    then: Name
    """the node after the last one; it must lead to a person or a message"""

    def compiled(self) -> script.Retries:
        return script.Retries(self.limit, self.prompts, self.then)


class Extensions(Section):
    what: ClassVar[str] = "extensions"

    numbers: dict[Annotated[str, EXTENSION], Name]
    """each number of 2 to 8 digits that can be keyed, and its node"""
    unknown: Prompts
    """what is said after a number that is not listed"""
    between_keys: KeyTime = 3.0
    """how long the next digit may take"""

    def compiled(self) -> script.Extensions:
        return script.Extensions(dict(self.numbers), self.between_keys, self.unknown)


class Menu(Section):
    what: ClassVar[str] = "a menu"

    kind: Literal["menu"]
    """asks for one of the choices by key"""
    long: Prompts
    """what is asked first"""
    short: Prompts | None = None
    """what is asked again; the long wording if left out"""
    choices: dict[Annotated[str, CHOICE], Spoken]
    """each key from 1 to 9, and its node; or its node, what callers say for it, and its name"""
    person: Name
    """the node of key 0, which is always a person"""
    no_input: Retries
    """what happens when no key is pressed"""
    no_match: Retries
    """what happens when a key is pressed that is no choice"""
    answer_within: AnswerTime = 5.0
    """how long the first key may take"""
    interruptible: YesNo = True
    """whether a key cuts the question short"""
    early_keys: YesNo = False
    """whether a key pressed before this menu was reached counts in it"""
    extensions: Extensions | None = None
    """numbers that can be keyed besides the choices"""
    listen: MenuEar | None = None
    """that choices can also be said, and how"""

    def compiled(self, name: str) -> script.Node:
        choices = {key: choice.then for key, choice in self.choices.items()}
        return script.Menu(
            name=name,
            long=self.long,
            short=self.short or self.long,
            choices={**choices, script.PERSON: self.person},
            no_input=self.no_input.compiled(),
            no_match=self.no_match.compiled(),
            seconds_to_answer=self.answer_within,
            interruptible=self.interruptible,
            early_keys=self.early_keys,
            extensions=self.extensions.compiled() if self.extensions else None,
        )


class Collect(Section):
    what: ClassVar[str] = "a collect"

    kind: Literal["collect"]
    """gathers digits"""
    long: Prompts
    """what is asked first"""
    short: Prompts | None = None
    """what is asked again; the long wording if left out"""
    stores: Name
    """what the digits are, such as `sagsnummer`"""
    digits: Annotated[tuple[int, int], digit_count(1, 30)]
    """how many digits: 8, or 4-10"""
    then: Name
    """the next node"""
    no_input: Retries
    """what happens when no key is pressed"""
    no_match: Retries
    """what happens when there are too few digits"""
    answer_within: AnswerTime = 7.0
    """how long the first digit may take"""
    between_keys: KeyTime = 3.0
    """how long each further digit may take"""
    secret: YesNo = False
    """whether the digits are kept out of the journal"""
    interruptible: YesNo = True
    """whether a key cuts the question short"""
    early_keys: YesNo = False
    """whether a key pressed before this node was reached counts in it"""
    listen: NumberEar | None = None
    """that the digits can also be said, and how"""

    def compiled(self, name: str) -> script.Node:
        return script.Collect(
            name=name,
            long=self.long,
            short=self.short or self.long,
            stores=self.stores,
            least=self.digits[0],
            most=self.digits[1],
            then=self.then,
            no_input=self.no_input.compiled(),
            no_match=self.no_match.compiled(),
            seconds_to_answer=self.answer_within,
            seconds_between_keys=self.between_keys,
            secret=self.secret,
            interruptible=self.interruptible,
            early_keys=self.early_keys,
        )
