"""Write the JSON Schemas of evidence and captures, as the models have them: `docs/schemas/make_schemas.py [FOLDER]`."""

import json
import sys
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

BaseModel.model_config["use_attribute_docstrings"] = True  # before the models are made

from journal.model.capture import Capture  # noqa: E402
from journal.model.digest import RunDigest  # noqa: E402
from journal.model.evidence import Evidence  # noqa: E402

HERE = Path(__file__).parent

FILES: dict[str, tuple[str, type[BaseModel]]] = {
    "evidence.schema.json": ("Evidence of an entry", Evidence),
    "run-digest.schema.json": ("Digest of a run", RunDigest),
    "capture.schema.json": ("What was captured of the code of a run", Capture),
}
"""For each file its title and the model that is written."""


class AsWritten(GenerateJsonSchema):
    """A schema of what is written: a field that holds nothing is left out, and never null."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """What the field holds where it holds anything."""
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """The field alone: whoever reads a file is told nothing by what Python would put in."""
        return self.generate_inner(schema["schema"])

    def field_is_required(
        self, field: core_schema.ModelField | core_schema.DataclassField | core_schema.TypedDictField, total: bool
    ) -> bool:
        """Whether every version writes it: it has no default and is never None."""
        return super().field_is_required(field, total) and field["schema"]["type"] != "nullable"


def schema_of(name: str) -> dict[str, Any]:
    """The schema in one of the files."""
    title, model = FILES[name]
    generator = GenerateJsonSchema if model is Capture else AsWritten  # a capture has null where there is nothing
    schema = model.model_json_schema(mode="serialization", schema_generator=generator)
    required = sorted({"schema_version", *schema["required"]})
    dialect = GenerateJsonSchema.schema_dialect
    return {"$schema": dialect, "$id": name, **schema, "title": title, "required": required}


def written(name: str) -> str:
    """The text of one of the files."""
    return json.dumps(schema_of(name), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if sys.argv[1:] else HERE
    for file_name in FILES:
        (folder / file_name).write_text(written(file_name), encoding="utf-8")
