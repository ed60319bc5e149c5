"""A record as a TEI document that keeps to the schema which trafilatura ships (TEI P5, tei_corpus)."""

import re
from itertools import groupby

from lxml import etree

from archive.display import form
from archive.labels import Label
from archive.records import Block, Record
from archive.software import software_version

#: Characters that XML 1.0 does not allow (section 2.2).
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: The elements of a text by the form that a block has on its page; all others are paragraphs.
_ELEMENTS = {**{f"h{level}": "ab" for level in range(1, 7)}, "pre": "ab", "li": "item"}
_TYPES = {**{f"h{level}": "header" for level in range(1, 7)}, "pre": "code"}


def tei_document(record: Record) -> bytes:
    """The document as UTF-8 XML."""
    body = _node("body", _node("div", *_text(record), type="entry"))
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


def _clean(text: str | None) -> str:
    return _NOT_XML.sub("", text or "")


def _header(record: Record) -> etree._Element:
    return _node(
        "teiHeader",
        _node(
            "fileDesc",
            _title(record),
            _publication(record),
            _node("notesStmt", _node("note", _clean(record.id), type="id")),
            _source(record),
        ),
        _software(),
        _profile(record),
    )


def _title(record: Record) -> etree._Element:
    authors = [_node("author", _clean(author)) for author in record.authors]
    return _node("titleStmt", _node("title", _clean(record.title), type="main"), *authors)


def _publication(record: Record) -> etree._Element:
    if record.license is None:
        return _node("publicationStmt", _node("p"))
    licence = _node("licence", _clean(record.license), target=_clean(record.license))
    return _node("publicationStmt", _node("publisher", _publisher(record)), _node("availability", licence))


def _publisher(record: Record) -> str:
    return _clean(record.publisher or record.site or "unknown")


def _source(record: Record) -> etree._Element:
    """Where the text is from: the page, and the capture that it was taken from."""
    published = _clean(record.date_published)
    pointers = [_node("ptr", type="URL", target=_clean(record.url))] if record.url else []
    place = record.warc
    capture = f"{place.filename} {place.offset} {place.payload_digest or ''}".strip() if place else ""
    return _node(
        "sourceDesc",
        _node("bibl", ", ".join(filter(None, [_clean(record.title), _publisher(record), published]))),
        _node("bibl", _clean(capture), type="capture"),
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
    parts = [_node("abstract", _node("p", _clean(record.standfirst or record.description)))]
    if record.language:
        parts.append(_node("langUsage", _node("language", ident=_clean(record.language))))
    if record.keywords:
        parts.append(_node("textClass", _node("keywords", *(_node("term", _clean(word)) for word in record.keywords))))
    parts.append(_node("creation", _node("date", _clean(record.date_crawled), type="download")))
    return _node("profileDesc", *parts)


def _text(record: Record) -> list[etree._Element]:
    body = [block for block in record.blocks if block.label is Label.BODY]
    parts: list[etree._Element] = []
    for kind, blocks in groupby(body, form):
        elements = [_element(block, kind) for block in blocks]
        if kind == "li":
            parts.append(_node("list", *elements))
        else:
            parts += [_node("quote", *elements)] if kind == "blockquote" else elements
    return parts or [_node("p")]


def _element(block: Block, kind: str) -> etree._Element:
    element = etree.Element(_ELEMENTS.get(kind, "p"))
    if kind in _TYPES:
        element.set("type", _TYPES[kind])
    first, *more = _clean(block.text).split("\n")
    element.text = first
    for line in more:
        etree.SubElement(element, "lb").tail = line
    return element
