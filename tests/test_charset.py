"""Bytes to text: declared, undeclared, and declared wrongly."""

import pytest

from archive.extraction.charset import decode, whole

TEXTS = {
    "cp1252": "Die Möwen bleiben, sagte der Sprecher am Montag in der Stadt nach dem Beschluss des Rates.",
    "cp1251": "Совет решил закрыть мост на зиму, сказал инженер.",
    "koi8_r": "Совет решил закрыть мост на зиму, сказал инженер.",
    "cp1253": "Το συμβούλιο αποφάσισε να κλείσει τη γέφυρα για τον χειμώνα.",
    "iso8859_2": "Źródła mówią, że łódź śmiało płynie, a rada zdecydowała o zamknięciu mostu na zimę.",
    "cp932": "町議会は火曜日に橋を冬の間閉鎖することを決めた。",
    "euc_jp": "町議会は火曜日に橋を冬の間閉鎖することを決めた。",
    "gb18030": "议会星期二决定冬季关闭大桥，工程师说。海鸥和船只都要离开港口。",
    "big5": "議會星期二決定冬季關閉大橋，工程師說。海鷗和船隻都要離開港口。",
    "cp949": "의회는 화요일에 다리를 겨울 동안 폐쇄하기로 결정했다고 기술자가 말했다.",
    "cp1255": "המועצה החליטה לסגור את הגשר לחורף, אמר המהנדס.",
    "cp1256": "قرر المجلس إغلاق الجسر لفصل الشتاء، قال المهندس.",
    "cp874": "สภามีมติปิดสะพานในช่วงฤดูหนาว วิศวกรกล่าว",
}


@pytest.mark.parametrize("charset", TEXTS)
def test_undeclared_text_is_read_by_what_it_holds(charset: str) -> None:
    page = f"<html><body><p>{TEXTS[charset] * 3}</p></body></html>"
    text, warnings = decode(page.encode(charset))
    assert text == page
    assert warnings[0].startswith("charset: none declared, read as ")


def test_one_odd_letter_is_a_western_one() -> None:
    assert decode("Work begins once the Möwenboote have moved to the outer basin.".encode("cp1252"))[0].count("ö") == 1


def test_utf_8_is_utf_8_whatever_is_declared() -> None:
    text, warnings = decode("<meta charset=iso-8859-1><p>Möwe".encode())
    assert text.endswith("Möwe")
    assert warnings == ("charset: declared cp1252, is utf-8",)


def test_a_byte_order_mark_comes_first() -> None:
    assert decode("Möwe".encode("utf-16"), "text/html; charset=utf-8") == ("Möwe", ())


@pytest.mark.parametrize("declared", ["zip", "rot13", "hex", "idna", "punycode", "undefined", "no-such"])
def test_what_is_no_charset_is_not_believed(declared: str) -> None:
    assert decode("Möwe".encode(), f"text/html; charset={declared}") == ("Möwe", ())


def test_half_surrogate_pairs_are_joined_or_replaced() -> None:
    assert whole("\ud83d\ude00 and \ud83d") == "\U0001f600 and \ufffd"
    assert whole("plain") == "plain"
