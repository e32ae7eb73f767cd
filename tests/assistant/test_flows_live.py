"""Guided flows as conversations: every flow in four languages, and everything that can come in between."""

from __future__ import annotations

from typing import Any

import pytest

from bot.assistant.server import OwnRasa
from handoff import texts
from handoff.agents import Agents
from handoff.records import HandoffReason, Role
from tests.assistant.live import ENDPOINTS, Chat, Servers

pytestmark = pytest.mark.slow

TRON = "TXvy9ycGMkvJxqqFHRyVQvMhbMvRBDnzwR"
EVM_HASH = "0x" + "ab" * 32
Replies = list[dict[str, Any]]


async def begins(chat: Chat, text: str, flow: str) -> Replies:
    """Writes a text that leads to the flow: at once, or by the button below an article or after a question."""
    replies = await chat.say(text)
    if any(reply["kind"].startswith("flow_") for reply in replies):
        return replies
    offered = [reply for reply in replies if any("/start_flow" in b["payload"] for b in reply["buttons"])]
    return await (chat.press(offered[0], "/start_flow") if offered else chat.say(f'/start_flow{{"flow": "{flow}"}}'))


def kinds(replies: Replies) -> list[str]:
    return [reply["kind"] for reply in replies]


def field(replies: Replies) -> str | None:
    """The field that is asked for."""
    questions = [reply for reply in replies if reply["kind"] == "flow_question"]
    return questions[-1]["meta"]["field"] if questions else None


def says(replies: Replies, key: str, language: str, **values: str) -> bool:
    """Whether one of the replies contains this text, in the language or the nearest that has texts."""
    return any(texts.text(key, language, **values) in reply["text"] for reply in replies)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("zh-Hans", f"我用ERC20网络充值USDT到 {TRON} ，一直没到账"),
        ("en", f"my USDT deposit has not arrived, I sent it over ERC20 to {TRON}"),
        ("ja", f"ERC20でUSDTを {TRON} に入金しましたが、まだ反映されません"),
        ("es", f"mi depósito de USDT no ha llegado, lo envié por ERC20 a {TRON}"),
    ],
)
async def test_a_deposit_on_the_wrong_network_is_answered_at_once(chat: Chat, language: str, text: str) -> None:
    replies = await begins(chat, text, "deposit")

    assert kinds(replies) == ["flow_answer", "answer"], replies
    values = {"chain": "TRON", "network": "ERC20"}
    assert says(replies, "flow_found_address_of_other_chain", language, **values)
    assert replies[1]["meta"]["topic"] == "deposit-wrong-network"
    assert [button["payload"].partition("{")[0] for button in replies[1]["buttons"]] == [
        *("/solved", "/not_solved", "/human")
    ]


