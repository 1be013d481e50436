"""Logs for property tests and mutants: all that a log may hold, drawn with dice that can be thrown again."""

import json
import math
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest
import wandb_writer
from wandb_writer import (
    CONFIG,
    HEADER,
    HISTORY,
    OUTPUT,
    STATS,
    SUMMARY,
    changes,
    chunk,
    end,
    field,
    frame,
    item,
    output,
    record,
    run,
    spelt,
    stats,
    typed,
)

from journal.sources.wandb_log import blocks as wandb_blocks
from journal.sources.wandb_log import framing as wandb_framing
from journal.sources.wandb_log import windows as wandb_windows

Key = str | tuple[str, ...]

KEYS: list[Key] = [
    *("loss", "x", "train/loss", "a.b", "learning_rate", "learning_rate_2", "é/ü", "n" * 8, "n" * 9, "k" * 130, ""),
    *(("a", "b"), ("a", "c"), ("a", "b", "deep"), ("eval", "n" * 70, "n" * 70), ("é", "ü"), ("k" * 200,), ("x", "")),
]
FOREIGN: list[Key] = ["_runtime", "_wandb", ("_wandb", "runtime"), "_other", "_type"]
MEDIA: list[Key] = [("pic", "_type"), ("pic", "width"), ("pic", "size", "x"), ("pic", "size", "_type"), "picture"]
WORDS = ["NaN", "Infinity", "-Infinity", '"text"', '"7"', "null", "true", "false", "[1, 2.5]", "[]", "{}", '""']
TREES = [
    *(
        '{"k": 1}',
        '{"k": {"l": 2.5, "m": "x"}, "n": NaN}',
        '{"_type": "image-file", "width": 4}',
        '{"a": [1], "b": 1e3}',
    ),
    *(
        '{"_type": 3, "v": 1}',
        '{"x": {"_type": "t", "v": 1}, "y": 2}',
        '{"k": 1, "k": 2}',
        '{"k": 12345678901234567891}',
    ),
]
NUMBERS = [
    *("0", "-0", "-0.0", "0.0", "1", "-1", "1e5", "1E5", "1e+05", "1.5e-07", "5e-324", "-2.5e-324", "1e999", "-1e999"),
    *("9007199254740993", "9007199254740992", "-9007199254740993", "18446744073709551616", "123456789012345678901234"),
    *("1234567890123456789012345", "0.1000000000000000055511151231257827", "2.2250738585072011e-308", "1e-400", "1e23"),
    *("1.7976931348623157e308", "1.7976931348623159e308", "9" * 400, "8.5e-323", "4503599627370497.5"),
]
NOT_JSON = [
    *(
        "1x",
        "1_0",
        "01",
        "1.",
        "-",
        "+1",
        ".5",
        "-.5",
        "-inf",
        "nan",
        "Nan",
        "Inf",
        "",
        "{",
        "1e",
        "0x10",
        "--1",
        "- 1",
    ),
    *(
        '"open',
        "nul",
        "[1",
        '{"a": 1x}',
        "00",
        "-01",
        "NaNs",
        "Infinit",
        "1 2",
        "\u0661",
        "1,0",
        "1d5",
        "-nan",
        "1e5.0",
    ),
]
BLANKS = [" 1", "2 ", "\n3", "4\t", " NaN", "5\r\n"]
STEPS: list[Any] = ["7", None, True, -3, -(1 << 40), 1 << 62, (1 << 62) - 1, 1 << 63, 1 << 70, 1e300, 3.7, math.nan]
ODD_STEPS: list[Any] = [*STEPS, math.inf, -math.inf, [1], {}, 4611686018427387904.0, 9e18, 1e18, 0, -0.0, 2.5e-5]


@dataclass(frozen=True)
class Taste:
    """How odd a log may be.

    Attributes:
        numbered: The chance that a record carries the writer's count.
        odd: The chance that something in it is unusual.
        broken: Whether texts may be no JSON, records no messages, and keys stand twice in a row.
    """

    numbered: float = 0.95
    odd: float = 0.05
    broken: bool = True

    @classmethod
    def any(cls, dice: Random) -> "Taste":
        """Some taste or other."""
        return cls(numbered=dice.choice([0, 0.5, 1, 1]), odd=dice.choice([0, 0.02, 0.2]))


