"""What all models of our own files have in common: no key that is not known, and no change once they are read."""

import ast
import inspect
from itertools import pairwise
from typing import Any

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler
from pydantic_core import CoreSchema


class Strict(BaseModel):
    """Docstrings below keys go into the JSON Schema. They are looked for when one is made: Pydantic's own
    `use_attribute_docstrings` reads the source of every model at every start, a tenth of what a page takes."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        schema = handler(core_schema)
        keys = handler.resolve_ref_schema(schema).get("properties", {})
        for model in cls.__mro__:
            if issubclass(model, Strict):
                for name, meaning in _docstrings(model).items():
                    if name in keys:
                        keys[name].setdefault("description", meaning)
        return schema


def _docstrings(model: type) -> dict[str, str]:
    """The docstrings below the keys of a class, by key."""
    (definition,) = ast.parse(inspect.getsource(model)).body
    assert isinstance(definition, ast.ClassDef)  # noqa: S101 - what the source of a class is
    return {
        key.target.id: inspect.cleandoc(said.value.value)
        for key, said in pairwise(definition.body)
        if isinstance(key, ast.AnnAssign) and isinstance(key.target, ast.Name)
        and isinstance(said, ast.Expr) and isinstance(said.value, ast.Constant) and isinstance(said.value.value, str)
    }  # fmt: skip
