"""`ivr prompts render` and `ivr prompts list`: the words, and their recordings."""

import argparse

from rich.console import Console

from ivr.cli.record import record
from ivr.cli.tables import show, table
from ivr.config import load
from ivr.prompts import catalogue, texts
from ivr.prompts.progress import shown
from ivr.prompts.render import render_all
from ivr.prompts.voices import chosen


def prompts(options: argparse.Namespace) -> int:
    """Render what has changed, list every sentence, or record one of them."""
    return _WHAT[options.what](options)


def _render(options: argparse.Namespace) -> int:
    folder, piper = options.folder, options.piper
    if options.site:
        box = load(options.site, secrets=False).gateway
        folder, piper = box.prompts, piper or box.piper_model
    voices = chosen(texts.load(folder).languages, piper_model=piper)
    with shown(Console()) as progress:
        report = render_all(folder, voices, progress)
    print(
        f"{folder}: {report.rendered} rendered, {report.unchanged} unchanged, "
        f"{report.removed} removed; {report.seconds:.0f} s of speech and music"
    )
    return 0


def _list(options: argparse.Namespace) -> int:
    rows = table("language", "prompt", "seconds", "voice", "text")
    for line in catalogue.lines(options.folder):
        seconds = "not rendered" if line.seconds is None else f"{line.seconds:.1f}"
        voice = "human" if line.recorded else ""
        rows.add_row(line.language, line.id, seconds, voice, line.text)
    show(rows)
    return 0


_WHAT = {"render": _render, "list": _list, "record": record}
