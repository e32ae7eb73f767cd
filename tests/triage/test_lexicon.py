"""The lexicon files and their notation."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from handoff.triage import lexicon as lexicon_module
from handoff.triage import preload, reading
from handoff.triage.lexicon import LANGUAGES, Lexicon, LexiconError, lexicon, lexicon_for

ROOT = Path(__file__).parents[2]
ASSISTANT_PYTHON = ROOT / "bot" / "assistant" / ".venv" / "bin" / "python"
RULES = yaml.safe_load((ROOT / "handoff" / "triage" / "rules.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("accents", [False, True])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_can_be_read(language: str, accents: bool) -> None:
    known = Lexicon(language, accents=accents)
    for group in known.groups():
        assert not list(known.spans(group, " ")), f"{group} matches an empty text"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_fills_the_groups_of_the_rules(language: str) -> None:
    groups = set(lexicon(language).groups())
    needed = {group for rule in RULES["rules"] for group in rule["all"]}
    # "denied" is for languages that negate at the verb.
    assert needed | set(RULES["scopes"]) - {"denied"} <= groups
    assert groups <= needed | set(RULES["scopes"]), "a group that no rule uses"


def test_rules_name_only_known_blockers() -> None:
    known = set(RULES["scopes"]) | set(RULES["blocker_sets"])
    assert {name for rule in RULES["rules"] for name in rule["unless"]} <= known
    assert {name for names in RULES["blocker_sets"].values() for name in names} <= set(RULES["scopes"])
    assert {rule["intent"] for rule in RULES["rules"]} == {"account_theft", "scam_victim"}


@pytest.fixture
def spaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lexicon:
    (tmp_path / "xx.yml").write_text(
        """
writing: spaced
classes: {coin: [btc, "dog* coin"]}
signals:
  theft: ["my <coin> (was|were)? stol*", "<#> gone", "lost .. <coin>"]
blockers:
  other: one phrase; another (long)? phrase
""",
        encoding="utf-8",
    )
    monkeypatch.setattr(lexicon_module, "FOLDER", tmp_path)
    return Lexicon("xx")


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        ("My BTC was stolen!", True),
        ("my doggy coin stole", True),
        ("my btc, stolen", True),
        ("my btc were not stolen", False),
        ("mybtc was stolen", False),
        ("2,000.50 gone", True),
        ("all gone", False),
        ("lost all of my precious btc", True),
        ("lost. btc", False),
        ("lost one two three four five six btc", False),
    ],
)
def test_phrases_are_found_as_their_notation_says(spaced: Lexicon, text: str, matches: bool) -> None:
    assert bool(list(spaced.spans("theft", spaced.read(text)))) is matches


def test_blockers_may_be_one_text(spaced: Lexicon) -> None:
    assert [
        bool(list(spaced.spans("other", spaced.read(text)))) for text in ("one phrase", "another phrase", "one")
    ] == [
        True,
        True,
        False,
    ]


def test_a_wrong_phrase_is_reported_with_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lexicon_module, "FOLDER", tmp_path)
    for phrase, problem in (("a+", "no meaning"), ("<none> x", "none"), ("(a", "missing")):
        (tmp_path / "xx.yml").write_text(
            yaml.safe_dump({"writing": "spaced", "signals": {"theft": [phrase]}, "blockers": {}}), encoding="utf-8"
        )
        with pytest.raises(LexiconError, match=f"xx.yml: theft: cannot read .*{problem}"):
            list(Lexicon("xx").spans("theft", " a "))


def test_preloading_reads_every_lexicon() -> None:
    preload()


def test_spaced_form_has_one_space_before_every_word() -> None:
    assert reading.spaced("Don't  PANIC, it's 3.5 BTC!!\nOK") == " dont panic its 3.5 btc . ok "
    assert reading.spaced("l'argent j'ai") == " l argent jai "
    assert reading.spaced("Çalındı, đã mất") == " calindi da mat "
    assert reading.spaced("tx 0x" + "ab" * 32) == " tx § "
    assert reading.spaced("...") == " "


def test_solid_form_has_no_spaces() -> None:
    assert reading.solid("我的 币，被盗了！ 快 help") == "我的,币,被盗了.快help"
    assert reading.solid("해킹 당했어요...", "") == "해킹당했어요."


def test_vietnamese_accents_count_only_where_they_are_typed() -> None:
    assert lexicon_for("vi", "tài khoản").read("tài khoản") == " tài khoản "
    assert lexicon_for("vi", "tai khoan").read("tai khoan") == " tai khoan "


def test_traditional_chinese_is_read_in_the_words_of_the_mainland() -> None:
    assert reading.is_traditional("帳戶")
    assert not reading.is_traditional("账户 account")
    assert reading.simplified("我嘅戶口畀人hack咗") == "我的账户被人被盗了"


@pytest.mark.skipif(not ASSISTANT_PYTHON.exists(), reason="the assistant's environment is not installed")
def test_it_runs_in_the_assistants_python() -> None:
    code = "import sys; from handoff.triage import urgency; print(sys.version_info[:2], urgency('我的币被盗了').intent)"
    result = subprocess.run(
        [str(ASSISTANT_PYTHON), "-I", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {code}"],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert result.stdout.split(") ")[1].strip() == "account_theft"
    assert result.stdout.startswith("(3, 10)")


def test_it_imports_nothing_but_the_standard_library_and_yaml() -> None:
    code = "import sys; import handoff.triage; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60, cwd=ROOT
    )
    loaded = set(result.stdout.split()) - set(sys.stdlib_module_names)
    assert not loaded & {"numpy", "pydantic", "mnemonic", "sqlalchemy"}
