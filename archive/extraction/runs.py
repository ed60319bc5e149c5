"""What is kept while blocks are gathered: the run of text that becomes one, and the elements that are open."""

from dataclasses import dataclass, field

from lxml import etree


@dataclass(slots=True)
class Mark:
    """An inline element or a cell within a block: its text is pieces `start` to `end`, or to the last one."""

    element: etree._Element
    start: int
    end: int | None = None


@dataclass(slots=True)
class Run:
    """The block being gathered."""

    pieces: list[str] = field(default_factory=list)
    start: etree._Element | None = None
    after: bool = False
    links: int = 0
    bold: int = 0
    anchors: list[etree._Element] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    breaks: int = 0

    def clear(self) -> None:
        """Forget white space, links and breaks, where there is no text yet."""
        self.pieces.clear()
        self.anchors.clear()
        self.marks.clear()
        self.breaks = 0


@dataclass(slots=True)
class Open:
    """A block-level element that is being walked; `parted` once it holds more than one run."""

    element: etree._Element
    parted: bool = False
