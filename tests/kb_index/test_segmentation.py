from __future__ import annotations

import threading

from kb_index.segmentation import codes, normalised, tokens


def test_latin_words_are_lower_cased_and_lose_their_accents() -> None:
    assert tokens("RÉSUMÉ naïve") == tokens("resume naive")
    assert tokens("Đăng nhập không được") == tokens("dang nhap khong duoc")
    assert tokens("HESABIM ÇALINDI, İŞLEM")[0:2] == ["hesabim", "hesab*"]
    assert "islem" in tokens("İŞLEM")
    assert tokens("Straße") == tokens("STRASSE")


def test_marks_that_make_another_letter_stay() -> None:
    assert tokens("мой") == ["мой"]
    assert normalised("が") == "が"


def test_long_words_share_their_beginning() -> None:
    assert set(tokens("withdrawals")) & set(tokens("withdrawing")) == {"withd*"}
    assert set(tokens("выводов")) & set(tokens("выводами"))
    assert tokens("fee") == ["fee"]


def test_codes_and_numbers_stay_whole() -> None:
    assert "51008" in tokens("报错51008怎么办")
    assert tokens("-1021") == ["-1021", "1021"]
    assert "-1021" in tokens("返回-1021了")
    assert tokens("3.14") == ["3.14"]
    assert tokens("1,000.50") == ["1,000.50"]
    assert tokens("58201/58232,51127") == ["58201", "58232", "51127"]
    assert tokens("２５ＵＳＤＴ") == tokens("25usdt")


def test_compounds_are_found_however_they_are_joined() -> None:
    assert "trc20" in tokens("TRC-20")
    assert "dont" in tokens("don’t")
    assert {"btcusdt", "btc", "usdt"} <= set(tokens("BTC-USDT"))
    assert set(tokens("order-orderstate-error")) >= {"order", "orderstate", "error", "orderorderstateerror"}


def test_hashes_addresses_and_ids_become_their_kind() -> None:
    assert tokens("0x" + "ab12" * 10) == ["#address"]
    assert tokens("ab12" * 16) == ["#hash"]
    assert tokens("2632357285434470812") == ["#number"]


def test_chinese_gives_words_and_characters() -> None:
    found = tokens("我的账户被盗了")
    assert {"账户", "被盗"} <= set(found)
    assert {"账", "户", "盗"} <= set(found)
    assert "户被" not in found


def test_japanese_and_korean_give_bigrams() -> None:
    assert {"出金", "金が", "でき", "出", "金"} <= set(tokens("出金ができない"))
    assert set(tokens("出金")) & set(tokens("出金できません"))
    assert tokens("출금이") == ["출금", "금이"]
    assert tokens("돈") == ["돈"]


def test_full_width_and_invisible_characters_make_no_difference() -> None:
    assert tokens("Ｗｉｔｈｄｒａｗ") == tokens("with\u200bdraw")


def test_nothing_to_search_for_gives_no_tokens() -> None:
    assert tokens("") == tokens(" ?!… 😡") == []


def test_exact_codes_are_recognised_with_sign_and_hyphens() -> None:
    assert codes("OKX 51008, 51008_1000 und -1021") == {"51008", "51008_1000", "-1021"}
    assert codes("err: order-orderstate-error") == {"order-orderstate-error"}
    assert codes("报错58219，提币") == {"58219"}
    assert codes("I sent 12 BTC-USDT-SWAP at 3.14") == frozenset()


def test_many_threads_may_ask_for_chinese_at_once() -> None:
    results: list[list[str]] = []
    threads = [threading.Thread(target=lambda: results.append(tokens("提币一直没到账"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(results) == 8
    assert all(result == results[0] for result in results)
