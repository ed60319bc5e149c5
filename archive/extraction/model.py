"""The trained label model: blocks' features to label probabilities.

Three forests of gradient-boosted trees, kept as ONNX (data, not code) beside this file with their card:
a first pass guesses all labels; the second sees the first pass's guesses around each block and decides
between body and not body; the third sees both and decides the label.
"""

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

import numpy as np
import onnxruntime

from archive.errors import ConfigurationError
from archive.extraction.features.neighbours import Matrix, with_beliefs
from archive.labels import Label

FOLDER = Path(__file__).parent / "models"
#: The order of the model's classes.
LABELS = tuple(Label)


@dataclass(frozen=True, slots=True)
class Model:
    """A loaded model. `digest` names it in records: its kind and the SHA-256 of its files."""

    digest: str
    first: onnxruntime.InferenceSession
    body: onnxruntime.InferenceSession
    second: onnxruntime.InferenceSession

    def probabilities(self, matrix: Matrix, words: Matrix) -> Matrix:
        """Label probabilities, one row a block, columns in the order of LABELS. `words` counts each block's."""
        beliefs = _run(self.first, matrix)
        seen = with_beliefs(matrix, beliefs, words)
        is_body = _run(self.body, seen)[:, 1:2]
        return _settle(_run(self.second, np.hstack([seen, is_body])), is_body[:, 0])


def _settle(beliefs: Matrix, is_body: Matrix) -> Matrix:
    """The body's share as the second forest has it, the rest shared out as the third has it."""
    column = LABELS.index(Label.BODY)
    rest = beliefs.copy()
    rest[:, column] = 0.0
    rest *= ((1 - is_body) / (rest.sum(axis=1) + 1e-9))[:, None]
    rest[:, column] = is_body
    return rest


def _run(session: onnxruntime.InferenceSession, matrix: Matrix) -> Matrix:
    return np.asarray(session.run(["probabilities"], {"input": matrix.astype(np.float32)})[0], np.float32)


def _session(content: bytes) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    # One thread: pages are spread over processes, and sums in a fixed order give the same bytes everywhere.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


@cache
def load_model(kind: str = "page", folder: Path = FOLDER) -> Model:
    """The model for `page` or `text` blocks. Raises ConfigurationError if its files cannot be read."""
    try:
        contents = [(folder / f"{kind}-{part}.onnx").read_bytes() for part in ("first", "body", "second")]
        digest = sha256(b"".join(contents)).hexdigest()
        return Model(f"{kind}:sha256:{digest}", *map(_session, contents))
    except (OSError, RuntimeError, ValueError) as error:
        raise ConfigurationError(f"the label model in {folder} cannot be read: {error}") from error
