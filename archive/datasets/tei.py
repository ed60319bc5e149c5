"""A record as a TEI document that keeps to the schema which trafilatura ships (TEI P5, tei_corpus)."""

from collections.abc import Sequence

from lxml import etree

from archive.article_structure import article_structure
from archive.datasets.tei_text import clean, tei_parts
from archive.labels import Label
from archive.records import Record
from archive.software import software_version


def tei_document(record: Record, labels: Sequence[Label] = ()) -> bytes:
    """The document as UTF-8 XML. `labels` are those of the text's blocks; by default the text is the record's."""
    parts = tei_parts(article_structure(record, labels or None)) or [_node("p")]
    body = _node("body", _node("div", *parts, type="entry"))
    document = _node("TEI", _header(record), _node("text", body), xmlns="http://www.tei-c.org/ns/1.0")
    return etree.tostring(document, encoding="utf-8", xml_declaration=True, pretty_print=True)


def _node(tag: str, *content: etree._Element | str, **attributes: str) -> etree._Element:
    node = etree.Element(tag, attributes)
    for part in content:
        if isinstance(part, str):
            node.text = part
        else:
            node.append(part)
    return node


def _header(record: Record) -> etree._Element:
    return _node(
        "teiHeader",
        _node(
            "fileDesc",
            _title(record),
            _publication(record),
            _node("notesStmt", _node("note", clean(str(record.id or "")), type="id")),
            _source(record),
        ),
        _software(),
        _profile(record),
    )


def _title(record: Record) -> etree._Element:
    authors = [_node("author", clean(author)) for author in record.authors]
    return _node("titleStmt", _node("title", clean(record.title), type="main"), *authors)


def _publication(record: Record) -> etree._Element:
    if record.license is None:
        return _node("publicationStmt", _node("p"))
    licence = _node("licence", clean(record.license), target=clean(record.license))
    return _node("publicationStmt", _node("publisher", _publisher(record)), _node("availability", licence))


def _publisher(record: Record) -> str:
    return clean(record.publisher or record.site or "unknown")


def _source(record: Record) -> etree._Element:
    """Where the text is from: the page, and the capture that it was taken from."""
    published = clean(record.date_published)
    pointers = [_node("ptr", type="URL", target=clean(record.url))] if record.url else []
    place = record.warc
    capture = f"{place.filename} {place.offset} {place.payload_digest or ''}".strip() if place else ""
    return _node(
        "sourceDesc",
        _node("bibl", ", ".join(filter(None, [clean(record.title), _publisher(record), published]))),
        _node("bibl", clean(capture), type="capture"),
        _node(
            "biblFull",
            _title(record),
            _node("publicationStmt", _node("publisher", _publisher(record)), *pointers, _node("date", published)),
        ),
    )


def _software() -> etree._Element:
    application = _node("application", _node("label", "cleancopy"), version=software_version(), ident="cleancopy")
    return _node("encodingDesc", _node("appInfo", application))


def _profile(record: Record) -> etree._Element:
    parts = [_node("abstract", _node("p", clean(record.standfirst or record.description)))]
    if record.language:
        parts.append(_node("langUsage", _node("language", ident=clean(record.language))))
    if record.keywords:
        parts.append(_node("textClass", _node("keywords", *(_node("term", clean(word)) for word in record.keywords))))
    parts.append(_node("creation", _node("date", clean(record.date_crawled), type="download")))
    return _node("profileDesc", *parts)
