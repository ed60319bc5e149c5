"""A first site file from pages whose blocks are labelled: selectors, strip rules, and why each was chosen."""

from archive.drafting.candidates import is_generated, names_of
from archive.drafting.layout import Draft, Reason, draft_layout
from archive.drafting.pages import LabelledPage
from archive.drafting.yaml_text import DraftFile, site_text

__all__ = ["Draft", "DraftFile", "LabelledPage", "Reason", "draft_layout", "is_generated", "names_of", "site_text"]
