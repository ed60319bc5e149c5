"""A record put together: what was extracted, and the capture, site and model that it comes from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from archive.article_text import article_text
from archive.exchange import Capture
from archive.extraction.characters import printable
from archive.extraction.metadata import Facts, Metadata
from archive.extraction.rights import page_rights
from archive.records import Block, Discovery, Extraction, Http, Record, RenderedBy, Rights, WarcPlace
from archive.sites import Site
from archive.software import software_version
from archive.telling.kinds import Warned
from archive.telling.shield import noted


@dataclass(frozen=True, slots=True)
class Context:
    """What a record is made from, apart from the page itself: `model` and `memory` are digests."""

    capture: Capture
    site: Site
    model: str
    memory: str | None = None


def assemble(
    context: Context, metadata: Metadata, facts: Facts, blocks: Sequence[Block], warnings: Sequence[Warned]
) -> Record:
    """A record from its parts. `warnings` says what was odd about the page."""
    capture, site = context.capture, context.site
    said = (*warnings, *noted())
    return Record(
        id=capture.record_id,
        url=capture.url or None,
        requested_url=capture.origin.requested_url or capture.url or None,
        site=site.domain,
        text=article_text(blocks),
        blocks=tuple(blocks),
        date_crawled=_iso(capture.date),
        completeness=capture.completeness,
        obstacle=capture.obstacle,
        http=_http(capture),
        discovery=_discovery(capture),
        warc=_place(capture),
        rendering=_rendering(capture),
        extraction=Extraction(
            version=software_version(),
            config=site.domain,
            config_digest=site.digest(),
            model=context.model,
            memory=context.memory,
            warnings=tuple(printable(str(warning)) for warning in said),
            warning_kinds=tuple(sorted({warning.kind for warning in said})),
        ),
        rights=_rights(capture, facts),
        **metadata._asdict(),
    )


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None


def _said(text: str | None) -> str | None:
    """The words of a server, a feed or a sitemap, without control characters."""
    return text if text is None else printable(text)


def _rights(capture: Capture, facts: Facts) -> Rights:
    rights = page_rights(capture, facts)
    return Rights(**{name: _said(words) for name, words in rights})


def _http(capture: Capture) -> Http:
    if not capture.headers and capture.record_id is None:
        return Http()
    return Http(
        status=capture.status or None,
        content_type=_said(capture.header("Content-Type")),
        etag=_said(capture.header("ETag")),
        last_modified=_said(capture.header("Last-Modified")),
    )


def _discovery(capture: Capture) -> Discovery:
    origin = capture.origin
    if capture.record_id is None:
        return Discovery()
    return Discovery(type=origin.found_in or None, url=origin.via, title=_said(origin.title), date=_said(origin.date))


def _place(capture: Capture) -> WarcPlace | None:
    if capture.place is None:
        return None
    return WarcPlace(
        filename=capture.place.filename,
        offset=capture.place.offset,
        length=capture.place.length,
        record_id=capture.record_id,
        payload_digest=capture.payload_digest,
    )


def _rendering(capture: Capture) -> RenderedBy | None:
    told = capture.rendering
    if told is None:
        return None
    return RenderedBy(browser=printable(told.browser), response=told.response, unfinished=told.unfinished)
