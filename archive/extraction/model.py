"""The trained label model: blocks' features to label probabilities.

Two forests of gradient-boosted trees, kept as ONNX (data, not code) beside their card: the first guesses all labels;
the second sees those guesses around each block and decides between body and not body.
"""

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

import numpy as np
import onnxruntime

from archive.errors import ConfigurationError
from archive.extraction.features.neighbours import Features, Matrix, with_beliefs
from archive.labels import Label

FOLDER = Path(__file__).parent / "models"
#: The order of the model's classes.
LABELS = tuple(Label)


#: From this probability on, a standfirst of the first forest is one, whatever the second makes of it: sources differ
#: on whether a standfirst is body, and so the second one's truth is unsure of it.
_STANDFIRST = 0.4


@dataclass(frozen=True, slots=True)
class Model:
    """A loaded model. `digest` names it in records: its kind and the SHA-256 of its files."""

    digest: str
    first: onnxruntime.InferenceSession
    body: onnxruntime.InferenceSession

    def probabilities(self, of: Features) -> Matrix:
        """Label probabilities, one row a block, columns in the order of LABELS."""
        beliefs = _run(self.first, of.matrix)
        return settle(beliefs, _run(self.body, with_beliefs(of, beliefs))[:, 1])


def settle(beliefs: Matrix, is_body: Matrix) -> Matrix:
    """The body's share as the second forest has it, the rest shared out as the first has it."""
    body, standfirst = LABELS.index(Label.BODY), LABELS.index(Label.STANDFIRST)
    sure = np.where(beliefs[:, standfirst] > _STANDFIRST, 0.0, is_body)
    rest = beliefs.copy()
    rest[:, body] = 0.0
    rest *= ((1 - sure) / (rest.sum(axis=1) + 1e-9))[:, None]
    rest[:, body] = sure
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
        contents = [(folder / f"{kind}-{part}.onnx").read_bytes() for part in ("first", "body")]
        digest = sha256(b"".join(contents)).hexdigest()
        return Model(f"{kind}:sha256:{digest}", *map(_session, contents))
    except (OSError, RuntimeError, ValueError) as error:
        raise ConfigurationError(f"the label model in {folder} cannot be read: {error}") from error
