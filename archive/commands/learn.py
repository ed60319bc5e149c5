"""`cleancopy learn`: what repeats on each site's pages, from the pages that are there already."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from archive.collection.folder import Collection
from archive.commands.options import SitesOption, use_directories
from archive.errors import ConfigurationError, WarcError
from archive.extraction.memory.learning import Learning
from archive.extraction.memory.proposal import proposal
from archive.extraction.memory.shelf import MemoryShelf, write_memory
from archive.extraction.memory.site_memory import SiteMemory
from archive.pipeline.record_lines import learn_warc, learning_pool
from archive.pipeline.text_memory import learn_texts, text_files
from archive.sites import Site, find_site
from archive.telling.terminal import progress, put, tell


def learn(
    folder: Annotated[Path | None, typer.Argument(metavar="[COLLECTION]", help="The collection to learn from.")] = None,
    propose: Annotated[
        str | None, typer.Option("--propose", metavar="SITE", help="Print strip rules for this site's file.")
    ] = None,
    texts: Annotated[
        Path | None, typer.Option("--texts", metavar="DIR", help="Learn from the plain text files (*.txt) in here.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="Where the texts' memory goes.")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Put it in the place of a file that is there.")] = False,
    sites: SitesOption = None,
) -> None:
    """Learn each site's repeated text and places anew; 'cleancopy extract' then applies that to all its pages."""
    use_directories(sites)
    if (folder is None) == (texts is None) or (texts is None) != (output is None):
        raise ConfigurationError("Give a collection, or --texts DIR with --output FILE.")
    if texts is not None and output is not None:
        _from_texts(texts, output, replace)
    elif folder is not None and propose is not None:
        _propose(Collection(folder), propose)
    elif folder is not None and _from_collection(Collection(folder)):
        raise typer.Exit(1)


def _from_collection(collection: Collection, wanted: str | None = None) -> int:
    """The number of WARC files that could not be read to their end. Raises ConfigurationError, before any memory is
    written, if nothing was learnt of the `wanted` site."""
    collection.require()
    shelf = MemoryShelf(collection.memory)
    with collection.repaired(tell):
        learning = Learning(shelf, anew=True)
        faults = _learn(collection, learning)
        if wanted is not None and wanted not in (sites := learning.sites()):
            raise _unknown(collection, wanted, sites)
        for memory in learning.memories():
            shelf.replace(memory)
            tell(_summary(memory))
    tell(f"The memories are in {collection.memory}; 'cleancopy extract {collection.path}' applies them to all records.")
    return faults


def _learn(collection: Collection, learning: Learning) -> int:
    faults = 0
    warcs = list(collection.warcs())
    with learning_pool() as pool, progress("Learning", len(warcs), "WARC files") as bar:
        for warc in warcs:
            try:
                learn_warc(collection, warc, pool, learning)
            except WarcError as error:
                faults += 1
                tell(str(error))
            bar.advance()
    return faults


def _unknown(collection: Collection, site: str, known: Iterable[str]) -> ConfigurationError:
    names = ", ".join(known) or "none"
    return ConfigurationError(f"Nothing is known of '{site}' in {collection.path}. Known sites: {names}.")


def _summary(memory: SiteMemory) -> str:
    known = (
        f"{memory.site}: {memory.articles} articles, {len(memory.texts)} repeated texts, {len(memory.places)} places"
    )
    return known if memory.is_useful else f"{known}; too few articles to be of use"


def _propose(collection: Collection, site: str) -> None:
    collection.require()
    shelf = MemoryShelf(collection.memory)
    if not shelf.latest(site).articles:
        _from_collection(collection, site)
    memory = shelf.latest(site)
    if not memory.articles:
        raise _unknown(collection, site, shelf.sites())
    put(proposal(memory, _stripped(find_site(site, [collection.sites]))))


def _stripped(site: Site | None) -> set[str]:
    """The selectors and patterns that a site's file strips by."""
    rules = [rule for layout in site.layouts for rule in layout.strip] if site else []
    return {selector for rule in rules for selector in (*rule.select, rule.text or "")}


def _from_texts(folder: Path, output: Path, replace: bool) -> None:
    files = text_files(folder)
    if output.exists() and not replace:
        raise ConfigurationError(f"{output} is there already. Give --replace to replace it, or another --output.")
    with progress("Learning", len(files), "files") as bar:
        memory = learn_texts(folder, files, bar.advance)
    write_memory(output, memory)
    tell(f"{_summary(memory)}. Use it with 'cleancopy clean --site-memory {output}'.")
