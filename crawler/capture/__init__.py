"""What went over the wire, byte for byte, on its way into the archive."""

from crawler.capture.handler import CaptureHandler

__all__ = ["CaptureHandler"]
