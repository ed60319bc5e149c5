"""docs/notebook.ipynb runs as it stands on a collection of the demo site, and shows what it says."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.shots import demo_shots, make_collection

NOTEBOOK = Path(__file__).parent.parent / "docs" / "notebook.ipynb"


@pytest.fixture(scope="module")
def cells(tmp_path_factory: pytest.TempPathFactory) -> list[nbformat.NotebookNode]:
    """The code cells, run."""
    folder = tmp_path_factory.mktemp("notebook")
    make_collection(folder / "collections" / "courier", demo_shots())
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    client = NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(folder)}})
    client.execute()
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def shown(cells: list[nbformat.NotebookNode], start: str, kind: str = "text/plain") -> str:
    """What the cell that begins so shows as its value."""
    (cell,) = (cell for cell in cells if cell.source.startswith(start))
    (found,) = (output.data[kind] for output in cell.outputs if output.output_type == "execute_result")
    return str(found)


def test_it_is_kept_without_what_it_showed() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    assert [cell for cell in notebook.cells if cell.get("outputs") or cell.get("execution_count")] == []


def test_records_and_blocks_draw_themselves(cells: list[nbformat.NotebookNode]) -> None:
    assert shown(cells, "import archive") == "<records of collections/courier>"
    assert shown(cells, "story = ", "text/html").startswith("<iframe ")
    assert shown(cells, "story.blocks[0]", "text/html").startswith("<div ")


def test_tables_have_rows(cells: list[nbformat.NotebookNode]) -> None:
    assert "<td>" in shown(cells, "english = ", "text/html")
    assert "<td>" in shown(cells, "frame.groupby", "text/html")
    assert "'title': " in shown(cells, "english.filter(where")
    assert "features: ['id', 'text']" in shown(cells, "english.to_datasets")


def test_pages_from_elsewhere_are_extracted_in_the_kernel(cells: list[nbformat.NotebookNode]) -> None:
    found = shown(cells, "page = ")
    assert found.count("Ferry leaves early") == 2
    assert found.startswith("[('https://herald.example/1', 'Ferry leaves early')")


def test_a_block_names_its_place(cells: list[nbformat.NotebookNode]) -> None:
    assert "sha1:" in shown(cells, "body = ")
