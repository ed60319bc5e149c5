"""The fifteen kinds of text on a news page."""

from enum import StrEnum


class Label(StrEnum):
    """What a block of text is. The value is what stands in records and site files."""

    HEADLINE = "headline"
    STANDFIRST = "standfirst"
    BYLINE = "byline"
    DATE = "date"
    BODY = "body"
    CAPTION = "caption"
    AUTHOR_BIO = "author_bio"
    NOTE = "note"
    SHARE_PROMPT = "share_prompt"
    PROMOTION = "promotion"
    LEGAL_NOTICE = "legal_notice"
    CONTACT = "contact"
    RELATED = "related"
    COMMENTS = "comments"
    NAVIGATION = "navigation"


#: What each label holds, in one line; shown in the schema, the legend and the README.
MEANING: dict[Label, str] = {
    Label.HEADLINE: "the article's headline as displayed with it",
    Label.STANDFIRST: "deck, sub-headline, summary or key points set apart before the text",
    Label.BYLINE: "who wrote it, roles and agency credits included",
    Label.DATE: "published and updated stamps, reading time",
    Label.BODY: "paragraphs, subheadings, lists, quotes, tables, code and embedded posts of the story",
    Label.CAPTION: "captions and credits of images, videos and charts",
    Label.AUTHOR_BIO: "about the author",
    Label.NOTE: "editor's or publisher's note on this article: correction, origin, disclosure",
    Label.SHARE_PROMPT: "share, follow, print and like buttons and prompts, share counts",
    Label.PROMOTION: "subscribe, newsletter, donate, membership, adverts, the author's own book, paywall",
    Label.LEGAL_NOTICE: "copyright, disclaimer, licence, fair use, terms, cookie and consent text",
    Label.CONTACT: "media inquiries, tip lines, addresses, telephone numbers",
    Label.RELATED: "other stories: read more, recommended, trending, tags, previous and next",
    Label.COMMENTS: "readers' comments, counters and forms",
    Label.NAVIGATION: "all other site chrome",
}
