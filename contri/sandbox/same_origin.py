"""Refuses form posts from other sites: a page on the web must not steer the sandbox of whoever visits it."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, JsonResponse


def same_origin_only(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: a POST that names an Origin other than this server is answered 403. Programs send none."""

    def answer(request: HttpRequest) -> HttpResponse:
        origin = request.headers.get("Origin")
        if request.method == "POST" and origin is not None and urlsplit(origin).netloc != request.get_host():
            return JsonResponse({"error": "posts are taken from the sandbox's own pages only"}, status=403)
        return get_response(request)

    return answer