@contextmanager
def small_blocks(block: int = 256, window: int = 2) -> Iterator[None]:
    """Blocks of a few bytes and windows of a few blocks, for the writer and the reader: small logs have many."""
    wandb_blocks._shift_tables()  # which are kept, and must do for blocks of full size as well
    with pytest.MonkeyPatch.context() as patch:
        for module in (wandb_writer, wandb_framing, wandb_blocks, wandb_windows):
            patch.setattr(module, "BLOCK", block)
        patch.setattr(wandb_windows, "WINDOW", window * block)
        yield


def dice_of(seed: int) -> Random:
    """Dice that can be thrown again."""
    return Random(seed)  # noqa: S311 - nothing is secret here


def number(dice: Random) -> str:  # noqa: PLR0911 - kinds of numbers
    """A JSON number."""
    match dice.randrange(8):
        case 0:
            return str(dice.randrange(-1000, 1000))
        case 1:
            return str(dice.randrange(-(1 << 70), 1 << 70) >> dice.randrange(70))
        case 2:
            return dice.choice(NUMBERS)
        case 3:
            return f"{any_double(dice):.17g}".replace("inf", "Infinity").replace("nan", "NaN")
        case 4:
            return json.dumps(any_double(dice))
        case 5:
            return halfway(dice)
        case _:
            return repr(dice.random())


def any_double(dice: Random) -> float:
    """A float of any bits."""
    return float(struct.unpack("<d", dice.randbytes(8))[0])


