"""What the running console lets in and what it does not, seen as HTTP."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from handoff.records import Draft, Role
from tests.console.conftest import PASSWORD, Backdoor, Console

pytestmark = pytest.mark.slow
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
HTML = {"accept": "text/html"}


@pytest.fixture
async def browser(console: Console) -> AsyncIterator[httpx.AsyncClient]:
    """Plain HTTP with a cookie jar, as somebody who has not signed in."""
    headers = {"origin": console.url}
    async with httpx.AsyncClient(base_url=console.url, headers=headers, trust_env=False, timeout=20) as client:
        yield client


def found(pattern: str, text: str) -> str:
    """What the pattern's group holds."""
    match = re.search(pattern, text)
    assert match is not None, pattern
    return match[1]


async def sign_in(client: httpx.AsyncClient, username: str, password: str = PASSWORD, **form: str) -> httpx.Response:
    return await client.post("/sign-in", data={"username": username, "password": password, **form})


async def test_nothing_but_the_form_and_the_health_is_open(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/healthz")).json() == {"status": "ok", "components": {"sql": "ok"}}
    page = await browser.get("/team?x=1", headers=HTML)
    assert (page.status_code, page.headers["location"]) == (303, "/sign-in?next=%2Fteam%3Fx%3D1")
    for path in ("/session", "/files/abc", "/_nicegui_ws/socket.io/?EIO=4&transport=polling", "/nonsense"):
        assert (await browser.get(path)).status_code == 401, path
    for path in ("/files/abc", "/password", "/sign-out", "/_nicegui/client/x/upload/1"):
        assert (await browser.post(path, content=b"x")).status_code == 401, path


async def test_the_cookie_cannot_be_read_by_scripts_nor_sent_by_other_sites(
    browser: httpx.AsyncClient, backdoor: Backdoor
) -> None:
    await backdoor.agent("mei")
    answer = await sign_in(browser, "mei", next="/supervisor")
    assert (answer.status_code, answer.headers["location"]) == (303, "/supervisor")
    cookie = answer.headers["set-cookie"]
    assert re.search(r"^lifeline_console=[\w-]{43};", cookie)
    assert {"httponly", "samesite=strict", "path=/"} <= {part.strip().lower() for part in cookie.split(";")}
    assert (await browser.get("/session")).status_code == 204


async def test_behind_https_the_cookie_is_secure(browser: httpx.AsyncClient, backdoor: Backdoor) -> None:
    await backdoor.agent("mei")
    https = {"x-forwarded-proto": "https"}
    answer = await browser.post("/sign-in", data={"username": "mei", "password": PASSWORD}, headers=https)
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith("__host-lifeline_console=")
    assert "; secure" in cookie
    assert "max-age" in answer.headers["strict-transport-security"]


async def test_after_signing_in_one_stays_on_this_site(browser: httpx.AsyncClient, backdoor: Backdoor) -> None:
    await backdoor.agent("mei")
    for target in ("https://evil.test/", "//evil.test", "/\\evil.test", ""):
        assert (await sign_in(browser, "mei", next=target)).headers["location"] == "/"


async def test_another_site_cannot_act_in_the_name_of_a_signed_in_agent(
    browser: httpx.AsyncClient, backdoor: Backdoor
) -> None:
    await backdoor.agent("mei")
    await sign_in(browser, "mei")
    for origin in ({"origin": "https://evil.test"}, {"origin": "null"}):
        assert (await browser.post("/sign-out", headers=origin)).status_code == 403
    del browser.headers["origin"]
    assert (await browser.post("/sign-out")).status_code == 403
    assert (await browser.get("/session")).status_code == 204


async def test_signing_out_ends_the_session_on_the_server(
    browser: httpx.AsyncClient, backdoor: Backdoor, console: Console
) -> None:
    await backdoor.agent("mei")
    await sign_in(browser, "mei")
    stolen = dict(browser.cookies)
    answer = await browser.post("/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert "storage" in answer.headers["clear-site-data"]
    async with httpx.AsyncClient(base_url=console.url, cookies=stolen, trust_env=False) as thief:
        assert (await thief.get("/session")).status_code == 401


async def test_every_answer_carries_the_security_headers_and_pages_a_fresh_nonce(
    browser: httpx.AsyncClient, backdoor: Backdoor
) -> None:
    await backdoor.agent("mei")
    await sign_in(browser, "mei")
    nonces = set()
    for path in ("/", "/", "/healthz", "/sign-in", "/nonsense", "/assets/console.css"):
        answer = await browser.get(path, headers=HTML)
        policy = answer.headers["content-security-policy"]
        nonces.add(found(r"'nonce-([\w-]+)'", policy))
        script_sources = found("script-src ([^;]*)", policy)
        assert "unsafe-inline" not in script_sources
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["referrer-policy"] == "same-origin"
    assert len(nonces) == 6
    page = await browser.get("/", headers=HTML)
    assert page.headers["cache-control"] == "no-store"
    scripts = re.findall(r"<script[^>]*>", page.text)
    assert scripts
    assert all("nonce=" in script for script in scripts)


async def test_too_many_wrong_passwords_lock_the_username_for_a_while(
    browser: httpx.AsyncClient, backdoor: Backdoor
) -> None:
    await backdoor.agent("mei")
    for _ in range(5):
        assert (await sign_in(browser, "mei", "wrong")).status_code == 401
    locked = await sign_in(browser, "mei")  # even with the right one
    assert locked.status_code == 429
    assert int(locked.headers["retry-after"]) > 60
    assert "set-cookie" not in locked.headers


async def test_a_body_that_is_too_large_is_not_read(browser: httpx.AsyncClient, backdoor: Backdoor) -> None:
    assert (await sign_in(browser, "x" * 20_000)).status_code == 413

    async def endless() -> AsyncIterator[bytes]:
        yield b"x"

    assert (await browser.post("/sign-in", content=endless())).status_code == 411


async def test_only_whoever_may_read_a_conversation_gets_its_files(
    browser: httpx.AsyncClient, backdoor: Backdoor
) -> None:
    mei, _ = await backdoor.agent("mei"), await backdoor.agent("jo")
    conversation, handoff = await backdoor.waits("my deposit")
    file = await backdoor.attachments.save(conversation.id, 'shot "1"\r\n截图.png', PNG)
    await backdoor.writes(conversation, "see", attachments=(file,))
    assert (await browser.get(f"/files/{file.id}")).status_code == 401
    await sign_in(browser, "jo")
    waiting = await browser.get(f"/files/{file.id}")  # every agent may look at what waits
    assert (waiting.status_code, waiting.content, waiting.headers["content-type"]) == (200, PNG, "image/png")
    assert "sandbox" in waiting.headers["content-security-policy"]
    assert waiting.headers["content-disposition"].startswith("inline; filename*=UTF-8''")
    await backdoor.desk.claim(handoff.id, mei)
    assert (await browser.get(f"/files/{file.id}")).status_code == 404
    await sign_in(browser, "mei")
    assert (await browser.get(f"/files/{file.id}")).status_code == 200
    await backdoor.desk.close(handoff.id, mei, "resolved")
    assert (await browser.get(f"/files/{file.id}")).status_code == 200, "whoever closed it may still read it"
    await sign_in(browser, "jo")
    assert (await browser.get(f"/files/{file.id}")).status_code == 404
    for unknown in ("0" * 32, "..%2f..%2fsecret_key", "x"):
        assert (await browser.get(f"/files/{unknown}")).status_code == 404


async def test_files_are_taken_only_from_whoever_has_the_conversation_and_only_of_known_types(
    browser: httpx.AsyncClient, backdoor: Backdoor
) -> None:
    mei = await backdoor.agent("mei")
    conversation, handoff = await backdoor.waits("my deposit")
    await sign_in(browser, "mei")
    path, name = f"/files/{conversation.id}", {"x-file-name": "a%20b.png"}
    refused = await browser.post(path, content=PNG, headers=name)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "not_yours")
    await backdoor.desk.claim(handoff.id, mei)
    kept = await browser.post(path, content=PNG, headers=name)
    assert (kept.status_code, kept.json()["name"]) == (200, "a b.png")
    wrong = await browser.post(path, content=b"<svg onload=alert(1)>", headers={"x-file-name": "a.png"})
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (422, "file_type")
    assert (await browser.post(path, content=b"\x89PNG\r\n\x1a\n" + b"0" * 11_000_000, headers=name)).status_code == 413


async def test_pages_of_supervisors_and_administrators_are_theirs_alone(
    browser: httpx.AsyncClient, backdoor: Backdoor
) -> None:
    await backdoor.agent("mei")
    await backdoor.agent("sue", role=Role.SUPERVISOR)
    for username, statuses in (("mei", [303, 303]), ("sue", [200, 303])):
        await sign_in(browser, username)
        assert [(await browser.get(path, headers=HTML)).status_code for path in ("/supervisor", "/team")] == statuses


async def test_with_a_one_time_password_only_the_password_form_is_open(
    browser: httpx.AsyncClient, backdoor: Backdoor
) -> None:
    await backdoor.agent("mei", forced=True)
    assert (await sign_in(browser, "mei")).headers["location"] == "/password"
    for path in ("/", "/session", "/team"):
        answer = await browser.get(path, headers=HTML)
        assert (answer.status_code, answer.headers["location"]) == (303, "/password")
    old = dict(browser.cookies)
    form = {"current": PASSWORD, "new": "a better password", "again": "a better password"}
    assert (await browser.post("/password", data=form | {"again": "another one"})).status_code == 422
    assert (await browser.post("/password", data=form | {"new": "short", "again": "short"})).status_code == 422
    assert (await browser.post("/password", data=form | {"current": "wrong"})).status_code == 401
    assert (await browser.post("/password", data=form)).headers["location"] == "/"
    assert (await browser.get("/session")).status_code == 204
    assert dict(browser.cookies) != old, "the session before the change has ended"


async def test_the_page_of_one_session_cannot_be_driven_from_another(
    browser: httpx.AsyncClient, backdoor: Backdoor
) -> None:
    await backdoor.agent("mei")
    await backdoor.agent("jo")
    await sign_in(browser, "mei")
    page = (await browser.get("/", headers=HTML)).text
    client_id = found(r"client_id\W+([0-9a-f-]{36})", page)
    socket = f"/_nicegui_ws/socket.io/?EIO=4&transport=polling&client_id={client_id}"
    assert (await browser.get(socket)).status_code == 200
    await sign_in(browser, "jo")
    assert (await browser.get(socket)).status_code == 403


async def test_what_a_customer_writes_reaches_the_page_only_over_the_socket(
    browser: httpx.AsyncClient, backdoor: Backdoor
) -> None:
    await backdoor.agent("mei")
    conversation, _ = await backdoor.waits("</script><script>alert(1)</script>")
    await backdoor.conversations.say_as_assistant(conversation.id, [Draft("x")], answering_seq=None)
    await sign_in(browser, "mei")
    page = await browser.get(f"/?c={conversation.id}", headers=HTML)
    assert "alert(1)" not in page.text
