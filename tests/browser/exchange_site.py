"""An exchange's own page, on another origin than the gateway and under a strict content security policy."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from tests.browser.serving import Serving

PAGE = """<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<title>Exchange</title>
</head>
<body>
<h1>Markets</h1>
<button id="outside">Buy</button>
<script src="{gateway}/widget/support-chat.js"></script><support-chat></support-chat>
</body>
</html>
"""


class ExchangeSite:
    """Serves the same page at `/` in the language that `?lang=` names."""

    def __init__(self, gateway_origin: str) -> None:
        self.gateway_origin = gateway_origin
        app = FastAPI()
        app.get("/")(self._page)
        self.serving = Serving(app)

    def url(self, lang: str = "zh-CN") -> str:
        return f"{self.serving.origin}/?lang={lang}"

    def _page(self, lang: str = "zh-CN") -> HTMLResponse:
        host = self.gateway_origin
        policy = (
            f"default-src 'none'; script-src 'self' {host}; style-src 'self'; img-src 'self' blob:; "
            f"connect-src {host} {host.replace('http', 'ws', 1)}"
        )
        return HTMLResponse(PAGE.format(lang=lang, gateway=host), headers={"Content-Security-Policy": policy})
