"""What a browser is told to refuse, and which requests this server refuses."""

from __future__ import annotations

from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

from pages.errors import RefusalError

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

# Nothing inline, nothing from elsewhere, no frame around us, and no string may become mark-up.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    )
)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not "no-referrer": with that, browsers send `Origin: null` with our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def add_security(app: web.Application, public_url: str) -> None:
    """Put the headers on every response and refuse requests that another site made a browser send."""
    public = urlsplit(public_url)
    headers = dict(HEADERS)
    if public.scheme == "https":
        headers["Strict-Transport-Security"] = "max-age=31536000"

    async def on_prepare(request: web.Request, response: web.StreamResponse) -> None:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        response.headers["Server"] = "signpost"  # aiohttp has written its version there.
        # Whatever does not say otherwise is about one visitor.
        response.headers.setdefault("Cache-Control", "no-store")

    @web.middleware
    async def refuse_cross_site(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.method not in SAFE_METHODS and not is_same_origin(request, public.netloc):
            raise RefusalError(403, "cross_site")
        return await handler(request)

    app.on_response_prepare.append(on_prepare)
    app.middlewares.append(refuse_cross_site)


def is_same_origin(request: web.Request, public_host: str = "") -> bool:
    """Whether a request that changes something comes from our own page, or from no browser at all.

    Browsers say so themselves in `Sec-Fetch-Site`; older ones, and all on plain http, send `Origin`.
    A client that sends neither is not a browser, so no other site can make it use a visitor's cookies.
    `public_host` is the host that visitors see when a proxy in front changes `Host`.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    host = urlsplit(origin).netloc
    return bool(host) and host in (request.host, public_host)
