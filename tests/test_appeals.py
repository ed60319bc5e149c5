"""Lines in the dress of a paragraph that ask or tell the reader something."""

import pytest

from archive.extraction.features.word_rows import tokens_of
from archive.extraction.passes.appeals import RULE, without_appeals
from archive.extraction.rules import Verdict
from archive.labels import Label

STORY = ["The last car ferry across the sound will stop in May.", "The county said so on Tuesday night."]
BODY = Verdict(Label.BODY, "model", 0.98)


def told(verdicts: list[Verdict], texts: list[str]) -> list[Verdict]:
    return without_appeals(verdicts, texts, [tokens_of(text) for text in texts])


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("If you like walls, sign up for our free daily newsletter and get the best of them.", Label.PROMOTION),
        ("Abonnez-vous à notre lettre du samedi.", Label.PROMOTION),
        ("Подписывайтесь на наш канал, чтобы не пропустить новости.", Label.SHARE_PROMPT),
        ("Clique aqui e entre no nosso canal de mensagens", Label.PROMOTION),
        ("Únete a nuestro grupo de WhatsApp", Label.PROMOTION),
        ("Join our WhatsApp channel for the latest on the strike.", Label.PROMOTION),
        ("Folgen Sie jetzt unserem WhatsApp-Kanal!", Label.PROMOTION),
        ("Ikuti saluran kami di WhatsApp", Label.PROMOTION),
        ("Dołącz do naszego kanału na Telegramie", Label.PROMOTION),
        ("Follow us on Instagram and never miss a ferry.", Label.SHARE_PROMPT),
        ("© The Alder Courier. All rights reserved.", Label.LEGAL_NOTICE),
        ("未经授权禁止转载、摘编、复制及建立镜像。", Label.LEGAL_NOTICE),
        ("विज्ञापन", Label.PROMOTION),
        ("Pazar bültenimize kaydolun", Label.PROMOTION),
        ("Підпишіться на нашу розсилку!", Label.PROMOTION),
        ("Tilaa ilmainen uutiskirje perjantaisin", Label.PROMOTION),
        ("ニュースレターに登録して最新情報を受け取る", Label.PROMOTION),
        ("👉 加入東岸週刊LINE好友，大小事不漏接", Label.PROMOTION),
        ("Předplaťte si tištěný deník se slevou", Label.PROMOTION),
        ("Haberin Devamı", Label.PROMOTION),
        ("- Advertisement -", Label.PROMOTION),
        ("Článek pokračuje pod reklamou", Label.PROMOTION),
        ("Story continues below advertisement", Label.PROMOTION),
        ("Der Artikel geht nach der Anzeige weiter", Label.PROMOTION),
        ("Juttu jatkuu mainoksen jälkeen", Label.PROMOTION),
        ("You can also follow us on Instagram and TikTok.", Label.SHARE_PROMPT),
        ("Du måste vara inloggad för att kommentera.", Label.COMMENTS),
        ("You must be logged in to post a comment.", Label.COMMENTS),
        ("Zaloguj się, aby ocenić komentarz", Label.COMMENTS),
        ("Нашли ошибку? Выделите её и нажмите Ctrl+Enter.", Label.CONTACT),
    ],
)
def test_what_asks_or_tells_the_reader_is_no_body(text: str, label: Label) -> None:
    assert told([BODY] * 3, [*STORY, text]) == [BODY, BODY, Verdict(label, RULE, 0.98)]


@pytest.mark.parametrize(
    "text",
    [
        "The party's newsletter has 4,000 readers.",
        f"The licence says less than “all rights reserved”. {STORY[0] * 4}",
        "He told the owners to follow us across the moor.",
        "The dredger will follow our old channel to the sea.",
        "She bought the rights to the film.",
        "The council logged in to see its own comments, and found none.",
        "The advertisement was withdrawn in May.",
        "The story continues below the surface of the lake.",
        f"Sign up for our newsletter, it said. {STORY[0] * 10}",
    ],
)
def test_what_a_story_says_stays(text: str) -> None:
    assert told([BODY] * 3, [*STORY, text]) == [BODY] * 3


def test_a_sites_rules_and_other_labels_stand_and_no_page_loses_all() -> None:
    text = "Follow us on Instagram."
    own, note = Verdict(Label.BODY, "site:main", 1.0), Verdict(Label.NOTE, "model", 0.5)
    assert told([BODY, BODY, own, note], [*STORY, text, text]) == [BODY, BODY, own, note]
    assert told([BODY, BODY], [STORY[0], text]) == [BODY, BODY]


@pytest.mark.parametrize(
    "text",
    [
        "This interview has been edited and condensed for clarity.",
        "(Das Gespräch wurde gekürzt und sprachlich bearbeitet.)",
        "Esta entrevista se ha abreviado para facilitar la lectura.",
        "Rozmowa została skrócona.",
        "（このインタビューは読みやすさのために編集されています。）",
    ],
)
def test_how_a_conversation_was_edited_is_a_note(text: str) -> None:
    doubted, sure = (Verdict(Label.PROMOTION, "model", confidence) for confidence in (0.3, 0.9))
    assert told([BODY, BODY, doubted], [*STORY, text])[2] == Verdict(Label.NOTE, RULE, 0.3)
    assert told([BODY, BODY, sure], [*STORY, text])[2] == sure
    assert told([BODY, BODY, doubted], [*STORY, "This interview is for members."])[2] == doubted
