"""Text is read by YAML's 1.2 core schema without timestamps; what has no use in a scenario is refused."""

import json
from time import process_time
from typing import Any

import pytest

from simulation.scenario.problems import RefusedError
from simulation.scenario.reading.yaml_text import DEEPEST, LONGEST_TEXT, UnreadableError, plain_value, read


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NO", "NO"),
        ("on", "on"),
        ("yes", "yes"),
        ("16:00", "16:00"),
        ("2026-11-27", "2026-11-27"),
        ("2026-09-28T07:00", "2026-09-28T07:00"),
        ("1_000", "1_000"),
        ("0x1F", 31),
        ("0o17", 15),
        ("017", 17),
        ("-4", -4),
        ("+4", 4),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("4.25", 4.25),
        ("true", True),
        ("FALSE", False),
        ("null", None),
        ("~", None),
        ("", None),
        ('"12"', "12"),
        ("'true'", "true"),
        ("! 12", "12"),
        ("-", None),
    ],
)  # fmt: skip
def test_a_value_is_what_the_core_schema_says(text: str, value: object) -> None:
    read_value = read(f"key: {text}").data["key"] if text != "-" else read("key:").data["key"]
    assert read_value == value
    assert type(read_value) is type(value)


def test_a_whole_number_stays_whole_and_keeps_every_digit() -> None:
    assert read("a: 9007199254740993").data == {"a": 9007199254740993}


def test_keys_are_text() -> None:
    assert read("{45: a, on: b, true: c, 2026-10: d, null: e}").data == {
        "45": "a", "on": "b", "true": "c", "2026-10": "d", "null": "e",
    }  # fmt: skip


def test_every_path_has_its_line() -> None:
    lines = read("a: 1\nb:\n  - c: 2\n    d: 3\n  - 4\n").lines
    assert lines[("a",)] == 1
    assert lines[("b",)] == 2
    assert lines[("b", 0, "c")] == 3
    assert lines[("b", 0, "d")] == 4
    assert lines[("b", 1)] == 5


@pytest.mark.parametrize("text", [".nan", ".NaN", ".inf", "-.INF", "1e999", "9" * 50])
def test_a_number_that_cannot_be_used_is_refused(text: str) -> None:
    with pytest.raises(RefusedError):
        plain_value(text)
    assert read(f"a: {text}").refused[0].at == ("a",)


@pytest.mark.parametrize(
    ("text", "path", "message"),
    [
        ("a: 1\na: 2\n", ("a",), "stands here twice, on lines 1 and 2"),
        ("a: {b: 1, b: 2}\n", ("a", "b"), "stands here twice"),
        ('{45: 1, "45": 2}', ("45",), "stands here twice"),
        ("a: &x 1\n", ("a",), "&x names a value"),
        ("a: [&x 1, *x]\n", ("a", 1), "*x refers to another place"),
        ("a: !!python/object:os.system 1\n", ("a",), "tag:yaml.org,2002:python/object:os.system is a tag"),
        ("a: !!int '3'\n", ("a",), "is a tag"),
    ],
)
def test_what_has_no_use_in_a_scenario_is_refused(text: str, path: tuple[str | int, ...], message: str) -> None:
    found = [(refusal.at, refusal.message) for refusal in read(text).refused]
    assert any(at == path and message in said for at, said in found), found


def test_aliases_cannot_make_a_small_text_large() -> None:
    bomb = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30))
    reading = read(bomb)
    assert len(reading.lines) < 400
    assert len(reading.refused) > 200


@pytest.mark.parametrize(
    ("text", "line", "message", "mend"),
    [
        ("a: 1\nb: [1, 2\n", 3, "is not YAML here", "brackets"),
        ("a: 1\n\tb: 2\n", 2, "is not YAML here", "spaces, not tabs"),
        ("a: 'open\n", 2, "is not YAML here", "quotes"),
        ("a: 1\n---\nb: 2\n", 2, "a second document begins", "one scenario"),
        ("? [1, 2]\n: 3\n", 1, "where a key should", "a name, a colon"),
        ("a: " + "[" * (DEEPEST + 1) + "]" * (DEEPEST + 1), 1, "nested too deep", "remove levels"),
        ("a: \x07", None, "is not YAML here", "check"),
        ('{"a": 1,}\n\t{', None, "", ""),
    ],
)
def test_text_that_cannot_be_read_is_refused_at_its_line(text: str, line: int | None, message: str, mend: str) -> None:
    with pytest.raises(UnreadableError) as unreadable:
        read(text)
    assert message in unreadable.value.refusal.message
    assert mend in unreadable.value.refusal.mend
    if line is not None:
        assert unreadable.value.line == line


def test_a_text_without_end_is_refused_before_it_is_read() -> None:
    with pytest.raises(UnreadableError, match="over 8 million characters"):
        read("a" * (LONGEST_TEXT + 1))


def test_deep_brackets_do_not_break_the_reader() -> None:
    with pytest.raises(UnreadableError):
        read("[" * 100_000)
    with pytest.raises(UnreadableError):
        read('{"a": ' * 100_000)


def test_json_is_read_whether_yaml_reads_it_or_not() -> None:
    data: dict[str, Any] = {"a": [1, 2.5, None, True, "x\u00e9\U0001f600/"], "b": {"c": "16:00"}}
    assert read(json.dumps(data)).data == data
    assert read(json.dumps(data, indent="\t")).data == data
    assert read("\ufeff" + json.dumps(data, indent="\t", ensure_ascii=False)).data == data


@pytest.mark.parametrize("text", ['"a": NaN', '"a": 1e999', '"a": 1, "a": 2', '"a": -Infinity'])
def test_json_obeys_the_same_rules(text: str) -> None:
    assert len(read(r'{"\ud83d\ude00": 1, ' + text + "}").refused) == 1


def test_broken_json_is_refused_at_its_line() -> None:
    with pytest.raises(UnreadableError) as unreadable:
        read('{\n\t"a": 1,\n\t"b": [1,\n}')
    assert unreadable.value.line == 4


def test_a_key_that_stands_twice_among_very_many_is_found_soon() -> None:
    began = process_time()
    keys = ",".join(f'"key{number}":1' for number in range(50_000))
    reading = read(r'{"\ud83d\ude00":1,' + keys + ',"key49999":2}')  # YAML knows no such pair
    assert reading.refused[0].message == "'key49999' stands twice in one object"
    assert process_time() - began < 10
