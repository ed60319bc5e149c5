"""Elements by what their attributes hold.

To look at each element of a page takes a hundredth of all time, and most pages have none of what is looked for.
"""

from collections.abc import Mapping

from lxml import etree

from archive.extraction.native import compiled

_kernel = compiled("attribute_search")


def holding(tree: etree._Element, parts: Mapping[str, str], *tags: str) -> list[etree._Element]:
    """The elements of these names, or of all, with an attribute in which its part stands, in page order. `parts` are
    given by the attributes' names; an empty one stands in each."""
    if _kernel:
        encoded = [(name.encode(), part.encode()) for name, part in parts.items()]
        return [element for element in _kernel.holding(tree, encoded) if not tags or element.tag in tags]
    return [
        element
        for element in tree.iter(*tags)
        if any(part in said for name, part in parts.items() if (said := element.get(name)) is not None)
    ]
