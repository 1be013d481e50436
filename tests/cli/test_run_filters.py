from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journal.cli.run_filters import STATES, TREES, WORDS, conditions_of
from journal.errors import UsageError
from journal.model.run_query import Condition, Operator

SHA = "16e1f81" + "0" * 33


def condition(text: str) -> Condition:
    """The one condition that a text spells."""
    (found,) = conditions_of(text)
    return found


@pytest.mark.parametrize(
    ("text", "key", "operator", "value"),
    [
        ("state=finished", "state", "=", "finished"),
        ("tag!=old", "tag", "!=", "old"),
        ("config.lr<=0.001", "config.lr", "<=", 0.001),
        ("config.lr <= 1e-3", "config.lr", "<=", 0.001),
        ("config.model.depth>=12", "config.model.depth", ">=", 12),
        ("config.depth<12", "config.depth", "<", 12),
        ("summary.val/acc>.5", "summary.val/acc", ">", 0.5),
        ("config.amp=true", "config.amp", "=", True),
        ("config.amp!=false", "config.amp", "!=", False),
        ("config.lr=-3", "config.lr", "=", -3),
        ('config.seed="12"', "config.seed", "=", "12"),
        ("config.amp='true'", "config.amp", "=", "true"),
        ('group=""', "group", "=", ""),
        ("config.note=a=b", "config.note", "=", "a=b"),
        ("config.note~12", "config.note", "~", "12"),
        ("name~^seed (1|2)$", "name", "~", "^seed (1|2)$"),
        ("id=12345678", "id", "=", "12345678"),
        ("commit=1e10000", "commit", "~", "^1e10000"),
        ("commit=16E1F81", "commit", "~", "^16e1f81"),
        (f"commit={SHA}", "commit", "=", SHA),
        (f"commit!={SHA}", "commit", "!=", SHA),
        ('state="crashed or running"', "state", "=", "crashed or running"),
        ("state~^(crash|fail)", "state", "~", "^(crash|fail)"),
        ("config.big=1e999", "config.big", "=", "1e999"),
        ("created>2026-02-21", "created", ">=", "2026-02-22"),
        ("created<=2026-02-28", "created", "<", "2026-03-01"),
        ("created>=2026-02-21", "created", ">=", "2026-02-21"),
        ("created<2026-02-21", "created", "<", "2026-02-21"),
        ("created=2026-02-21T19:01", "created", "=", "2026-02-21T19:01"),
        ("created<2026-02-21T19:01", "created", "<", "2026-02-21T19:01"),
        ("created<=2026-02-21T19:01+08:00", "created", "<=", "2026-02-21T11:01:00"),
    ],
)
def test_a_condition_is_key_operator_and_value(text: str, key: str, operator: str, value: object) -> None:
    found = condition(text)
    assert (found.key, found.operator, found.value) == (key, operator, value)
    assert type(found.value) is type(value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("finished", "has no operator"),
        ("", "has no operator"),
        ("=finished", "does not say for what"),
        ("lr<0.1", "asks for 'lr', which nobody knows"),
        ("configuration.lr<0.1", "asks for 'configuration.lr', which nobody knows"),
        ("config=1", "does not say which key of the config"),
        ("config.=1", "asks for 'config.', which nobody knows"),
        ("state=", "has no value"),
        ("state==finished", "has two equals signs"),
        ("name~(", "holds no regular expression"),
        ("created>yesterday", "holds no time"),
        ("created!=2026-02-21", "leaves out a day"),
        ("created=9999-12-31", "holds a day that has no next"),
        ("state=done", "asks for the state 'done', which nobody knows"),
        ("state<finished", "asks for an order, and state is text"),
        ("id>=12", "asks for an order, and id is text"),
        ("config.lr<abc", "asks for an order, and 'abc' is no finite number"),
        ("config.lr<nan", "asks for an order, and 'nan' is no finite number"),
        ("config.lr>1e400", "asks for an order, and '1e400' is no finite number"),
        ("config.amp>true", "asks for an order, and True is no finite number"),
        ("commit=main", "holds no commit: 'main'"),
        ("commit!=16e1f81", "needs the whole sha"),
    ],
)
def test_what_is_no_condition_is_told_with_what_is_known_and_an_example(text: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        condition(text)
    assert caught.value.message.startswith(f"--filter {text!r} {said}")
    assert str(caught.value.hint).endswith("write it like 'state=finished', 'config.lr<=0.001' or 'name~seed'")
    if "the state" in said:
        assert f"known: {', '.join(STATES)}" in str(caught.value)
    elif "nobody knows" in said:
        assert "known: state, id, name, tag, user, group, commit, created, config.KEY, summary.KEY" in str(caught.value)


def test_a_day_is_all_of_it() -> None:
    assert list(map(str, conditions_of("created=2026-02-28"))) == ["created>=2026-02-28", "created<2026-03-01"]


NO_ORDER = st.sampled_from([Operator.EQUAL, Operator.UNEQUAL])
KEYS = st.sampled_from(
    [*(word for word in WORDS if word not in {"created", "state", "commit"}), *(f"{tree}.train/lr" for tree in TREES)]
)
PLAIN = st.text(st.characters(codec="utf-8", exclude_characters="\"'=~", exclude_categories=("C", "Z")), min_size=1)
NUMBERS = st.integers(-(10**9), 10**9) | st.floats(allow_nan=False, allow_infinity=False) | st.booleans()


@settings(max_examples=100)
@given(KEYS, NO_ORDER, PLAIN)
def test_quoted_text_comes_back_as_it_was(key: str, operator: Operator, text: str) -> None:
    asked = Condition(key=key, operator=operator, value=text)
    assert condition(f'{key}{operator}"{text}"') == asked
    assert key not in WORDS or condition(str(asked)) == asked


@settings(max_examples=100)
@given(NUMBERS)
def test_a_number_comes_back_as_it_was(number: float) -> None:
    spelt = str(number).lower()
    found = condition(f"config.lr={spelt}").value
    assert (found, type(found)) == (number, type(number))
