"""Which way an outgoing call goes, and where next when that way fails.

A trunk that cannot reach the other side is followed by the next in order of preference. A
person who is busy or says no has been reached: ringing him again over another trunk would
be rude, and would ring twice.
"""

from ivr.engine.actions import Note
from ivr.engine.events import Failure, LineFailed
from ivr.engine.site import Site


def first_trunk(site: Site) -> str:
    """Return the name of the best trunk for outgoing calls; "" when there is none."""
    return site.trunks[0] if site.trunks else ""


def next_trunk(site: Site, tried: str, failed: LineFailed) -> str:
    """Return the trunk to try after `tried`; "" when the answer was final or none is left."""
    if failed.failure is not Failure.UNREACHABLE or tried not in site.trunks:
        return ""
    rest = site.trunks[site.trunks.index(tried) + 1 :]
    return rest[0] if rest else ""


def trunk_fault(tried: str, failed: LineFailed) -> tuple[Note, ...]:
    """Return the note that a trunk failed; none when it was a person or a number."""
    if failed.failure is not Failure.UNREACHABLE:
        return ()
    return (Note("trunk_failed", tried, str(failed.code)),)
