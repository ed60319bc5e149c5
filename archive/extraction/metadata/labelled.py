"""A block as metadata sees it."""

from typing import NamedTuple

from lxml import etree

from archive.labels import Label


class LabelledText(NamedTuple):
    """One visible run of text with its label; `element` is where it stands in the tree, if that is known.
    `configured` says that a selector of the site's own configuration gave the label, `confidence` how sure it is."""

    label: Label
    text: str
    element: etree._Element | None = None
    configured: bool = False
    confidence: float = 1.0
