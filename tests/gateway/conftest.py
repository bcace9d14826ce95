"""Houses for tests: a gateway and its telephones, which end with the test whatever happens."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from tests.gateway.house import House
from tests.gateway.site import Changes, cut_short

PROMPTS = Path("prompts")
SECONDS_OF_A_PROMPT = 0.6

Open = Callable[..., House]


@pytest.fixture(scope="session")
def prompts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rendered prompts, the beginning of each."""
    folder = tmp_path_factory.mktemp("gateway") / "prompts"
    cut_short(PROMPTS, folder, SECONDS_OF_A_PROMPT)
    return folder


@pytest.fixture
def opened(tmp_path_factory: pytest.TempPathFactory, prompts: Path) -> Iterator[Open]:
    """Opens houses; each has a folder of its own, and its own changes of the site."""
    with ExitStack() as stack:

        def open_one(changes: Changes | None = None, prompts: Path = prompts) -> House:
            house = House(tmp_path_factory.mktemp("house"), prompts, changes)
            return stack.enter_context(closing(house))

        yield open_one