@pytest.mark.parametrize(
    ("language", "text", "hash_is"),
    [
        ("zh-Hans", "我的充值一直没到账怎么办", f"哈希是 {EVM_HASH}"),
        ("en", "my deposit has not arrived yet, what can I do", f"the hash is {EVM_HASH}"),
        ("ja", "入金がまだ反映されません。どうすればいいですか", f"ハッシュは {EVM_HASH} です"),
        ("ru", "мой депозит не пришёл, что делать", f"вот хэш {EVM_HASH}"),
    ],
)
async def test_a_missing_deposit_becomes_a_filled_case(chat: Chat, language: str, text: str, hash_is: str) -> None:
    replies = await begins(chat, text, "deposit")
    assert field(replies) == "tx_hash", replies
    assert says(replies, "flow_ask_tx_hash", language)

    assert field(await chat.say(hash_is)) == "network"
    assert field(await chat.answer("ERC20")) == "explorer"
    assert field(await chat.answer("chain_success")) == "coin"
    assert field(await chat.say("USDT")) == "record"
    assert field(await chat.answer("record_none")) == "amount"
    assert field(await chat.say("500 USDT")) == "minimum"
    assert field(await chat.answer("minimum_yes")) == "address"
    assert field(await chat.say("/flow_skip")) == "uid"
    assert kinds(await chat.say("12345678")) == ["committed"]

    handoff = await chat.desk.open_handoff(chat.id)
    assert handoff is not None
    assert (handoff.reason, handoff.skill, handoff.intent) == (
        *(HandoffReason.CASE, "deposit_withdrawal", "deposit_withdrawal"),
    )
    assert handoff.summary["fields"] == {
        "tx_hash": EVM_HASH,
        "network": "ERC20",
        "explorer": "chain_success",
        "coin": "USDT",
        "record": "record_none",
        "amount": "500 USDT",
        "minimum": "minimum_yes",
        "uid": "12345678",
    }
    assert handoff.summary["unknown"] == ["address"]
    assert "500 USDT" in handoff.summary["paragraph"]["en"]
    assert "链上成功" in handoff.summary["paragraph"]["zh-Hans"]
    told = (await chat.conversations.messages(chat.id))[-2]
    assert texts.text("flow_handoff", handoff.language) in told.text
    assert texts.resolve(handoff.language) == texts.resolve(language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("zh-Hans", "我的提现一直卡着没到账"),
        ("en", "my withdrawal is stuck and has not arrived"),
        ("ja", "出金が止まったまま届きません"),
        ("es", "mi retiro está atascado y no llega"),
    ],
)
async def test_a_stuck_withdrawal_is_answered_by_its_code(chat: Chat, language: str, text: str) -> None:
    replies = await begins(chat, text, "withdrawal")
    assert field(replies) == "shown", replies

    replies = await chat.say("58219")

    assert kinds(replies) == ["flow_answer", "answer"], replies
    assert says(replies, "flow_found_withdrawal_hold", language)
    assert replies[1]["meta"]["topic"] == "withdrawal-24h-hold"
    assert kinds(await chat.press(replies[1], "/solved")) == ["solved_thanks"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("zh-Hans", "我的身份认证被拒绝了"),
        ("en", "my identity verification was rejected"),
        ("ja", "本人確認が却下されました"),
        ("es", "rechazaron mi verificación de identidad"),
    ],
)
async def test_a_rejected_verification_gets_what_to_change(chat: Chat, language: str, text: str) -> None:
    replies = await begins(chat, text, "kyc")
    assert field(replies) == "reason", replies

    replies = await chat.say(texts.text("flow_choice_reason_face", language))

    assert says(replies, "flow_found_fix_face", language), replies
    replies = await chat.press(replies[-1], "/not_solved")
    assert kinds(replies) == ["committed"]
    handoff = await chat.desk.open_handoff(chat.id)
    assert handoff is not None
    assert (handoff.skill, handoff.summary["flow"], handoff.summary["fields"]) == (
        *("kyc", "kyc", {"reason": "reason_face"}),
    )


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("zh-Hans", "OKX API 一直返回错误 50113 签名无效"),
        ("en", "OKX API keeps returning error 50113 invalid sign"),
        ("ja", "OKXのAPIでエラー 50113 署名エラーが出ます"),
        ("es", "la API de OKX devuelve el error 50113 firma inválida"),
    ],
)
async def test_an_api_error_is_explained_at_once(chat: Chat, language: str, text: str) -> None:
    replies = await begins(chat, text, "api")

    assert kinds(replies) == ["flow_answer", "answer"], replies
    assert "50113" in replies[0]["text"]
    assert replies[1]["meta"]["topic"] == "api-signature-invalid"
    assert texts.text("flow_explained", language, venue="OKX", code="50113", meaning="", cause="", fix="").startswith(
        replies[0]["text"].partition("50113")[0]
    )


@pytest.mark.parametrize(
    ("language", "code_is"),
    [
        ("zh-Hans", "错误码是 4007"),
        ("en", "error code 4007"),
        ("ja", "エラーコード 4007"),
        ("es", "error 4007"),
    ],
)
async def test_a_code_of_two_exchanges_is_asked_about(chat: Chat, language: str, code_is: str) -> None:
    await chat.conversations.set_language(chat.id, language)
    assert field(await chat.say('/start_flow{"flow": "api"}')) == "code"
    replies = await chat.say(code_is)
    assert field(replies) == "venue", replies

    replies = await chat.answer("HTX")

    assert "HTX" in replies[0]["text"]
    assert "OKX" not in replies[0]["text"]


@pytest.mark.parametrize(
    ("language", "text", "when"),
    [
        ("zh-Hans", "没到强平价就爆仓了，我要申诉", "昨天 10:05 北京时间"),
        ("en", "i was liquidated before the price reached my liquidation price, i dispute it", "yesterday 10:05 UTC"),
        ("ja", "清算価格に達していないのに強制決済されました。納得できません", "昨日 10:05 日本時間"),
        ("es", "me liquidaron antes de llegar al precio de liquidación, quiero reclamar", "ayer 10:05 UTC"),
    ],
)
async def test_a_disputed_liquidation_becomes_a_case(chat: Chat, language: str, text: str, when: str) -> None:
    replies = await begins(chat, text, "trade")
    if field(replies) == "trouble":  # the topic did not tell
        replies = await chat.answer("trouble_liquidation")
    assert field(replies) == "instrument", replies
    assert field(await chat.say("BTC-USDT-SWAP")) == "margin"
    assert field(await chat.answer("margin_cross")) == "side"
    assert field(await chat.answer("side_long")) == "time"
    assert field(await chat.say(when)) == "order_id"
    assert field(await chat.say("312269865356374016")) == "uid"
    assert kinds(await chat.say("/flow_skip")) == ["committed"]

    handoff = await chat.desk.open_handoff(chat.id)
    assert handoff is not None
    assert (handoff.skill, handoff.summary["fields"]["time"]) == ("trading", when)
    told = (await chat.conversations.messages(chat.id))[-2]
    assert texts.text("flow_found_liquidation_by_mark_price", handoff.language) in told.text


