"""Where each kind of text stands on a site's pages: the key `layouts` of a site file."""

from collections.abc import Iterator
from typing import Self

from pydantic import ConfigDict, model_validator

from archive.labels import Label
from archive.sites.site_values import Day, Pattern, Selectors
from archive.sites.strict import Strict


class StripRule(Strict):
    """Takes blocks out of the body and says what they are. With both 'select' and 'text', both must hold."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [
                {"required": ["text"], "properties": {"text": {"type": "string"}}},
                {"required": ["select"], "properties": {"select": {"minItems": 1}}},
            ]
        }
    )

    label: Label
    """What the text is. It stays in the record under this label."""
    select: Selectors = ()
    """Elements whose text is meant."""
    text: Pattern | None = None
    """A regular expression that is searched in the text of a block."""

    @model_validator(mode="after")
    def _says_what(self) -> Self:
        if not self.select and self.text is None:
            raise ValueError("expected 'select' or 'text', or both")
        return self


class Layout(Strict):
    """Selectors by label. Each list is ordered: the first selector that finds something decides."""

    valid_from: Day | None = None
    """The first day (UTC) of captures that this layout is for."""
    valid_until: Day | None = None
    """The day (UTC) from which captures have another layout."""
    headline: Selectors = ()
    standfirst: Selectors = ()
    byline: Selectors = ()
    """Who wrote the article. Where it finds text with names, these are the authors."""
    date: Selectors = ()
    body: Selectors = ()
    """The element around the article's text, or its parts. What lies outside of it is never body."""
    caption: Selectors = ()
    author_bio: Selectors = ()
    note: Selectors = ()
    share_prompt: Selectors = ()
    promotion: Selectors = ()
    legal_notice: Selectors = ()
    contact: Selectors = ()
    related: Selectors = ()
    comments: Selectors = ()
    navigation: Selectors = ()
    next_page: Selectors = ()
    """The link to the next page of a story in several pages. Without it: links that are sure to lead there."""
    single_page: Selectors = ()
    """The link to the view that has all pages of a story in one, which is captured in place of the others."""
    strip: tuple[StripRule, ...] = ()
    """Text within the body that is none. The first rule that holds decides."""

    @model_validator(mode="after")
    def _runs_forward(self) -> Self:
        if self.valid_from and self.valid_until and self.valid_from >= self.valid_until:
            raise ValueError("expected valid_from to be before valid_until")
        return self

    def selectors(self) -> Iterator[tuple[Label, tuple[str, ...]]]:
        """The labels that this layout names, with their selectors."""
        for label in Label:
            if found := getattr(self, label.value):
                yield label, found

    def holds(self, day: Day) -> bool:
        """Whether this layout is for a page captured on that day."""
        return not (self.valid_from and day < self.valid_from) and not (self.valid_until and day >= self.valid_until)
