"""What MkDocs calls: https://www.mkdocs.org/user-guide/configuration/#hooks"""

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from documentation.site_pages import made_pages


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are made."""
    for address, text in made_pages().items():
        files.append(File.generated(config, address, content=text))
    return files
