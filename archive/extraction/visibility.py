"""Which elements of a page are not shown, and which of those a reader can open. Of styles, inline ones are read; what
sheets hide is marked before (style_sheets).

Text that is hidden until its reader asks for it (behind "read more", in accordions and tabs) belongs to the article;
what is hidden elsewhere (menus, pop-ups, notes for editors and machines) does not. So a hidden element is opened only
where something opens it for the reader, where it holds text and no links or fields, and where running text is shown
close by.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice, takewhile
from typing import NamedTuple

from lxml import etree

from archive.extraction.asides import MARKS, is_for_the_eye
from archive.extraction.attributes import among, holding

#: Elements whose text is never shown.
HIDDEN = frozenset(
    "head script style noscript template svg annotation annotation-xml iframe object embed audio video canvas map "
    "datalist select textarea noframes noembed applet param frameset dialog title".split()
)
_HIDDEN_STYLE = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.I)
#: Attributes, and what stands in them, of whatever may be hidden.
MAY_HIDE = (("hidden", ""), ("style", "none"), ("style", "hidden"))
#: React streams parts of a page in `<div hidden id="S:1">` and a script puts them in place.
_STREAMED = re.compile(r"S:\w+$")
#: Characters of a hidden text, and the share of them in links, from which and up to which it may be an article's.
_LEAST, _LINKED = 35, 0.3
#: Characters of a beginning that is not alike by chance.
_BEGINNING = 40
#: Levels up in which running text is shown, those for a folded callout (editors of notes set each section into boxes of
#: its own), and those in which names are read.
_NEAR, _NEAR_CALLOUT, _NAMED = 4, 6, 3
_CALLOUT = re.compile(r"callout|admonition", re.I)
#: Hidden elements that are looked at. Of 1,589 real pages none has as many.
_MOST = 500
OPENS = re.compile(
    r"accordion|collaps|expand|toggle|tab-?(?:s\b|pan|content|body)|(?:read|show|see|view|load)-?more|more-?(?:text|content)"
    r"|full-?(?:text|story|article|content)|truncat|spoiler|transcript|faq",
    re.I,
)
#: What a button says that shows the rest of a text.
UNFOLDS = re.compile(
    r"(?:read|show|see|view|load|continue) (?:more|full|all|reading|the rest|the full|the whole)\b.{0,20}"
    r"|weiterlesen|mehr (?:lesen|anzeigen)|lire (?:la suite|plus)|voir plus|(?:leer|ver|mostrar) más"
    r"|leggi (?:tutto|di più)|(?:ler|ver|mostrar) mais|lees (?:meer|verder)|(?:läs|visa) (?:mer|hela|vidare).{0,15}"
    r"|(?:les|vis) mer|læs (?:mere|videre)|(?:lue|näytä) lisää|(?:czytaj|pokaż) (?:dalej|więcej)"
    r"|(?:číst|zobrazit) (?:dále|více)|читать (?:далее|полностью|дальше)|показать полностью|devamını oku"
    r"|আরও পড়ুন|बाकी पढ़ें|続きを読む|もっと見る|阅读全文|展开全文|閱讀全文|더\s?보기"
    r"|baca (?:selengkapnya|lebih lanjut|selanjutnya)|selengkapnya|(?:đọc|xem) (?:thêm|tiếp|toàn bộ|hết|đầy đủ).{0,15}"
    r"|tovább(?: olvasom)?|bővebben|citește (?:mai mult|tot|în continuare)|mai mult"
    r"|διαβάστε (?:περισσότερα|ολόκληρο.{0,15}|τη συνέχεια)"
    r"|(?:прочети|виж|покажи) (?:още|повече)|читати далі|показати більше|(?:čítať|zobraziť) (?:ďalej|viac)"
    r"|(?:pročitaj|prikaži|preberi) (?:više|još|več)|llegir(?:-ne)? més|daha fazla(?: göster| oku)?"
    r"|قراءة المزيد|اقرأ المزيد|عرض المزيد|ادامه مطلب|קרא(?:ו)? עוד|המשך קריאה|और पढ़ें|पूरा पढ़ें|อ่านต่อ|ดูเพิ่มเติม",
    re.I,
)
_ELSEWHERE = re.compile(
    r"modal|pop-?up|pop-?over|overlay|dialog|cookie|consent|gdpr|privacy|newsletter|subscri|paywall|login|sign-?(?:in|up)"
    r"|menu|\bnav|lightbox|share|social|banner|tooltip|dropdown|drop-down|search|comment|advert|\bads?\b|promo|related"
    r"|recommend|track|analytic|print-?only|sidebar|footer|off-?canvas|drawer|\btoc\b|skip|sr-only|screen-reader",
    re.I,
)
#: Pictures that make a row of slides, those looked at, and the share of links that is too much for a caption: cards
#: that lead to other stories slide, too.
_SLIDES, _BESIDE, _LINKED_SLIDE = 3, 400, 0.5
_ARTICLES = frozenset(("article", "main"))
_ELSEWHERE_TAGS = frozenset("nav aside footer form dialog menu header".split())
_FIELDS = ("form", "input", "select", "textarea", "iframe")
#: What may open something, and the attributes that name it.
_SWITCHES = frozenset("a button summary label".split())
_CONTROLS = ("aria-controls", "data-target", "data-bs-target", "data-toggle-target", "href")
#: What a click does, and how it names what it does it to.
_CLICKED, _BY_ID = [("onclick", "getElementById")], re.compile(r"getElementById\(\s*[\"']([^\"'\s]+)[\"']\s*\)")
_CONTROLLING = [(name, "#" if name == "href" else "") for name in _CONTROLS]


def is_never_shown(element: etree._Element) -> bool:
    """Whether an element is of a kind that browsers never show as text, or repeats a formula for the eye alone."""
    tag = element.tag
    if tag in HIDDEN:
        return not (tag == "dialog" and element.get("open") is not None)
    return tag in MARKS and is_for_the_eye(element)


def is_hidden(element: etree._Element) -> bool:
    """Whether an element is not shown: by its kind, `hidden`, or an inline style."""
    if is_never_shown(element):
        return True
    if element.get("hidden") is not None:
        return element.get("hidden") != "until-found" and not _STREAMED.match(element.get("id", ""))
    style = element.get("style")
    return bool(style and _HIDDEN_STYLE.search(style))


class Opened(NamedTuple):
    """The hidden elements that are read, and the shown ones that only begin what those say in full."""

    shown: frozenset[etree._Element]
    replaced: frozenset[etree._Element]
    is_any: bool
    """Whether a reader must open something to read all, native `<details>` included."""


def opened(
    tree: etree._Element, running: Iterable[etree._Element], marked: Iterable[etree._Element] | None = None
) -> Opened:
    """What a page hides of its article, whose running text is shown in these elements. `marked` are its elements with
    an attribute of MAY_HIDE, or more of them, if that is known."""
    shown_in = frozenset(running)
    parents = {parent for element in shown_in if (parent := element.getparent()) is not None}
    stories = shown_in.union(*(islice(below_body(parent), _NEAR) for parent in parents))
    hiding = (holding(tree, MAY_HIDE) if marked is None else among(marked, MAY_HIDE))[:_MOST]
    hidden = [element for element in hiding if is_hidden(element) and element.tag not in HIDDEN]
    covered = [element for element in hidden if _is_story(element, stories)]
    controls = islice(filter(_is_control, holding(tree, _CONTROLLING)), _MOST) if covered else ()
    targets = " ".join(control.get(name, "") for control in controls for name in _CONTROLS).split()
    controlled = {target.removeprefix("#") for target in targets}
    clicked = islice(holding(tree, _CLICKED), _MOST) if covered else ()
    controlled.update(name for control in clicked for name in _BY_ID.findall(control.get("onclick", "")))
    shown = {element for element in covered if element.get("id") in controlled or _is_asked_for(element)}
    shown.update(filter(_is_slide, hidden))
    replaced = frozenset(chain.from_iterable(map(_beginnings, shown)))
    folded = (element for element in islice(tree.iter("details"), _MOST) if element.get("open") is None)
    findable = (element for element in hiding if element.get("hidden") == "until-found")
    closed = any(_is_story(element, stories) for element in chain(folded, findable))
    return Opened(frozenset(shown), replaced, bool(shown) or closed)


def _is_control(element: etree._Element) -> bool:
    """Whether a reader can use an element that names another by one of its attributes."""
    names_other = any(element.get(name) is not None for name in _CONTROLS[:-1])
    if not names_other and not element.get("href", "").startswith("#"):
        return False
    is_button = element.get("role") in ("button", "tab") or element.get("aria-expanded") is not None
    return is_button or element.tag in _SWITCHES


def below_body(element: etree._Element) -> Iterator[etree._Element]:
    """An element and those around it, below `<body>`."""
    return takewhile(lambda up: up.tag not in ("body", "html"), chain([element], element.iterancestors()))


def _is_story(element: etree._Element, stories: frozenset[etree._Element]) -> bool:
    """Whether an element holds text, and stands where the article is."""
    near = _NEAR_CALLOUT if _CALLOUT.search(names_of(element)) else _NEAR
    around = list(islice(below_body(element), near + 1))
    if stories.isdisjoint(around[1:]) or next(element.iter(*_FIELDS), None) is not None:
        return False
    # Around an article all kinds of names stand: "sidebar-1" is the main column of a paper.
    article = next((place for place, up in enumerate(around[:_NAMED]) if up.tag in _ARTICLES), _NAMED)
    if any(_ELSEWHERE.search(names_of(above)) for above in around[: min(article + 1, _NAMED)]):
        return False
    return not any(above.tag in _ELSEWHERE_TAGS for above in below_body(element)) and is_running(element)


def is_running(element: etree._Element) -> bool:
    """Whether an element holds text, and few links."""
    size, linked = (len(shown_text(element)), sum(len(shown_text(link)) for link in element.iter("a")))
    return size >= _LEAST and linked <= _LINKED * size


def _is_slide(element: etree._Element) -> bool:
    """Whether a hidden element is one of a row of pictures with captions, of which another is shown."""
    parent = element.getparent()
    if parent is None or not _is_captioned(element) or any(up.tag in _ELSEWHERE_TAGS for up in below_body(element)):
        return False
    beside = [one for one in islice(parent, _BESIDE) if one.tag == element.tag and _is_captioned(one)]
    return len(beside) >= _SLIDES and not all(map(is_hidden, beside))


def _is_captioned(element: etree._Element) -> bool:
    if next(element.iter("img"), None) is None or next(element.iter(*_FIELDS), None) is not None:
        return False
    linked = sum(len(shown_text(link)) for link in element.iter("a"))
    return bool(text := shown_text(element)) and linked <= _LINKED_SLIDE * len(text)


def _is_asked_for(element: etree._Element) -> bool:
    """Whether something beside the element, its name or that of what holds it says that it can be opened."""
    if element.get("role") == "tabpanel" or any(OPENS.search(names_of(up)) for up in islice(below_body(element), 2)):
        return True
    parent = element.getparent()
    beside = [element.getprevious(), element.getnext(), None if parent is None else parent.getprevious()]
    return any(other is not None and _is_switch(other) for other in beside)


def _is_switch(element: etree._Element) -> bool:
    """Whether an element is a button that opens something, or little more than one."""
    if UNFOLDS.fullmatch(shown_text(element)):
        return True
    switches = element.xpath("descendant-or-self::*[self::button or self::summary or @role='button' or @aria-expanded]")
    named = element.tag in ("a", "span", "div", "p", "label") and OPENS.search(names_of(element))
    return bool(switches or named) and len(shown_text(element)) < 200


def _beginnings(element: etree._Element) -> Iterator[etree._Element]:
    """The element before one that shows no more than the start of its text."""
    before = element.getprevious()
    if before is not None and not is_hidden(before):
        start = shown_text(before).rstrip(" .…")
        if len(start) > _BEGINNING and shown_text(element).startswith(start):
            yield before


def names_of(element: etree._Element) -> str:
    """What an element is called by its classes, its id and its labels."""
    return " ".join(element.get(name, "") for name in ("class", "id", "role", "aria-label", "data-testid"))


def shown_text(element: etree._Element) -> str:
    """All text in an element on one line."""
    return " ".join(" ".join(map(str, element.itertext())).split())
