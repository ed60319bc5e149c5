"""Damaged files of which every record is known: the benchmark on a few, and that it can fail."""

from dataclasses import replace
from random import Random

import numpy as np

from benchmarks.damage import Outcome, judge, run
from benchmarks.damaged_warcs import DamagedFile, made_file


def test_nothing_is_lost_in_silence() -> None:
    outcome = run(files=60, seed=3)
    assert outcome.lost == []
    for what in ("untouched, read", "damaged, named", "untouched pages, extracted", "damaged pages, named"):
        assert outcome.counts[what] > 20


def test_a_loss_would_be_seen() -> None:
    """A file of which it is believed that a record stands where none is."""
    whole = made_file(Random(1))
    gone = whole.records[3]
    places = np.arange(len(whole.content))
    sound, outcome = DamagedFile(whole, whole.content, places, "nothing"), Outcome()
    judge(sound, outcome)
    assert outcome.lost == []
    elsewhere = replace(gone, start=gone.start + 1, head=gone.head + 1)
    records = tuple(elsewhere if each is gone else each for each in whole.records)
    judge(replace(sound, whole=replace(whole, records=records)), outcome)
    assert [lost.partition(":")[0] for lost in outcome.lost] == ["verify", "extract"]