@pytest.mark.parametrize(
    ("language", "cry", "no", "when"),
    [
        ("zh-Hans", "我的账户被盗了，3200 USDT 被转走，不是我操作的", "不能", "昨晚十点"),
        ("en", "my account was hacked and 3200 USDT were withdrawn, it was not me", "no", "last night at ten"),
        ("ja", "アカウントが乗っ取られて 3200 USDT が盗まれました。私ではありません", "いいえ", "昨夜10時ごろ"),
        ("ru", "мой аккаунт взломали и вывели 3200 USDT, это был не я", "нет", "вчера вечером"),
    ],
)
async def test_a_theft_is_in_the_line_before_its_questions_are_asked(
    chat: Chat, language: str, cry: str, no: str, when: str
) -> None:
    replies = await chat.say(cry)
    assert kinds(replies) == ["committed", "flow_question"]
    assert field(replies) == "login"
    assert says(replies, "flow_ask_login", language)
    waiting = await chat.desk.open_handoff(chat.id)
    assert waiting is not None
    assert (waiting.priority, waiting.reason) == (0, HandoffReason.THEFT)

    assert field(await chat.say(no)) == "time"  # how much was said already
    assert (await _summary(chat))["fields"] == {"login": "login_no", "loss": "3200 USDT"}
    assert field(await chat.say(when)) == "trace"
    assert field(await chat.say(TRON)) == "given"
    replies = await chat.answer("given_yes")

    assert kinds(replies) == ["flow_noted", "queue_status"]
    summary = await _summary(chat)
    assert (summary["flow"], summary["fields"]["trace"]) == ("theft", TRON)
    assert [finding["key"] for finding in summary["findings"]] == ["locked_out", "secrets_given"]
    assert (await chat.desk.open_handoff(chat.id)).id == waiting.id  # type: ignore[union-attr]


async def _summary(chat: Chat) -> dict[str, Any]:
    handoff = await chat.desk.open_handoff(chat.id)
    assert handoff is not None
    return dict(handoff.summary)


async def test_a_fraud_victim_is_asked_what_belongs_to_a_fraud(chat: Chat) -> None:
    replies = await chat.say("客服让我先交20%的税才能提现，我已经转了500 USDT给他们")

    assert kinds(replies) == ["committed", "flow_question"]
    assert field(replies) == "time"


async def test_a_question_in_between_is_answered_and_the_open_one_asked_again(chat: Chat) -> None:
    await chat.say('/start_flow{"flow": "deposit"}')

    replies = await chat.say("what is the funding rate and when do i pay it")

    assert kinds(replies) == ["answer", "flow_question"], replies
    assert replies[0]["meta"]["topic"] == "funding-rate"
    assert field(replies) == "tx_hash"
    thanks = await chat.press(replies[0], "/solved")
    assert kinds(thanks) == ["solved_thanks", "flow_question"]
    assert field(await chat.say(EVM_HASH)) == "network"


async def test_a_customer_who_comes_back_after_a_restart_goes_on_where_they_were(servers: Servers, chat: Chat) -> None:
    await chat.say('/start_flow{"flow": "deposit"}')
    await chat.say(EVM_HASH)

    with OwnRasa(endpoints=ENDPOINTS, environment=servers.rasa_environment) as restarted:
        replies = await chat.through(restarted.url).say("ERC20")

    assert field(replies) == "explorer", replies


async def test_small_talk_in_between_is_answered_too(chat: Chat) -> None:
    await chat.say('/start_flow{"flow": "deposit"}')

    replies = await chat.say("thank you so much")

    assert kinds(replies) == ["thanks", "flow_question"]


