from __future__ import annotations

from kb_index.message_report import CALIBRATING, SCORING, TRAINING, Pair, report
from kb_index.training_messages import TrainingMessage


def message(text: str, intent: str = "api", language: str = "en", topic: str = "api-rate-limit") -> TrainingMessage:
    return TrainingMessage(text, intent, language, (topic,), ())


def test_a_text_with_two_labels_is_named_with_both() -> None:
    found = report({TRAINING: [message("my keys are gone"), message("My keys are gone!!", "account_theft")]})
    assert found.conflicts == {"my keys are gone": ["account_theft", "api"]}
    assert found.duplicates == {"my keys are gone": 2}


def test_the_same_letters_in_two_languages_are_two_words() -> None:
    found = report({TRAINING: [message("chao", "goodbye", "es"), message("chào", "greet", "vi")]})
    assert not found.conflicts


def test_a_message_with_one_word_changed_is_found_in_another_split_and_a_different_one_is_not() -> None:
    known = "since this morning every request to the order endpoint is answered with too many requests"
    scored = known.replace("morning", "evening")
    other = "why am i told to slow down when i call you twice a minute"
    found = report({TRAINING: [message(known)], CALIBRATING: [], SCORING: [message(other), message(scored)]})
    assert [(pair.first, pair.second) for pair in found.shared] == [(known, scored)]
    assert isinstance(found.shared[0], Pair)
    assert 0.8 <= found.shared[0].cosine < 1.0


def test_short_common_messages_may_stand_in_two_splits() -> None:
    assert not report({TRAINING: [message("hello")], SCORING: [message("hello")]}).shared


def test_an_intent_and_a_topic_without_a_message_in_a_language_are_gaps() -> None:
    found = report({TRAINING: [message("slow down?"), message("zu schnell?", "kyc", "de", "kyc-age")]})
    assert "intent kyc: no message in en" in found.missing()
    assert "topic kyc-age: no message in en" in found.missing()
    assert "topic kyc-age: no message in de" not in found.missing()
