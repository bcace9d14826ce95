"""What is read is what was written: for every event, every action, every record."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.engine import actions as do
from ivr.engine import events as on
from ivr.engine.notation import packed
from ivr.engine.record import CallRecord
from ivr.engine.step import Step
from ivr.journal import Reader
from tests.journal.generated import RECORDS, steps
from tests.journal.owner import AT, Owner, arrival, conclusion, key, step


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Owner]:
    path = tmp_path_factory.mktemp("journal") / "journal.db"
    owner = Owner(f"sqlite:///{path}")
    yield owner
    owner.journal.close()


@pytest.fixture(scope="module")
def reader(journal: Owner) -> Reader:
    return Reader(journal.url)


_fresh = count()


@given(written=steps("any"))
@settings(deadline=None, max_examples=200)
def test_steps_are_read_as_they_were_written(
    journal: Owner, reader: Reader, written: list[Step]
) -> None:
    name = f"call-{next(_fresh)}"

    journal.write(*(replace(one, subject=name) for one in written))
    journal.settle()

    assert list(map(_plain, reader.steps(name))) == list(map(_plain, written))
    assert journal.journal.put_aside == 0


@given(record=RECORDS, seconds=st.floats(0, 1e6))
@settings(deadline=None)
def test_a_call_is_read_as_it_was_written(
    journal: Owner, reader: Reader, record: CallRecord, seconds: float
) -> None:
    name = f"call-{next(_fresh)}"
    record = replace(record, id=name, number="+4533663333", dialled="600", seconds=seconds)

    journal.write(key(record.id, 1), record=record)
    journal.settle()

    found = reader.call(record.id)
    assert found is not None
    assert found.at.timestamp() == record.at.timestamp()
    assert replace(found, at=AT) == replace(record, at=AT)


@pytest.mark.parametrize("number", ["\udcff\udc00", "nul\0nul", "ring\nring", "☎"])
def test_whatever_a_caller_calls_himself_his_call_is_kept(
    journal: Owner, reader: Reader, number: str
) -> None:
    name = f"call-{next(_fresh)}"

    journal.write_call(arrival(name, number=number), conclusion(name))
    journal.settle()

    found = reader.call(name)
    assert found is not None
    assert found.outcome == do.Outcome.TALKED
    assert reader.steps(name)[0].event == on.CallArrived(number, "+4533663333", AT)


def test_a_call_says_what_it_came_to_and_when_it_ended(journal: Owner, reader: Reader) -> None:
    record = journal.write_call(
        arrival("whole", now=100.0),
        step("whole", 101.0, on.KeyPressed("1"), do.JoinQueue("team")),
        conclusion("whole", do.Outcome.ABANDONED, now=130.5),
    )
    journal.settle()

    assert reader.call("whole") == record
    assert record.seconds == 30.5


def _plain(one: Step) -> tuple[object, ...]:
    """The step without its subject, its moment as an instant whatever the zone."""
    return one.now, one.at.timestamp(), packed(one.event), [packed(act) for act in one.actions]
