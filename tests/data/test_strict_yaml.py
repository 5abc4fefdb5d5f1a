"""The strict reader: scalars stay text, nothing is repeated, hidden or unknown without an error that says where."""

from __future__ import annotations

import pytest

from data.strict_yaml import FileError, loads, refuse_unknown


def test_scalars_stay_as_written() -> None:
    assert loads("a: {b: no, c: [1, 0.10, 2022-08-01]}\nd:\n") == {
        "a": {"b": "no", "c": ["1", "0.10", "2022-08-01"]},
        "d": "",
    }


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("a: 1\na: 2", "a: line 2"),
        ("x: {y: {z: 1, z: 2}}", "x.y.z"),
        ("a: &n 1\nb: *n", "line 1"),
        ("a: !!int 3", "line 1"),
        ("a: [", "line 1"),
        ("a: 1\n---\nb: 2", "line 2"),
        ("? [a]\n: 1", "line 1"),
        ("a: {<<: {b: 1}}", "a.<<"),
    ],
)
def test_what_could_be_misread_is_refused_with_file_and_place(text: str, where: str) -> None:
    with pytest.raises(FileError) as refused:
        loads(text, "rules/x.yaml")
    assert str(refused.value).startswith("rules/x.yaml")
    assert where in str(refused.value)


def test_an_unknown_key_names_the_allowed_ones() -> None:
    with pytest.raises(FileError, match=r"x\.yaml, a\.c: unknown key 'c'\. Allowed here: b, d\."):
        refuse_unknown({"b": "1", "c": "2"}, ("b", "d"), "x.yaml", "a")
