"""A record as a NewsArticle of schema.org, in JSON-LD (https://schema.org/NewsArticle)."""

from typing import Any

from archive.records import Image, Record


def news_article(record: Record) -> dict[str, Any]:
    """The JSON-LD object; what is not known is left out."""
    article = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": f"urn:uuid:{record.id}" if record.id else None,
        "url": record.url,
        "mainEntityOfPage": record.canonical_url,
        "headline": record.title,
        "alternativeHeadline": record.standfirst,
        "description": record.description,
        "articleBody": record.text,
        "articleSection": record.section,
        "author": [{"@type": "Person", "name": name} for name in record.authors],
        "creditText": record.byline,
        "datePublished": record.date_published,
        "dateModified": record.date_modified,
        "inLanguage": record.language,
        "publisher": {"@type": "Organization", "name": record.publisher} if record.publisher else None,
        "keywords": list(record.keywords),
        "image": [_image(image) for image in record.images],
        "isAccessibleForFree": record.is_accessible_for_free,
        "license": record.license,
        "identifier": _digest(record),
    }
    return {name: value for name, value in article.items() if value not in (None, [])}


def _image(image: Image) -> dict[str, str]:
    values = {"caption": image.caption, "creditText": image.credit, "description": image.alt}
    known = {name: value for name, value in values.items() if value}
    return {"@type": "ImageObject", "contentUrl": image.url, **known}


def _digest(record: Record) -> dict[str, str] | None:
    """The payload digest: what the captured page can be known by in any archive."""
    if record.warc is None or record.warc.payload_digest is None:
        return None
    return {"@type": "PropertyValue", "propertyID": "WARC-Payload-Digest", "value": record.warc.payload_digest}