def halfway(dice: Random, width: int = 24) -> str:
    """A number of many digits between two neighbouring floats, halfway or nearly."""
    low = abs(
        dice.choice([dice.random(), dice.randrange(1 << 53, 1 << 60) * 1.0, dice.random() * 10 ** dice.randrange(9)])
    )
    numerator, denominator = low.as_integer_ratio()
    after, below = math.nextafter(low, math.inf).as_integer_ratio()
    top, bottom = numerator * below + after * denominator, 2 * denominator * below
    whole, rest = divmod(top, bottom)
    digits = str(rest * 10 ** (width + 8) // bottom).zfill(width + 8)
    text = f"{whole}.{digits}"[:width]
    return text.rstrip(".") if text.endswith(".") else text


def text(dice: Random, taste: Taste) -> str:
    """The text of a value."""
    if dice.random() >= taste.odd:
        return number(dice)
    return dice.choice(dice.choice([WORDS, TREES, NOT_JSON, BLANKS] if taste.broken else [WORDS, TREES]))


def row(dice: Random, step: int, taste: Taste) -> bytes:
    """A row of history, as a message."""
    keys = dice.sample(KEYS, dice.randrange(6))
    if dice.random() < taste.odd:
        keys += dice.sample(MEDIA, 3)
    if dice.random() < taste.odd:
        keys += dice.sample(FOREIGN, 2)
    items = [_item(dice, key, taste) for key in keys]
    items.append(item("_timestamp", 1.7e9 + step) if dice.random() >= taste.odd else _item(dice, "_timestamp", taste))
    if dice.random() >= taste.odd:
        items.append(item("_step", _odd_step(dice, step, taste)))
    if dice.random() < taste.odd:
        dice.shuffle(items)
    if taste.broken and dice.random() < taste.odd:
        items.append(dice.choice(items)[:-1] + b"7")
    fields = [field(1, each) for each in items]
    if dice.random() < 4 * taste.odd:
        beside = dice.choice([field(1, step), field(1, -3), b"", field(1, 1 << 40), field(2, 5)])
        fields.insert(dice.randrange(len(fields) + 1), field(2, beside))
    return b"".join(fields)


def _odd_step(dice: Random, step: int, taste: Taste) -> Any:
    if dice.random() >= taste.odd:
        return step
    return dice.choice(ODD_STEPS) if taste.broken else dice.choice([step - 3, step + 2, step, 0])


def _item(dice: Random, key: Key, taste: Taste) -> bytes:
    if dice.random() >= taste.odd:
        return spelt(key, text(dice, taste))
    value = dice.choice([None, True, -3, 1 << 40, 2.5, math.nan, -math.inf, "word", b"4.5", b'{"k": 1}'])
    swapped = field(16, number(dice)) + wandb_writer.key(key)
    return dice.choice([typed(key, value), swapped, field(16, "1"), wandb_writer.key(key), field(40, 1) + item(key, 8)])


def payloads(dice: Random, count: int, taste: Taste | None = None) -> list[bytes]:
    """Records as a run writes them, and odder ones."""
    taste = taste or Taste()
    made: list[bytes] = []
    step = 0
    for place in range(count):
        step += dice.choice([1, 1, 1, 1, 5])
        if place == 0 or dice.random() < taste.odd:
            body = _one_of_a_kind(dice)
        elif dice.random() < 0.2:
            body = dice.choice([_summary(dice, taste), stats({"cpu": 1.5}), output("line\n" * dice.randrange(9))])
        else:
            body = record(HISTORY, row(dice, step, taste))
        if dice.random() < taste.numbered:
            body = field(1, place + 1) + body
        made.append(_spoilt(dice, body, taste) if dice.random() < taste.odd / 4 else body)
    return made


def _one_of_a_kind(dice: Random) -> bytes:
    match dice.randrange(6):
        case 0 | 1:
            names: list[Key] = ["lr", "a", ("a", "b"), ("a", "b", "c"), "_wandb"]
            config: dict[Key, Any] = {dice.choice(names): dice.choice([1, {"b": 2}, "x"])}
            branch = dice.choice([None, ("other", 3.0)])
            return run("abc", name="n" * dice.randrange(3), started=1.7e9, config=config, branch=branch, resume=True)
        case 2:
            return record(CONFIG, changes({"a": {"b": 1}, ("a", "c"): dice.random()}, remove=dice.choice([[], ["lr"]])))
        case 3:
            return end(dice.choice([0, 1, -9]))
        case 4:
            return record(dice.choice([STATS, OUTPUT, SUMMARY]), dice.randbytes(dice.randrange(60)))
        case _:
            return output("z" * dice.choice([100, wandb_writer.BLOCK, wandb_writer.BLOCK * 3]))


def _summary(dice: Random, taste: Taste) -> bytes:
    if dice.random() < taste.odd:
        return record(SUMMARY, changes({"x": {"b": 1}, ("a", "c"): 2}, remove=["loss", ("a", "b")]))
    known: list[Key] = ["loss", "x", "a", ("a", "b"), ("a", "c"), ("a", "b", "c")]
    paths = dice.sample(known, dice.randrange(4))
    return record(SUMMARY, b"".join(field(1, _item(dice, path, taste)) for path in paths))


def _spoilt(dice: Random, body: bytes, taste: Taste) -> bytes:
    """A record whose bytes were wrong before they were framed."""
    if not taste.broken:
        return body
    cut = dice.randrange(len(body) + 1)
    return dice.choice([body[:cut], body + dice.randbytes(3), dice.randbytes(9), b"", body + body, field(1, 5)])


def log(dice: Random, taste: Taste | None = None, *, most: int = 40) -> bytes:
    """A whole log of some blocks, of either version and either base, some blocks filled to the last bytes."""
    base, version = dice.choice([0, 0, 7]), dice.choice([0, 0, 1])
    return frame(fitted(dice, payloads(dice, dice.randrange(most), taste), base), version, base)


def fitted(dice: Random, made: Sequence[bytes], base: int) -> list[bytes]:
    """The records, and between them some that leave 0 to 8 bytes of room in their block."""
    fitting: list[bytes] = []
    block = wandb_writer.BLOCK
    for each in made:
        fitting.append(each)
        if dice.random() < 0.1:
            used = len(frame(fitting, base=base)) - base
            room = -used % block - dice.randrange(9) - 7
            filler = output("")
            if room > len(filler) + 6:
                size = room - len(filler) - 2
                while size > 0 and len(output("f" * size)) > room:
                    size -= 1
                fitting.append(output("f" * size))
    return fitting


# --- damage -----------------------------------------------------------------------------------------------------------


def chunks_of(whole: bytes) -> list[tuple[int, int]]:
    """Where each chunk of an undamaged log begins and ends."""
    block, base = wandb_writer.BLOCK, wandb_writer.base_of(whole)
    at, found = len(HEADER) + 1, []
    while at + 7 <= len(whole):
        room = block - (at - base) % block
        if room < 7:
            at += room
            continue
        stop = at + 7 + int(struct.unpack_from("<H", whole, at + 4)[0])
        found.append((at, min(stop, len(whole))))
        at = stop
    return found


def damaged(dice: Random, whole: bytes) -> tuple[str, bytes]:  # noqa: C901 - kinds of damage
    """A log with something done to it behind its header, and the name of what."""
    start = len(HEADER) + 1
    places = chunks_of(whole)
    if len(places) < 2:
        return "nothing", whole
    kind = dice.choice(["bit", "bytes", "zeros", "cut", "length", "swap", "twice", "insert", "delete", "header"])
    log = bytearray(whole)
    at, stop = dice.choice(places)
    anywhere = dice.choice([dice.randrange(start, len(log)), at + dice.randrange(7), stop - 1])
    anywhere = max(start, min(anywhere, len(log) - 1))
    match kind:
        case "bit":
            log[anywhere] ^= 1 << dice.randrange(8)
        case "bytes":
            log[anywhere : anywhere + 3] = dice.randbytes(len(log[anywhere : anywhere + 3]))
        case "zeros":
            size = dice.choice([1, 7, 40, wandb_writer.BLOCK])
            log[anywhere : anywhere + size] = bytes(len(log[anywhere : anywhere + size]))
        case "cut":
            del log[dice.choice([anywhere, at, stop, at + 3]) :]
        case "length":
            log[at + 4 : at + 6] = struct.pack("<H", dice.choice([0, 1, 0xFFFF, wandb_writer.BLOCK, stop - at]))
        case "swap":
            first, second = sorted(dice.sample(places, 2))
            one, other = whole[slice(*first)], whole[slice(*second)]
            log[first[0] : second[1]] = other + whole[first[1] : second[0]] + one
        case "twice":
            log[at:at] = whole[at:stop]
        case "insert":
            log[anywhere:anywhere] = dice.randbytes(dice.choice([1, 7, 40]))
        case "delete":
            del log[anywhere : anywhere + dice.choice([1, 7, 40])]
        case _:
            log[at + dice.randrange(4, 7)] = dice.randrange(256)
    return kind, bytes(log)


def damaged_anywhere(dice: Random, log: bytes) -> bytes:
    """A log with some bytes changed, its header among them."""
    changed = bytearray(log)
    for _ in range(dice.randrange(1, 5) if log else 0):
        at = dice.randrange(len(changed))
        changed[at] = dice.choice([0, 0xFF, changed[at] ^ 1 << dice.randrange(8), dice.randrange(256)])
    return bytes(changed)


def repaired(dice: Random, whole: bytes) -> bytes:
    """A log with bytes of one chunk changed, and its checksum made right again."""
    places = chunks_of(whole)
    if not places:
        return whole
    log = bytearray(whole)
    at, stop = dice.choice(places)
    body = bytearray(whole[at + 6 : stop])
    for _ in range(dice.randrange(1, 4)):
        body[dice.randrange(len(body))] = dice.choice(
            [0, 1, 2, 4, 8, 0x0A, 0x12, 0x7F, 0x80, 0xFF, dice.randrange(256)]
        )
    log[at:stop] = chunk(body[0], bytes(body[1:]))
    return bytes(log)
