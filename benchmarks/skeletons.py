"""The skeletons of the pages that the bundled site files' tests are of, made anew from the corpus.

    python -m benchmarks.skeletons --corpus ../shared/corpus

Nothing of a page's words is kept: archive/authoring/skeletons.py says what is.
"""

from pathlib import Path
from typing import Annotated

import typer

from archive.authoring.skeletons import skeleton_line, write_skeletons
from archive.sites import bundled_sites, load_site
from benchmarks.corpus import DEFAULT, read_corpus
from benchmarks.sites import capture_of


def main(corpus: Annotated[Path, typer.Option(help="Folder that holds fundus-a/.")] = DEFAULT) -> None:
    """Write them, and say how many there are."""
    captures = {page.url: capture_of(page) for page in read_corpus(corpus, ("fundus-a",))}
    count = size = 0
    for path in sorted(bundled_sites().glob("*.yaml")):
        site = load_site(path)
        lines = {test.url: skeleton_line(site, captures[test.url]) for test in site.tests if test.url in captures}
        if lines:
            size += write_skeletons(site.domain, lines).stat().st_size
            count += len(lines)
    typer.echo(f"{count} skeletons, {size:,} bytes")


if __name__ == "__main__":
    typer.run(main)
