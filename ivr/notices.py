"""What the gateway says of itself, in the log and in the metrics: starts, reloads, troubles."""

from datetime import datetime

from ivr import __version__, recogniser
from ivr.engine.record import CallRecord
from ivr.engine.site import Site
from ivr.engine.step import Step
from ivr.gateway import Configuration
from ivr.loading import Problems
from ivr.log import call_fields, log
from ivr.metrics import Metrics
from ivr.sip import TrunkStatus
from ivr.speech import Speech


class Notices:
    """Tells people and Prometheus what happens. Owner thread only."""

    def __init__(self, metrics: Metrics, speech: Speech | None) -> None:
        """`speech` is what listens to callers, if anything does."""
        self._metrics = metrics
        self._speech = speech

    def started(self, configuration: Configuration, silent: Problems, *, port: int) -> None:
        """The gateway serves; `silent` are prompts that cannot be played, `port` the metrics'."""
        site = configuration.site
        log().info("started", version=__version__, site=site.name, config=site.hash)
        log().info("metrics", port=port)
        if silent:
            self._metrics.degraded("prompts", on=True)
            log().error("some prompts are silent", count=len(silent), first=silent[0])
        is_wanted = configuration.gateway.speech is not None
        self._metrics.degraded("speech", on=is_wanted and self._speech is None)
        recogniser.say_missing(self._speech, site)

    def reloaded(self, site: Site, at: datetime) -> None:
        """Another configuration is in force."""
        self._metrics.reconfigure(site)
        recogniser.say_missing(self._speech, site)
        self._metrics.degraded("prompts", on=False)
        self._metrics.reloaded(successful=True, at=at)
        log().info("reloaded", config=site.hash)

    def refused(self, problems: Problems, at: datetime) -> str:
        """A configuration is wrong, and the one before it stays; return this in one line."""
        count, first = len(problems), problems[0]
        self._metrics.reloaded(successful=False, at=at)
        log().error("reload refused; the old configuration stays", problems=count, first=first)
        return f"{count} problems; the first: {first}"

    def step(self, step: Step, record: CallRecord | None) -> None:
        """A step was taken."""
        self._metrics.count(step, record)
        trouble = recogniser.trouble(step.event)
        if trouble is not None and self._speech is not None:
            self._metrics.degraded("speech", on=trouble)

    def over(self, record: CallRecord) -> None:
        """A call is over."""
        log().info("call", **call_fields(record))

    def fault(self, subject: str, error: Exception) -> None:
        """Something failed that cannot; `subject` is the call it cost, or what was tried."""
        self._metrics.degraded("fault", on=True)
        log().error("fault", call=subject, exc_info=error)

    def journal_opened(self, notice: str | None) -> None:
        """The journal was not as it should be; `notice` says what has been done about it."""
        if notice:
            self._metrics.degraded("journal", on=True)
            log().warning("journal", notice=notice)

    def journal_troubled(self, trouble: str | None, notice: str | None) -> None:
        """The journal cannot write, or can again (None)."""
        self._metrics.degraded("journal", on=trouble is not None)
        if trouble is None:
            log().info("the journal writes again", notice=notice)
        else:
            log().error("the journal cannot write; calls go on", reason=trouble)

    def trunks(self, up: tuple[str, ...]) -> None:
        """Other trunks than before can take calls."""
        log().info("trunks", up=up)


def say_trunk(status: TrunkStatus) -> None:
    """Say in the log how a trunk is: once that is known, and at every change."""
    say = log().info if status.is_up and status.registered is not False else log().warning
    say("trunk", name=status.name, up=status.is_up, registered=status.registered)


def standing(trunk: TrunkStatus) -> str:
    """Return how a trunk is, in a word or three."""
    if not trunk.is_known:
        return "not known yet"
    return "up" if trunk.is_up else "DOWN"
