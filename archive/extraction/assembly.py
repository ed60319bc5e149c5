"""A record put together: what was extracted, and the capture, site and model that it comes from."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from archive.article_text import article_text, is_of_text
from archive.capture_fields import Discovery, Http, RenderedBy, WarcPlace
from archive.exchange import Capture, Kind
from archive.extraction.charset import printable
from archive.extraction.imported import imported_by
from archive.extraction.labelling import RESCUE_RULE
from archive.extraction.live_blog import UNSHOWN_RULE
from archive.extraction.memory.site_memory import SiteMemory
from archive.extraction.metadata import Facts, Metadata
from archive.extraction.rights import page_rights
from archive.extraction.stated import HIDDEN_RULE, SCRIPT_RULE
from archive.records import Block, Extraction, Record, Rights
from archive.sites import Site
from archive.software import software_version
from archive.telling.kinds import Warned, WarningKind
from archive.telling.shield import noted

#: Rules of text that a reader of the page does not see as it stands in the record.
_NOTABLE = (
    (HIDDEN_RULE, WarningKind.HIDDEN_TEXT, "text: {} words are stated in JSON-LD and not displayed"),
    (SCRIPT_RULE, WarningKind.SCRIPT_TEXT, "text: {} words stand in a script's data and are not displayed"),
    (UNSHOWN_RULE, WarningKind.HIDDEN_TEXT, "text: {} words of a live blog are stated in JSON-LD and not displayed"),
    (RESCUE_RULE, WarningKind.RESCUED, "text: the labels found no body; {} words that trafilatura keeps were taken"),
)


class Context(NamedTuple):
    """What a record is made from, apart from the page itself: `model` is a digest."""

    capture: Capture
    site: Site
    model: str
    memory: SiteMemory | None = None


def assemble(
    context: Context, metadata: Metadata, facts: Facts, blocks: Sequence[Block], warnings: Sequence[Warned]
) -> Record:
    """A record from its parts. `warnings` says what was odd about the page, beside what is known of its capture."""
    capture, site, origin = context.capture, context.site, context.capture.origin
    stored: Any = {"record_id": capture.record_id, "payload_digest": capture.payload_digest}
    found = {"type": origin.found_in or None, "url": origin.via, "title": origin.title, "date": origin.date}
    record = Record(
        id=capture.record_id,
        url=capture.url or None,
        requested_url=origin.requested_url or capture.url or None,
        site=site.domain,
        text=article_text(blocks),
        blocks=tuple(blocks),
        date_crawled=capture.date.isoformat().replace("+00:00", "Z") if capture.date else None,
        completeness=capture.completeness,
        obstacle=capture.obstacle,
        http=_http(capture),
        discovery=Discovery(**_printable(found)) if capture.record_id else Discovery(),
        warc=WarcPlace(**capture.place._asdict(), **stored) if capture.place else None,
        rendering=_rendering(capture),
        extraction=_extraction(context, (*capture.warnings, *warnings, *noted())),
        rights=Rights(**_printable(dict(page_rights(capture, facts)))),
        **metadata._asdict(),
    )
    return imported_by(origin).told(record)


def _extraction(context: Context, said: Sequence[Warned]) -> Extraction:
    site, memory = context.site, context.memory
    return Extraction(
        version=software_version(),
        config=site.domain,
        config_digest=site.digest(),
        model=context.model,
        memory=memory.digest if memory and memory.is_useful else None,
        warnings=tuple(printable(str(warning)) for warning in said),
        warning_kinds=tuple(sorted({warning.kind for warning in said})),
    )


def _http(capture: Capture) -> Http:
    if not capture.headers and capture.record_id is None:
        return Http()
    fields = {"content_type": "Content-Type", "etag": "ETag", "last_modified": "Last-Modified"}
    return Http(status=capture.status or None, **_printable({to: capture.header(name) for to, name in fields.items()}))


def _printable(said: Mapping[str, str | None]) -> dict[str, str | None]:
    """The words of a server, a feed or a sitemap, without control characters."""
    return {name: words and printable(words) for name, words in said.items()}


def _rendering(capture: Capture) -> RenderedBy | None:
    told = capture.rendering
    if told is None:
        return None
    return RenderedBy(browser=printable(told.browser), response=told.response, unfinished=told.unfinished)


def lacks(blocks: Sequence[Block], obstacle: Kind | None = None) -> tuple[Warned, ...]:
    """What a page's text is short of, and why it may be: warnings."""
    found = [Warned(WarningKind.OBSTACLE, f"obstacle: {obstacle}")] if obstacle else []
    if not blocks:
        return (*found, Warned(WarningKind.NO_TEXT, "text: the page shows no text"))
    if not any(map(is_of_text, blocks)):
        return (*found, Warned(WarningKind.NO_BODY, "text: no body text found"))
    rules = {block.rule for block in blocks}
    for rule, kind, said in _NOTABLE:
        if rule in rules and (words := sum(len(block.text.split()) for block in blocks if block.rule == rule)):
            found.append(Warned(kind, said.format(words)))
    return tuple(found)
