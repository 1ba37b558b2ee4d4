"""The Content-Security-Policy of the sandbox's pages: nothing inline, nothing from elsewhere."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# No form-action: paying sends people on to where Contri wants them back. Two phones talk to Contri, wherever it runs.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src http: ws:;"
    " base-uri 'none'; frame-ancestors 'none'"
)
# A mail brings its own styles; its frame may run nothing.
MAIL_POLICY = f"{POLICY}; style-src-elem 'self' 'unsafe-inline'; style-src-attr 'unsafe-inline'"


def nothing_inline(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: every answer says the policy, unless its view said another."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response

    return answer
