"""YAML is read as it is written, and remembered with its places."""

from pathlib import Path

import pytest

from ivr.config.source import Source


def source(folder: Path, text: str | bytes) -> Source:
    """Return the source of a file with this text."""
    file = folder / "x.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return Source(file)


def messages(read: Source) -> list[str]:
    """Return the problems as line: message."""
    return [f"{problem.line}: {problem.message}" for problem in read.problems]


def test_every_scalar_stays_the_text_that_was_written(tmp_path: Path) -> None:
    """YAML would make 384, 15550100, 750, False, 8 and None of these."""
    read = source(
        tmp_path, "a: 0600\nb: +15550100\nc: 12:30\nd: no\ne: 010\nf: null\ng: 2026-12-24\n"
    )

    assert list(read.value.values()) == [
        "0600",
        "+15550100",
        "12:30",
        "no",
        "010",
        "null",
        "2026-12-24",
    ]
    assert read.is_readable
    assert not read.problems


def test_lists_and_mappings_keep_their_shape(tmp_path: Path) -> None:
    read = source(tmp_path, "a: [x, {y: z}]\nb:\n  c:\n  - d\n")

    assert read.value == {"a": ["x", {"y": "z"}], "b": {"c": ["d"]}}


def test_a_byte_order_mark_is_no_part_of_the_first_name(tmp_path: Path) -> None:
    assert source(tmp_path, b"\xef\xbb\xbfa: b\n").value == {"a": "b"}


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ((), 1),
        (("a",), 1),
        (("a", "b"), 2),
        (("a", "b", 1), 4),
        (("a", "b", 9), 2),
        (("a", "missing"), 1),
        (("c", "deeper", "still"), 5),
        (("missing",), 1),
    ],
)
def test_a_problem_stands_where_its_place_is_written(
    tmp_path: Path, place: tuple[str | int, ...], line: int
) -> None:
    read = source(tmp_path, "a:\n  b:\n    - x\n    - y\nc: z\n")

    assert read.problem(place, "wrong").line == line


def test_repeated_names_are_told_with_both_places_and_the_first_counts(tmp_path: Path) -> None:
    read = source(tmp_path, "a: 1\nb:\n  c: 2\n  c: 3\na: 4\n")

    assert messages(read) == [
        "4: `c` is repeated; it stands in line 3 already",
        "5: `a` is repeated; it stands in line 1 already",
    ]
    assert read.value == {"a": "1", "b": {"c": "2"}}
    assert read.is_readable


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "1: is empty"),
        (b"# nothing yet\n", "1: is empty"),
        (b"a: 1\nb: \xe6\xf8\xe5\n", "2: is not UTF-8 text; save the file as UTF-8"),
        (b"a: 1\nb: \x07\n", "2: holds an unprintable character; delete it"),
        (b"just words\n", "1: must hold lines of the form `name: value`"),
        (b"---\n", "1: must hold lines of the form `name: value`"),
        (b"a: 1\n---\nb: 2\n", "2: a second document begins here; remove the `---`"),
        (b"a: b\n  - c\n: d\n", "3: does not line up with the lines above; check the spaces"),
        (b"a: 'b\n", "1: the quotes that begin here are never closed"),
        (b"a: {b: c\n", "1: the mapping that begins here is not closed with `}`"),
        (b"a:\n  b\n  c\nd\n", "4: a `:` is missing after a name"),
        (b'a: "\\q"\n', "1: is not YAML: found unknown escape character 'q'"),
        (b"a: " + b"[" * 40 + b"]" * 40 + b"\n", "1: is nested more than 30 levels deep"),
        (b"a: " + b"{b: " * 5000, "1: is nested more than 30 levels deep"),
    ],
)
def test_a_file_that_is_not_what_it_should_be(tmp_path: Path, text: bytes, message: str) -> None:
    read = source(tmp_path, text)

    assert messages(read) == [message]
    assert not read.is_readable
    assert read.value == {}


def test_what_yaml_offers_and_nobody_expects_is_refused_together(tmp_path: Path) -> None:
    read = source(tmp_path, "a: &x 1\nb: *x\n<<: {}\nc: !tag 2\n[d]: 3\n'': 4\n")

    assert messages(read) == [
        "1: `&x` is not supported; write the value out",
        "2: `*x` is not supported; write the value out",
        "3: `<<` is not supported",
        "4: the tag `!tag` is not supported; remove it",
        "5: a name must stand before `:`",
        "6: a name must stand before `:`",
    ]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    read = Source(tmp_path / "x.yaml")

    assert messages(read) == ["1: cannot be read: No such file or directory"]
    assert not read.is_readable


def test_a_problem_at_the_end_of_a_file_stands_on_its_last_line(tmp_path: Path) -> None:
    read = source(tmp_path, "a:\n  b: [\n\n\n")

    assert 1 <= read.problems[0].line <= 4
