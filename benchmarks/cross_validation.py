"""Models asked about pages of sites that they have never seen: five times, each time without a fifth of the sites."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from multiprocessing import cpu_count, get_context
from typing import Any

from archive.extraction.features import matrix, plain
from archive.extraction.features.neighbours import Matrix
from archive.extraction.model import PARTS
from archive.extraction.network import Network
from benchmarks.forests import fit_arbiter, fit_body, fit_first, predict, raw
from benchmarks.samples import FOLDS, Sample, arbiter_rows

#: What a worker process works on; it comes with the fork and is not copied.
_shared: list[Sample] = []


def _share(samples: Sequence[Sample]) -> None:
    _shared[:] = samples


@dataclass(frozen=True, slots=True)
class _Step:
    """One of the models: where its beliefs go, how it is fitted, and what it then believes of a sample."""

    name: str
    fit: Callable[[Sequence[Sample]], Any]
    believe: Callable[[Any, Sample], Matrix]

    def over_fold(self, fold: int) -> list[tuple[int, Matrix]]:
        """What a model that did not see this fold's sites believes of its samples; run in a worker process."""
        fitted = self.fit([sample for sample in _shared if sample.fold != fold])
        left = [number for number, sample in enumerate(_shared) if sample.fold == fold]
        return [(number, self.believe(fitted, _shared[number])) for number in left]


#: The features that the network sees: those of the block itself.
_OWN = {"page": matrix.OWN, "text": plain.OWN}
#: The numbers that the network keeps of each block: of a page no more than a crawl has time for. With 96 the labels of
#: pages are as good, those of texts a little better.
_STATE = {"page": 64, "text": 96}


def fit_network(kind: str, samples: Sequence[Sample]) -> Network:
    """The network of this kind. Ends the program with advice where PyTorch is not installed."""
    try:
        training: Any = import_module("benchmarks.network")
    except ModuleNotFoundError as error:
        raise SystemExit(f"{error}: to train the network, pip install torch==2.13.0 (it takes gigabytes)") from error
    network: Network = training.fit_network(samples, _OWN[kind], _STATE[kind])
    return network


def _decide(arbiter: Any, sample: Sample) -> Matrix:
    return raw(arbiter, arbiter_rows(sample)) if len(sample.kept) else sample.arbiter


def _steps(kind: str) -> tuple[_Step, ...]:
    return (
        _Step("beliefs", fit_first, lambda forest, sample: predict(forest, sample.features.matrix)),
        _Step("is_body", fit_body, lambda forest, sample: predict(forest, sample.seen())),
        _Step(
            "network",
            partial(fit_network, kind),
            lambda network, sample: network.scores(sample.features),
        ),
        *([_Step("arbiter", fit_arbiter, _decide)] if "arbiter" in PARTS[kind] else []),
    )


_STEPS = {kind: _steps(kind) for kind in _OWN}


def cross_validate(samples: Sequence[Sample], tell: Callable[[str], None], kind: str = "page") -> None:
    """Fill the beliefs of every sample from models that never saw its site. Folds run on all cores."""
    steps = _STEPS[kind]
    for number, step in enumerate(steps, 1):
        with get_context("fork").Pool(min(FOLDS, cpu_count()), _share, (samples,)) as pool:
            for found in pool.imap(_fold, [(kind, number - 1, fold) for fold in range(FOLDS)]):
                for place, beliefs in found:
                    setattr(samples[place], step.name, beliefs)
        tell(f"model {number} of {len(steps)}: cross-validated")


def _fold(of: tuple[str, int, int]) -> list[tuple[int, Matrix]]:
    kind, step, fold = of
    return _STEPS[kind][step].over_fold(fold)
