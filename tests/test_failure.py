"""Failures: kinds that programs go by, sentences and figures that are made of them."""

import pytest

from archive.collection.failure import Failed, FailureKind
from archive.collection.site_figures import SiteFigures


@pytest.mark.parametrize(
    "why",
    [
        *(Failed(kind, 418, "x") for kind in FailureKind),
        *map(Failed.of_status, (400, 401, 402, 403, 404, 408, 410, 429, 451, 500, 503)),
        Failed(FailureKind.REFUSED, 200),
    ],
    ids=lambda why: f"{why.kind}-{why.status}",
)
def test_every_kind_has_a_sentence_and_a_figure(why: Failed) -> None:
    assert why.sentence
    assert "None" not in why.sentence
    assert "{" not in why.sentence
    assert why.figure in (why.kind.value, f"http_{why.status}")


@pytest.mark.parametrize(
    ("why", "sentence", "figure"),
    [
        (Failed.of_status(404), "HTTP 404", "http_404"),
        (Failed.of_status(403), "HTTP 403", "http_403"),
        (Failed(FailureKind.REFUSED, 200), "a refusal came instead of the page (HTTP 200)", "refused"),
        (Failed(FailureKind.CAPTCHA, 403), "a test for robots came instead of the page (HTTP 403)", "captcha"),
        (Failed(FailureKind.CONNECTION, detail="refused", tries=3), "the server refused the connection (3 tries)", ""),
        (Failed(FailureKind.ROBOTS, tries=3), "robots.txt forbids it", ""),
        (Failed(FailureKind.HTTP_ERROR, 503, tries=2), "HTTP 503 (2 tries)", "http_503"),
    ],
)
def test_what_people_are_told_and_what_is_counted(why: Failed, sentence: str, figure: str) -> None:
    assert (why.sentence, why.figure) == (sentence, figure or why.kind.value)


def test_figures_of_earlier_versions_are_read_by_the_kinds_of_today() -> None:
    told = {"failed": {"address": 2, "size": 1, "dns": 1, "http_404": 3}, "statuses": {"404": 3}}
    figures = SiteFigures.model_validate(told)
    assert figures.failed == {"private_address": 2, "too_large": 1, "dns": 1, "http_404": 3}
    assert (figures.faults, figures.tries, figures.fault_share) == (7, 7, 1.0)