async def test_the_next_question_follows_the_language_of_the_last_message(chat: Chat) -> None:
    begun = await chat.say('/start_flow{"flow": "withdrawal"}')
    assert begun[1]["text"] == texts.text("flow_ask_withdrawal_shown", "en")

    replies = await chat.say("没有任何提示，页面上什么都没有显示")

    assert replies[-1]["text"] == texts.text("flow_ask_status", "zh-Hans")
    assert replies[-1]["buttons"][0]["title"] == texts.text("flow_choice_status_pending", "zh-Hans")


async def test_a_bare_hash_does_not_change_the_language(chat: Chat) -> None:
    await chat.conversations.set_language(chat.id, "zh-Hans")
    await chat.say('/start_flow{"flow": "deposit"}')

    replies = await chat.say(EVM_HASH)

    assert replies[-1]["text"] == texts.text("flow_ask_network", "zh-Hans")


async def test_a_wish_for_a_person_takes_along_what_was_said(chat: Chat) -> None:
    await chat.say('/start_flow{"flow": "deposit"}')
    await chat.say(EVM_HASH)

    replies = await chat.say("let me talk to a human agent please")

    assert kinds(replies) == ["committed"]
    summary = await _summary(chat)
    assert (summary["flow"], summary["fields"]) == ("deposit", {"tx_hash": EVM_HASH})
    # the flow is over: the next message is an ordinary one
    assert kinds(await chat.say("what is the funding rate and when do i pay it")) == ["answer", "queue_status"]


async def test_a_theft_in_between_comes_first(chat: Chat) -> None:
    await chat.say('/start_flow{"flow": "kyc"}')

    replies = await chat.say("someone hacked my account and withdrew all my btc, it was not me")

    assert kinds(replies) == ["committed", "flow_question"]
    assert replies[-1]["meta"]["flow"] == "theft"
    handoff = await chat.desk.open_handoff(chat.id)
    assert handoff is not None
    assert handoff.priority == 0


async def test_a_wrong_format_is_explained_once_then_taken(chat: Chat) -> None:
    await chat.say('/start_flow{"flow": "deposit"}')

    replies = await chat.say(TRON)
    assert kinds(replies) == ["flow_remark", "flow_question"]
    assert says(replies, "flow_wrong_address_for_hash", "en", chain="TRON")
    assert field(replies) == "tx_hash"

    assert field(await chat.say("there is only 12345")) == "network"


async def test_a_hash_of_another_chain_is_questioned_and_may_be_kept(chat: Chat) -> None:
    await chat.say('/start_flow{"flow": "deposit"}')
    await chat.say(EVM_HASH)

    replies = await chat.say("TRC20")
    assert kinds(replies) == ["flow_remark", "flow_question"]
    replies = await chat.press(replies[1], '/flow_reply{"choice": "keep"}')

    assert kinds(replies) == ["flow_answer", "answer"]
    assert replies[1]["meta"]["topic"] == "deposit-wrong-network"


async def test_a_flow_can_be_ended_and_its_old_buttons_say_so(chat: Chat) -> None:
    replies = await chat.say('/start_flow{"flow": "deposit"}')

    assert kinds(await chat.press(replies[-1], "/flow_cancel")) == ["flow_cancelled"]
    assert kinds(await chat.say("/flow_skip")) == ["button_expired"]
    assert kinds(await chat.say("hello")) == ["greet"]


async def test_everything_may_be_skipped(chat: Chat) -> None:
    replies = await chat.say('/start_flow{"flow": "trade"}')
    for _ in range(5):
        replies = await chat.say("/flow_skip")

    assert kinds(replies) == ["committed"]
    assert (await _summary(chat))["fields"] == {}


async def test_another_flow_may_be_chosen_instead(chat: Chat) -> None:
    await chat.say('/start_flow{"flow": "trade"}')

    replies = await chat.say('/start_flow{"flow": "kyc"}')

    assert field(replies) == "reason"
    assert says(await chat.answer("reason_face"), "flow_found_fix_face", "en")


async def test_a_flow_that_an_agent_has_overtaken_is_over(chat: Chat) -> None:
    await chat.say("my account was hacked and all my coins were withdrawn, it was not me")
    handoff = await chat.desk.open_handoff(chat.id)
    assert handoff is not None
    agent = await Agents(chat.conversations._db).create(
        username=f"ada-{chat.id[:8]}", name="Ada", role=Role.AGENT, password="correct horse battery", skills=()
    )
    await chat.desk.claim(handoff.id, agent)
    await chat.desk.close(handoff.id, agent, "resolved")

    assert kinds(await chat.say("thank you so much")) == ["thanks"]
    assert kinds(await chat.say("what is the funding rate and when do i pay it")) == ["answer"]
