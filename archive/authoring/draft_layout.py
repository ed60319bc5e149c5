"""The choice of selectors: for the body the element that holds it, then what inside of it is not body."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from archive.authoring.draft_pages import LabelledPage
from archive.labels import Label

#: A selector that is added must be worth this share of F1; else the shorter file is better.
_WORTH = 0.004
_MOST_BODY, _MOST_STRIP = 4, 25
#: What a stripped character costs: two containers that end in the same body differ in their strip rules.
_STRIP_COST = 0.05
#: What it costs to name the paragraphs rather than the element around them: another page has lists there as well.
_CHILD_COST = 0.03
#: A selector of the body must hold so much body among what no strip rule can take out of it: on pages where none does,
#: the model decides better.
_PRECISE = 0.85
#: What a strip rule finds within the body must bear its label by this share, and where it was seen on one page only;
#: for labels of the article's own parts `_PURE` holds, as tables and posts are easily taken for captions, and for
#: children without a name of their own.
_STRIP_PURE, _STRIP_PURE_ONCE = 0.4, 0.6
#: Labels that a page shows in one place, and how pure a selector for them must be.
_PLACED = (Label.HEADLINE, Label.STANDFIRST, Label.BYLINE, Label.DATE, Label.CAPTION)
_PURE = 0.9


@dataclass(frozen=True, slots=True)
class Reason:
    """One chosen selector and why: on how many pages it stands, and the share of its text that bears its label."""

    label: Label
    selector: str
    pages: int
    pure: float


@dataclass(frozen=True, slots=True)
class Draft:
    """Proposed selectors by label and strip rules, each with its reason; `missed` is body text that none finds."""

    selectors: dict[Label, list[Reason]] = field(default_factory=dict)
    strip: list[Reason] = field(default_factory=list)
    missed: float = 0.0


Covered = list[frozenset[int]]


def draft_layout(pages: Sequence[LabelledPage]) -> Draft:
    """Selectors for pages of one site. Pages whose body is empty are left out."""
    pages = [page for page in pages if page.of(Label.BODY)]
    if not pages:
        return Draft()
    drafting = _Drafting(pages)
    body = drafting.body()
    covered = drafting.union(body)
    placed = {label: found for label in _PLACED if (found := drafting.placed(label))}
    taken = [selector for found in placed.values() for selector in found]
    selectors = {label: [drafting.reason(label, selector) for selector in found] for label, found in placed.items()}
    if body:
        selectors[Label.BODY] = [drafting.reason(Label.BODY, selector) for selector in body]
    return Draft(selectors, drafting.strip(body, covered, taken) if body else [], drafting.missed(covered))


class _Drafting:
    def __init__(self, pages: Sequence[LabelledPage]) -> None:
        self.pages = pages
        self.bodies = [page.of(Label.BODY) for page in pages]
        self.names = sorted({name for page in pages for name in page.coverage})
        self.pure = {name for name in self.names if not any(self._body_in(name))}
        self.strippable = [
            frozenset().union(*(page.coverage[name] for name in self.pure if name in page.coverage)) for page in pages
        ]

    def _body_in(self, name: str) -> Iterable[frozenset[int]]:
        return (self.at(page, name) & body for page, body in zip(self.pages, self.bodies, strict=True))

    @staticmethod
    def at(page: LabelledPage, name: str) -> frozenset[int]:
        parts = (page.coverage.get(part, frozenset()) for part in name.split(", "))
        return frozenset().union(*parts)

    def union(self, names: Sequence[str]) -> Covered:
        return [frozenset().union(*(self.at(page, name) for name in names)) for page in self.pages]

    def body(self) -> list[str]:
        """Selectors whose text, once stripped, is the body: the best one, then what adds to it."""
        chosen: list[str] = []
        best = 0.0
        precise = [name for name in self.names if self._precision(name) >= _PRECISE]
        while len(chosen) < _MOST_BODY:
            name, score = max(
                ((name, self._score([*chosen, name])) for name in precise if name not in chosen),
                key=lambda found: (round(found[1], 4), -_roughness(found[0]), found[0]),
                default=("", 0.0),
            )
            if score < best + (_WORTH if chosen else 0.3):
                break
            chosen.append(name)
            best = score
        return self._joined(chosen)

    def _precision(self, name: str) -> float:
        """The share of body in what a selector finds, without what strip rules can take out again."""
        good = wrong = 0
        for number, (page, body) in enumerate(zip(self.pages, self.bodies, strict=True)):
            found = self.at(page, name)
            good += page.size(found & body)
            wrong += page.size(found - body - self.strippable[number])
        return good / (good + wrong) if good else 0.0

    def _joined(self, names: list[str]) -> list[str]:
        """Selectors that meet on a page become one: among several only the first that finds something decides."""
        meet = any(sum(bool(self.at(page, name)) for name in names) > 1 for page in self.pages)
        return [", ".join(names)] if meet else names

    def _score(self, names: Sequence[str]) -> float:
        scores = [self._page_score(number, covered) for number, covered in enumerate(self.union(names))]
        return sum(scores) / len(scores) - _CHILD_COST * any(" > " in name for name in names)

    def _page_score(self, number: int, covered: frozenset[int]) -> float:
        page, body = self.pages[number], self.bodies[number]
        good = page.size(covered & body)
        wrong = covered - body
        cost = page.size(wrong - self.strippable[number]) + _STRIP_COST * page.size(wrong & self.strippable[number])
        return 2 * good / (good + cost + page.size(body)) if good else 0.0

    def placed(self, label: Label) -> list[str]:
        """Selectors for text that stands in one place, most pages first; few, and pure."""
        wanted = [page.of(label) for page in self.pages]
        left = {number for number, numbers in enumerate(wanted) if numbers}
        chosen: list[str] = []
        while left and len(chosen) < 3:
            found = max(
                (name for name in self.names if self._purity(name, label) >= _PURE),
                key=lambda name: (self._gain(name, wanted, left), -_roughness(name), name),
                default=None,
            )
            if found is None or not self._gain(found, wanted, left):
                break
            chosen.append(found)
            left -= {number for number in left if self.at(self.pages[number], found) & wanted[number]}
        return chosen

    def _gain(self, name: str, wanted: Covered, left: set[int]) -> float:
        shares = (
            self.pages[number].size(self.at(self.pages[number], name) & wanted[number])
            / self.pages[number].size(wanted[number])
            for number in left
        )
        return round(sum(shares), 2)

    def _purity(self, name: str, label: Label) -> float:
        inside = sum(page.size(self.at(page, name)) for page in self.pages)
        right = sum(page.size(self.at(page, name) & page.of(label)) for page in self.pages)
        return right / inside if inside else 0.0

    def strip(self, body: Sequence[str], covered: Covered, taken: Sequence[str]) -> list[Reason]:
        """What lies inside the body's selectors and is not body, by the selectors that hold most of it."""
        done = self.union(taken)
        scope = body[0] if len(body) == 1 and "," not in body[0] else f":is({', '.join(body)})"
        left = [inside - body - gone for inside, body, gone in zip(covered, self.bodies, done, strict=True)]
        rules: list[Reason] = []
        while len(rules) < _MOST_STRIP and any(left):
            fit = [name for name in self.pure if self._may_strip(name, covered, left)]
            name = max(fit, key=lambda name: (self._size(name, left), -_roughness(name), name), default="")
            if not name:
                break
            rules.append(self._rule(name, scope, covered, left))
            left = [numbers - self.at(page, name) for page, numbers in zip(self.pages, left, strict=True)]
        return rules

    def _may_strip(self, name: str, covered: Covered, left: Covered) -> bool:
        """Whether a rule would find what is left, and within the body little that bears another label."""
        if not self._size(name, left):
            return False
        label = self._label_of(name, left)
        pages, pure = self._inside(name, label, covered)
        if label in _PLACED or " > " in name:
            return pure >= _PURE
        return pure >= (_STRIP_PURE if pages > 1 else _STRIP_PURE_ONCE)

    def _rule(self, name: str, scope: str, covered: Covered, left: Covered) -> Reason:
        """The rule for a selector; within the body alone where it also stands for other things elsewhere."""
        label = self._label_of(name, left)
        reason = self.reason(label, name)
        pages, pure = self._inside(name, label, covered)
        return Reason(label, f"{scope} {name}", pages, pure) if reason.pure < min(pure, _PURE) else reason

    def _inside(self, name: str, label: Label, covered: Covered) -> tuple[int, float]:
        """On how many pages a selector stands within the body, and the share of its text there that bears a label."""
        found = [self.at(page, name) & inside for page, inside in zip(self.pages, covered, strict=True)]
        size = sum(page.size(numbers) for page, numbers in zip(self.pages, found, strict=True))
        right = sum(page.size(numbers & page.of(label)) for page, numbers in zip(self.pages, found, strict=True))
        return sum(map(bool, found)), round(right / size, 3) if size else 0.0

    def _size(self, name: str, left: Covered) -> int:
        return sum(page.size(self.at(page, name) & numbers) for page, numbers in zip(self.pages, left, strict=True))

    def _label_of(self, name: str, left: Covered) -> Label:
        count: Counter[Label] = Counter()
        for page, numbers in zip(self.pages, left, strict=True):
            for number in self.at(page, name) & numbers:
                count[page.labels[number]] += page.sizes[number]
        return count.most_common(1)[0][0]

    def reason(self, label: Label, name: str) -> Reason:
        pages = sum(bool(self.at(page, name)) for page in self.pages)
        return Reason(label, name, pages, round(self._purity(name, label), 3))

    def missed(self, covered: Covered) -> float:
        """The share of body text outside the body's selectors."""
        all_of_it = sum(page.size(body) for page, body in zip(self.pages, self.bodies, strict=True))
        found = sum(
            page.size(body & inside) for page, body, inside in zip(self.pages, self.bodies, covered, strict=True)
        )
        return 1 - found / all_of_it


def _roughness(name: str) -> float:
    """How little a selector says: bare tags and long names come last."""
    kinds = {"[": 0.0, ".": 0.2, "#": 0.4}
    return kinds.get(name[0], 1.0) + len(name) / 200 + (0.5 if " > " in name else 0.0)
