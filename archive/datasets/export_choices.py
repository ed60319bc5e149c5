"""The choices that an export offers. Nothing heavy is imported here: the command line needs them at once."""

from enum import StrEnum


class Form(StrEnum):
    """A format. `jsonl` has a record a line, `schema-org` a NewsArticle in JSON-LD a line, `datatrove` documents as
    its JsonlReader takes them; `markdown` and `tei` have a file a record."""

    JSONL = "jsonl"
    PARQUET = "parquet"
    CSV = "csv"
    MARKDOWN = "markdown"
    TEI = "tei"
    SCHEMA_ORG = "schema-org"
    DATATROVE = "datatrove"


class Rows(StrEnum):
    """What a row of a data set is: an article, or a reader's comment on one of the chosen articles."""

    ARTICLES = "articles"
    COMMENTS = "comments"


class Revisions(StrEnum):
    """Which captures of one URL are taken: all, or one. The first or last is that of the best ones: a whole article
    goes before a cut one, whenever they were captured, unless `Lesser.TRIES` is asked for."""

    FIRST = "first"
    LAST = "last"
    ALL = "all"


class Lesser(StrEnum):
    """What an export leaves out unless it is asked for. A record is one of the first three, or none.

    `cut`: the capture holds only the beginning of an answer, but there is text. `empty`: no text was found. `obstacle`:
    something else came than the page, such as a captcha. `tries`: what is any of these, where a better capture of
    the same URL was made within a day of it.
    """

    CUT = "cut"
    EMPTY = "empty"
    OBSTACLE = "obstacle"
    TRIES = "tries"


class RightsRule(StrEnum):
    """What must hold of the rights that were stated when a page was captured.

    `robots`: robots.txt allowed the page. `tdm`: text and data mining is not reserved (TDM Reservation Protocol).
    `ai`: neither X-Robots-Tag nor meta robots says noai or noimageai. `licence`: the page names a licence.

    What silence means: sites state `tdm` and `ai` only to refuse, so that a page that says nothing passes them. It does
    not pass `robots`, where robots.txt was not asked or could not be read, nor `licence`.
    """

    ROBOTS = "robots"
    TDM = "tdm"
    AI = "ai"
    LICENCE = "licence"


class Dedup(StrEnum):
    """What counts as a duplicate: nothing, the same text, or nearly the same text."""

    NONE = "none"
    EXACT = "exact"
    NEAR = "near"
