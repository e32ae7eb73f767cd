from __future__ import annotations

import pytest
from pydantic import ValidationError

from kb_index.articles import parse
from kb_index.render import fill, render, render_title
from kb_index.settings import ArticleSettings

from .conftest import WriteArticle


def test_a_set_variable_is_filled_in_and_an_unset_one_reads_as_its_fallback() -> None:
    text = "Wait {security_hold_hours|24} hours, see {status_url|the status page}."
    assert fill(text, {"security_hold_hours": "48"}) == "Wait 48 hours, see the status page."
    assert fill(text, {"security_hold_hours": None, "status_url": ""}) == "Wait 24 hours, see the status page."


def test_a_link_stands_apart_from_letters_and_full_width_punctuation() -> None:
    values = {"freeze_url": "https://x.test/freeze"}
    assert fill("请到{freeze_url|安全设置}冻结", values) == "请到 https://x.test/freeze 冻结"
    assert fill("打开 {freeze_url|安全设置}，冻结", values) == "打开 https://x.test/freeze ，冻结"
    assert fill("Open {freeze_url|settings}, then wait", values) == "Open https://x.test/freeze, then wait"
    assert fill("{freeze_url|settings}\nnext", values) == "https://x.test/freeze\nnext"


def test_a_value_is_not_searched_for_variables() -> None:
    assert fill("{exchange_name|we}", {"exchange_name": "{freeze_url|x}"}) == "{freeze_url|x}"


def test_an_article_is_rendered_with_its_title(write_article: WriteArticle) -> None:
    article = parse(write_article("kyc-age", title='"{exchange_name|We} and age"', body="{minimum_age|18} years.\n"))
    assert render(article, {"minimum_age": "21"}) == "21 years."
    assert render_title(article, {"exchange_name": "Bolt"}) == "Bolt and age"


def test_settings_become_variables_and_official_hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIFELINE_FREEZE_URL", "https://www.bolt.test/freeze")
    monkeypatch.setenv("LIFELINE_KYC_URL", "https://id.bolt.test:8443/kyc?x=1")
    monkeypatch.setenv("LIFELINE_SECURITY_HOLD_HOURS", "48")
    monkeypatch.setenv("LIFELINE_STATUS_URL", "")
    settings = ArticleSettings(_env_file=None)
    variables = settings.variables()
    assert variables["freeze_url"] == "https://www.bolt.test/freeze"
    assert variables["security_hold_hours"] == "48"
    assert variables["status_url"] is None
    assert settings.official_hosts() == {"www.bolt.test", "id.bolt.test"}


@pytest.mark.parametrize("value", ["http://bolt.test", "bolt.test/freeze", "https://", "https://bolt.test/a b"])
def test_a_link_that_customers_could_not_follow_safely_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("LIFELINE_FREEZE_URL", value)
    with pytest.raises(ValidationError):
        ArticleSettings(_env_file=None)
