"""Gathers keys into one entry of a menu or a collection of digits.

Every function answers with what the entry has come to: `Done` (go on), `More` (wait for the
next key), `Again` (ask again) or `Instead` (ask something else). A digit that is both a choice
and the beginning of an extension waits; silence or `#` then settles it.
"""

from collections.abc import Mapping

from ivr.engine.actions import Action, Note
from ivr.engine.events import MASKED
from ivr.engine.moments import Facts, Tries
from ivr.engine.replacing import replace
from ivr.engine.script import END, REPEAT, Asking, Collect, Menu, Prompts, Retries
from ivr.engine.value import value


@value
class Done:
    """The entry is complete; the call goes on to node `to`."""

    facts: Facts
    to: str
    actions: tuple[Action, ...] = ()
    keys: str = ""
    """Keys that count at `to`."""


@value
class More:
    """Another key may follow within `seconds`."""

    digits: str
    seconds: float


@value
class Again:
    """The node asks again, with these prompts."""

    prompts: Prompts
    tries: Tries
    actions: tuple[Action, ...] = ()


@value
class Instead:
    """Another question is asked instead, or the same one in another manner."""

    facts: Facts
    node: Asking
    prompts: Prompts
    tries: Tries
    actions: tuple[Action, ...] = ()


Heard = Done | More | Again | Instead


def menu_key(facts: Facts, menu: Menu, digits: str, key: str, tries: Tries) -> Heard:
    """Take one key in a menu."""
    if key == REPEAT and REPEAT not in menu.choices:
        return Again(menu.long, tries)
    if key == END and digits:
        return _settled(facts, menu, digits, tries)
    keys = digits + key
    if menu.extensions and _may_go_on(keys, menu.extensions.nodes):
        return More(keys, menu.extensions.seconds_between_keys)
    return _settled(facts, menu, keys, tries)


def menu_silence(facts: Facts, menu: Menu, digits: str, tries: Tries) -> Heard:
    """Take the caller's silence in a menu."""
    if digits:
        return _settled(facts, menu, digits, tries)
    return no_input(facts, menu.name, menu.no_input, menu.short, tries)


def collect_key(facts: Facts, collect: Collect, digits: str, key: str, tries: Tries) -> Heard:
    """Take one key of a number; `*` begins anew."""
    if key == REPEAT:
        return Again(collect.long, tries)
    if key == END:
        return _collected(facts, collect, digits, tries)
    if not (key.isdigit() or key == MASKED):
        return no_match(facts, collect.name, collect.no_match, collect.short, tries)
    keys = digits + key
    if len(keys) < collect.most:
        return More(keys, collect.seconds_between_keys)
    return _collected(facts, collect, keys, tries)


def collect_silence(facts: Facts, collect: Collect, digits: str, tries: Tries) -> Heard:
    """Take the caller's silence while a number is gathered: it ends what has begun."""
    if digits:
        return _collected(facts, collect, digits, tries)
    return no_input(facts, collect.name, collect.no_input, collect.short, tries)


def no_input(facts: Facts, name: str, retries: Retries, short: Prompts, tries: Tries) -> Heard:
    """Ask again after silence, or give up when that was the last time."""
    tries = replace(tries, no_input=tries.no_input + 1)
    note = (Note("no_input", name),)
    if tries.no_input >= retries.limit:
        return Done(facts, retries.then, note)
    return Again(retries.prompts + short, tries, note)


def no_match(facts: Facts, name: str, retries: Retries, short: Prompts, tries: Tries) -> Heard:
    """Ask again after a wrong key, or give up when that was the last one."""
    tries = replace(tries, no_match=tries.no_match + 1)
    note = (Note("no_match", name),)
    if tries.no_match >= retries.limit:
        return Done(facts, retries.then, note)
    return Again(retries.prompts + short, tries, note)


def _settled(facts: Facts, menu: Menu, keys: str, tries: Tries) -> Heard:
    extensions = menu.extensions
    to = menu.choices.get(keys) or (extensions.nodes.get(keys) if extensions else None)
    if to:
        return Done(facts, to, (Note("key", menu.name, keys),))
    retries = menu.no_match
    if extensions and len(keys) > 1:
        retries = replace(retries, prompts=extensions.unknown)
    return no_match(facts, menu.name, retries, menu.short, tries)


def _may_go_on(keys: str, extensions: Mapping[str, str]) -> bool:
    """Return whether the next key may belong to this entry.

    A number that is not listed is taken to its end, too: else the rest of it would be a choice.
    """
    begun = keys if keys in extensions else keys[:1]
    longer = (number for number in extensions if len(number) > len(keys))
    return keys.isdigit() and any(number.startswith(begun) for number in longer)


def _collected(facts: Facts, collect: Collect, digits: str, tries: Tries) -> Heard:
    if len(digits) < collect.least:
        return no_match(facts, collect.name, collect.no_match, collect.short, tries)
    value = MASKED * len(digits) if collect.secret else digits
    collected = (*facts.collected, (collect.stores, value))
    note = Note("collected", collect.name, collect.stores)
    return Done(replace(facts, collected=collected), collect.then, (note,))
