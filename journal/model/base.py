"""What every model shares."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Natural = Annotated[int, Field(ge=0, lt=2**63)]
"""A count, or a place on the step axis: 64-bit integers hold it wherever columns and files are kept."""
Finite = Annotated[float, Field(allow_inf_nan=False)]
"""A number that JSON can hold."""


class Frozen(BaseModel):
    """An immutable value; unknown fields are errors.

    Docstrings below fields become their descriptions in the published schemas alone: to read them from the source would
    make every command start later.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")


def written(text: str) -> str:
    """The text with `?` in place of halves of characters, which JSON escapes can spell and no file can hold."""
    return text.encode("utf-8", "replace").decode()
