"""Content codings taken off what the spider reads. The archive keeps a body as it came."""

from scrapy import Request, Spider
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.http import Response

from archive.warc.codings import gunzip_whole


class Decompression(HttpCompressionMiddleware):
    """Scrapy's middleware at less cost. Where no charset is declared, Scrapy's guesses one from the compressed bytes
    and then drops the guess, which takes as long as all else that is done with a page; and it raises TypeError for a
    page in a coding that it does not know."""

    def process_response(
        self,
        request: Request,
        response: Response,
        spider: Spider | None = None,  # noqa: ARG002 - Scrapy's old way to call it
    ) -> Request | Response:
        """Decode the body."""
        return super().process_response(request, _without_text(response) if _is_coded(response) else response)

    @staticmethod
    def _decode(body: bytes, encoding: bytes, max_size: int) -> bytes:
        whole = gunzip_whole(body, max_size) if encoding in (b"gzip", b"x-gzip") else None
        return HttpCompressionMiddleware._decode(body, encoding, max_size) if whole is None else whole


def _is_coded(response: Response) -> bool:
    return b"Content-Encoding" in response.headers


def _without_text(response: Response) -> Response:
    """The same as a response that does not ask for its charset when it is copied."""
    return Response(**{name: getattr(response, name) for name in Response.attributes})
