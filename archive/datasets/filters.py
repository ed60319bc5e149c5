"""Which records go into a data set."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from archive.datasets.condition import LONGEST
from archive.datasets.export_choices import Lesser, RightsRule
from archive.errors import ConfigurationError
from archive.labels import Label

#: The rules as SQL. What is not known counts as allowed for `tdm` and `ai`, which sites state only to refuse.
RIGHTS_CONDITIONS = {
    RightsRule.ROBOTS: "coalesce(rights.robots = 'allowed', false)",
    RightsRule.TDM: "trim(coalesce(rights.tdm_reservation, '0')) IN ('0', '')",
    RightsRule.AI: "NOT regexp_matches(lower(concat_ws(',', rights.x_robots_tag, rights.meta_robots)), "
    "'(^|[^a-z])no(image)?ai([^a-z]|$)')",
    RightsRule.LICENCE: "license IS NOT NULL",
}
Named = Annotated[str, StringConstraints(max_length=1_000)]


class Filters(BaseModel):
    """What records must have. Days are those that the source itself states as the day of publication: records
    without one are left out where `since` or `until` (both inclusive) is given. A language stands for its regional
    forms too. `label_shares` are the largest shares of a page's characters that a label may have, from 0 to 1.
    `include` is what is taken beside whole articles with text; None, as in data sets made before there was this choice,
    takes everything."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sites: tuple[Named, ...] = ()
    languages: tuple[Named, ...] = ()
    since: date | None = None
    until: date | None = None
    min_words: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0
    label_shares: tuple[tuple[Label, float], ...] = ()
    rights: tuple[RightsRule, ...] = ()
    where: Annotated[str, StringConstraints(max_length=LONGEST)] | None = None
    include: tuple[Lesser, ...] | None = ()

    def check(self) -> None:
        """Raises ConfigurationError where nothing could ever pass."""
        if self.since and self.until and self.since > self.until:
            raise ConfigurationError(
                f"--since {self.since} is after --until {self.until}: no article can be in between"
            )
        for label, share in self.label_shares:
            if not 0 <= share <= 1:
                raise ConfigurationError(f"--label-share {label}={share:g}: a share is between 0 and 1")

    def includes(self, lesser: Lesser) -> bool:
        """Whether this is taken too."""
        return self.include is None or lesser in self.include

    def condition(self) -> str:
        """What SQL can decide of it; `min_words` and `label_shares` are counted by the selection."""
        return " AND ".join(f"coalesce(({part}), false)" for part in self._conditions()) or "true"

    def _conditions(self) -> Iterator[str]:
        if self.sites:
            yield f"site IN ({', '.join(map(_quoted, self.sites))})"
        if self.languages:
            yield " OR ".join(
                f"starts_with(lower(language) || '-', {_quoted(tag.lower() + '-')})" for tag in self.languages
            )
        if self.since:
            yield f"date_published_day >= DATE '{self.since}'"
        if self.until:
            yield f"date_published_day <= DATE '{self.until}'"
        yield from (RIGHTS_CONDITIONS[rule] for rule in self.rights)
        if self.where:
            yield f"\n{self.where}\n"


def label_share(text: str) -> tuple[Label, float]:
    """`promotion=0.2` as a label and its largest share. Raises ConfigurationError."""
    name, _, share = text.partition("=")
    if name not in set(Label):
        raise ConfigurationError(f"--label-share {text}: there is no label {name!r}; the labels are {', '.join(Label)}")
    try:
        return Label(name), float(share)
    except ValueError as error:
        raise ConfigurationError(f"--label-share {text}: expected LABEL=SHARE, such as promotion=0.2") from error


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
