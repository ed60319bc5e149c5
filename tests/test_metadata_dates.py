"""Dates to ISO 8601: a table of real-world forms, impossible dates, and published against updated."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from archive.extraction.metadata import Fact, Facts, LabelledText, complete, parse_date
from archive.extraction.metadata.date_roles import labelled_dates
from archive.extraction.metadata.page_dates import sharpened
from archive.extraction.parsing import parse_page
from archive.labels import Label

TABLE = yaml.safe_load((Path(__file__).parent / "tables" / "dates.yaml").read_text(encoding="utf-8"))
EMPTY = parse_page("<html><body><p>Text</p></body></html>")


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row['language']}: {row['text'][:60]}")
def test_a_date_in_its_language(row: dict[str, Any]) -> None:
    assert parse_date(row["text"], language=row["language"]) == row["iso"]


def test_the_table_is_large_and_has_many_languages() -> None:
    assert len(TABLE) >= 150
    assert len({row["language"] for row in TABLE}) >= 25


def test_dates_after_the_capture_are_refused() -> None:
    latest = datetime(2024, 1, 7, tzinfo=UTC)
    assert parse_date("2024-01-06T23:00:00Z", latest=latest) == "2024-01-06T23:00:00+00:00"
    assert parse_date("2024-01-08", latest=latest) is None
    assert parse_date("31/12/18", language="zh", latest=latest) == "2018-12-31"


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        (
            "Publié le 18 juil. 2024 à 08:01 Mis à jour le 18 juil. 2024 à 09:06",
            "fr",
            [("2024-07-18T08:01:00", "published"), ("2024-07-18T09:06:00", "updated")],
        ),
        (
            "Aktualizacja: 19.04.2026 19:45 Publikacja: 19.04.2026 19:05",
            "pl",
            [("2026-04-19T19:45:00", "updated"), ("2026-04-19T19:05:00", "published")],
        ),
        ("Son Güncelleme : 30.04.2024 - 16:49", "tr", [("2024-04-30T16:49:00", "updated")]),
        ("公開日： 2025/01/31 11:30 更新日： 2025/01/31 12:30", "ja",
         [("2025-01-31T11:30:00", "published"), ("2025-01-31T12:30:00", "updated")]),
        ("January 5, 2024", "en", [("2024-01-05", "published")]),
        ("Received: 27 May 2022 / Accepted: 16 December 2022 / Published: 2 January 2023", "en",
         [("2022-05-27", "other"), ("2022-12-16", "other"), ("2023-01-02", "published")]),
        ("Last reviewed: May 2, 2024. Originally published: March 3, 2021", "en",
         [("2024-05-02", "other"), ("2021-03-03", "published")]),
        ("Event date: Saturday, 14 June 2025. Posted 1 May 2025", "en",
         [("2025-06-14", "other"), ("2025-05-01", "published")]),
        ("Accessed: 4 June 2023", "en", [("2023-06-04", "other")]),
        ("Page last reviewed: 4 June 2023. Next review: 4 June 2026", "en",
         [("2023-06-04", "other"), ("2026-06-04", "other")]),
        ("abgerufen am 4. Juni 2023", "de", [("2023-06-04", "other")]),
        ("Eingegangen: 4. Juni 2023, veröffentlicht: 5. Juli 2023", "de",
         [("2023-06-04", "other"), ("2023-07-05", "published")]),
        ("Reçu le 4 juin 2023, accepté le 5 juillet 2023, publié le 6 août 2023", "fr",
         [("2023-06-04", "other"), ("2023-07-05", "other"), ("2023-08-06", "published")]),
        ("Fecha del evento: 14 de junio de 2025. Publicado el 1 de mayo de 2025", "es",
         [("2025-06-14", "other"), ("2025-05-01", "published")]),
        ("收稿日期：2022-05-27 发布时间：2023-01-02", "zh", [("2022-05-27", "other"), ("2023-01-02", "published")]),
        ("Дата обращения: 4 июня 2023", "ru", [("2023-06-04", "other")]),
        ("Date de la fête : 14 juin 2025. Mis en ligne le 1er mai 2025", "fr",
         [("2025-06-14", "other"), ("2025-05-01", "published")]),
        ("Date de publication : 1er mai 2025", "fr", [("2025-05-01", "published")]),
        ("Date of the fair: 14 June 2025", "en", [("2025-06-14", "other")]),
        ("Page vérifiée le 4 juin 2023", "fr", [("2023-06-04", "other")]),
        ("Última verificación: 4 de junio de 2023", "es", [("2023-06-04", "other")]),
        ("Pagina verificata il 4 giugno 2023", "it", [("2023-06-04", "other")]),
        ("Naposledy ověřeno 4. června 2023", "cs", [("2023-06-04", "other")]),
        ("Senast kontrollerad: 4 juni 2023", "sv", [("2023-06-04", "other")]),
        ("Viimeksi tarkistettu 4.6.2023", "fi", [("2023-06-04", "other")]),
        ("最終確認日：2023年6月4日", "ja", [("2023-06-04", "other")]),
        ("Terakhir diperiksa 4 Juni 2023", "id", [("2023-06-04", "other")]),
        ("Publiée le 4 mai 2023", "fr", [("2023-05-04", "published")]),
        ("Modifiée le 5 mai 2023", "fr", [("2023-05-05", "updated")]),
        ("Publicerad 4 maj 2023", "sv", [("2023-05-04", "published")]),
        ("Publicerad 4. maj 2023", "en", [("2023-05-04", "published")]),
        ("Publié le 4 mai 2023, MAJ le 5 mai 2023", "fr", [("2023-05-04", "published"), ("2023-05-05", "updated")]),
        ("MAJ 2023-05-05 à 10:20", "fr", [("2023-05-05T10:20:00", "updated")]),
        ("Submitted on Sun, 25 April 2021 - 14:32", "en", [("2021-04-25T14:32:00", "published")]),
        ("Submitted: 27 May 2022; published: 2 January 2023", "en",
         [("2022-05-27", "other"), ("2023-01-02", "published")]),
    ],
)  # fmt: skip
def test_published_and_updated_are_told_apart(text: str, language: str, expected: Any) -> None:
    assert list(labelled_dates(text, language)) == expected


def test_a_day_takes_its_time_and_a_time_its_offset_from_another_statement() -> None:
    assert sharpened(["2024-01-05", "2024-01-05T10:20:00+01:00"]) == "2024-01-05T10:20:00+01:00"
    assert sharpened(["2024-01-05T10:20:00", "2024-01-05T10:20:00+01:00"]) == "2024-01-05T10:20:00+01:00"
    assert sharpened(["2024-01-05", "2024-01-06T10:20:00Z"]) == "2024-01-05"
    assert sharpened(["2024-01-05T10:20:00+00:00", "2024-01-05T11:20:00+01:00"]) == "2024-01-05T10:20:00+00:00"


def test_an_update_is_never_the_publication() -> None:
    facts = Facts(modified=(Fact("2024-02-02T10:00:00+00:00", "meta:og:updated_time"),))
    found = complete(facts, [], EMPTY, "https://example.org/a")
    assert (found.date_published, found.date_modified) == (None, "2024-02-02T10:00:00+00:00")


def test_date_blocks_fill_what_structured_data_leaves_out() -> None:
    blocks = [
        LabelledText(Label.DATE, "Last updated"),
        LabelledText(Label.DATE, "March 9, 2024"),
        LabelledText(Label.DATE, "Published March 5, 2024"),
    ]
    found = complete(Facts(), blocks, EMPTY, "https://example.org/a", language="en")
    assert (found.date_published, found.date_modified) == ("2024-03-05", "2024-03-09")


def test_a_relative_date_block_takes_its_time_elements_date() -> None:
    tree = parse_page('<p id="d">Posted <time datetime="2024-03-05T08:00:00Z">3 hours ago</time></p>')
    block = LabelledText(Label.DATE, "Posted 3 hours ago", tree.find(".//p"))
    assert complete(Facts(), [block], tree, "").date_published == "2024-03-05T08:00:00+00:00"


def test_a_publication_date_after_the_capture_is_not_believed() -> None:
    facts = Facts(published=(Fact("2031-01-01", "json-ld:datePublished"), Fact("2024-01-05", "meta:date")))
    found = complete(facts, [], EMPTY, "", captured=datetime(2024, 1, 6, tzinfo=UTC))
    assert found.date_published == "2024-01-05"


@pytest.mark.parametrize(
    ("html", "url", "expected"),
    [
        ('<time itemprop="datePublished" datetime="2024-03-05">5 March</time>', "", "2024-03-05"),
        ('<a href="/x"><time datetime="2024-03-09">x</time></a><time datetime="2024-03-05">x</time>', "", "2024-03-05"),
        ('<time class="updated" datetime="2024-03-09">x</time>', "", None),
        ("<p>Text</p>", "https://example.org/2024/03/05/story", "2024-03-05"),
        (
            "<meta property=article:published_time content=2024-03-05><time datetime=2024-03-05T07:30:00Z>x</time>",
            "",
            "2024-03-05T07:30:00+00:00",
        ),
        (
            "<meta property=article:published_time content=2024-03-05><time datetime=2024-03-05T00:00:00Z>x</time>",
            "",
            "2024-03-05",
        ),
        ("<p>Text</p><script>var a=1;var createTime = '2024-03-05 08:00';</script>", "", "2024-03-05T08:00:00"),
        ("<title>Story | The Paper | 05.03.2024</title><p>Text</p>", "", "2024-03-05"),
        ("<p>Text of 5 March 2024 without a date of its own.</p>", "https://example.org/story", None),
    ],
)
def test_places_of_a_date_without_structured_data(html: str, url: str, expected: Any) -> None:
    from archive.extraction.metadata import read_facts

    tree = parse_page(f"<html><body>{html}</body></html>")
    assert complete(read_facts(tree, url), [], tree, url).date_published == expected


def test_the_day_of_a_manuscript_s_submission_yields_to_that_of_its_publication() -> None:
    block = LabelledText(Label.DATE, "Submitted on 27 May 2022. Published on 2 January 2023")
    assert complete(Facts(), [block], EMPTY, "", language="en").date_published == "2023-01-02"


def test_the_day_of_what_is_announced_is_no_publication() -> None:
    said = "Fecha del acto: sábado, 20 de septiembre de 2025. Publicado el 2 de agosto de 2025"
    assert complete(Facts(), [LabelledText(Label.DATE, said)], EMPTY, "", language="es").date_published == "2025-08-02"
    said = "When: Sunday, September 21, 2025, 10 a.m. | Published August 4, 2025"
    assert complete(Facts(), [LabelledText(Label.DATE, said)], EMPTY, "", language="en").date_published == "2025-08-04"
    said = "Page last checked: 9 May 2022 Next check due: 9 May 2025"
    assert complete(Facts(), [LabelledText(Label.DATE, said)], EMPTY, "", language="en").date_published is None
    said = "Date of meeting: Friday, 22 November 2024 | Published: 8 October 2024"
    assert complete(Facts(), [LabelledText(Label.DATE, said)], EMPTY, "", language="en").date_published == "2024-10-08"


def test_a_paper_s_dates_are_listed_at_its_end() -> None:
    lines = ("Recebido 27 Maio 2022", "Aceito 16 Dez 2022", "Publicado 02 Jan 2023")
    blocks = [LabelledText(Label.BODY, line) for line in lines]
    assert complete(Facts(), blocks, EMPTY, "", language="pt").date_published == "2023-01-02"
    told = [LabelledText(Label.BODY, "O livro foi publicado em 2 de janeiro de 2023 pela editora.")]
    assert complete(Facts(), told, EMPTY, "", language="pt").date_published is None


@pytest.mark.parametrize(
    ("number", "expected"),
    [("Account 2016-08-14-7", None), ("Printed 2016-08-14", "2016-08-14")],
)
def test_a_number_that_begins_as_a_date_is_none(number: str, expected: str | None) -> None:
    text = f"<p>The island's donkey carries the salt to the kitchen.</p><div id='bottom'>{number}</div>"
    tree = parse_page(f"<html><body>{text}</body></html>")
    blocks = [LabelledText(Label.CONTACT, number, tree.find(".//div"))]
    assert complete(Facts(), blocks, tree, "https://isle.example/donkey").date_published == expected


@pytest.mark.parametrize("text", ["1" * 5000, "5 January " * 900, ":" * 5000, "2024-01-" * 900, "٣" * 900])
def test_hostile_dates_end_quickly(text: str) -> None:
    assert parse_date(text) is None


def test_a_time_that_microdata_marks_as_the_change_is_one() -> None:
    tree = parse_page("<p>Updated <time itemprop=dateModified datetime=2024-03-09T10:00:00Z>3 years ago</time></p>")
    assert complete(Facts(), [], tree, "").date_modified == "2024-03-09T10:00:00+00:00"


@pytest.mark.parametrize(
    "said", ["Today is Monday, January 6, 2025", "Montag, heute 6. Januar 2025", "今天是2025年1月6日"]
)
def test_a_paper_s_head_says_what_day_it_is(said: str) -> None:
    blocks = [LabelledText(Label.DATE, said), LabelledText(Label.HEADLINE, "Forty voices")]
    url = "https://dell.example/2021/03/09/voices/"
    expected = "2025-01-06" if said.startswith("Montag") else "2021-03-09"
    assert complete(Facts(), blocks, EMPTY, url).date_published == expected


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Diese Seite wurde zuletzt am 11. März 2023 um 18:07 Uhr bearbeitet."),
        ("es", "Esta página se editó por última vez el 11 mar 2023 a las 18:07."),
        ("it", "Questa pagina è stata modificata per l'ultima volta il 11 mar 2023 alle 18:07."),
        ("nl", "Deze pagina is voor het laatst bewerkt op 11 mrt 2023 om 18:07."),
        ("sv", "Sidan redigerades senast den 11 mars 2023 kl. 18.07."),
        ("fi", "Sivua on viimeksi muutettu 11. maaliskuuta 2023 kello 18.07."),
        ("cs", "Stránka byla naposledy editována 11. 3. 2023 v 18:07."),
        ("hu", "A lap utolsó módosítása: 2023. március 11., 18:07"),
        ("ru", "Эта страница в последний раз была отредактирована 11 марта 2023 в 18:07."),
        ("uk", "Цю сторінку востаннє відредаговано о 18:07, 11 березня 2023."),
        ("tr", "Bu sayfa en son 11 Mart 2023 tarihinde ve 18:07 saatinde değiştirilmiştir."),
        ("vi", "Trang này được sửa đổi lần cuối vào ngày 11 tháng 3 năm 2023, 18:07."),
        ("zh", "本页面最后修订于2023年3月11日 (星期六) 18:07。"),
        ("ko", "이 문서는 2023년 3월 11일 (토) 18:07에 마지막으로 편집되었습니다."),
        ("ar", "آخر تعديل لهذه الصفحة كان يوم 11 مارس 2023، الساعة 18:07."),
        ("he", "דף זה נערך לאחרונה ב־11 במרץ 2023, בשעה 18:07."),
        ("th", "หน้านี้แก้ไขล่าสุดเมื่อวันที่ 11 มีนาคม 2566 เวลา 18:07 น."),
    ],
)
def test_when_a_wiki_s_page_was_last_edited_is_no_publication(language: str, text: str) -> None:
    roles = [role for _, role in labelled_dates(text, language)]
    assert set(roles) == {"updated"}
