"""What all models of our own files have in common: no key that is not known, and no change once they are read."""

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """Docstrings below keys go into the JSON Schema."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)
