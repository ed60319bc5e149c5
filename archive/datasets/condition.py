"""A condition that somebody wrote, or that a manifest holds: read before anything of it runs.

DuckDB's own parser reads it, so that nothing is understood here in one way and there in another. Of its tree, all
that is not listed below is refused: what is left looks at one record, makes nothing larger than the record, takes
time in line with its length and gives the same answer on every machine.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import duckdb

from archive.errors import ConfigurationError

#: Characters of a condition. A list of 2,000 ids fits.
LONGEST = 100_000
#: How often a condition may make another text or list, or search with a regular expression. DuckDB's memory limit
#: does not count these; each takes as much memory as the texts of 2,048 records.
_MOST_MADE = 20
_DEEPEST = 200
_TOO_DEEP = f"it is nested more than {_DEEPEST} deep"
_POSITION = {"alias", "query_location", "query_location_length"}
#: Where the parts of an expression stand, by its class; what stands elsewhere must be empty.
_PARTS = {
    "CONSTANT": (),
    "COLUMN_REF": (),
    "COMPARISON": ("left", "right"),
    "CONJUNCTION": ("children",),
    "BETWEEN": ("input", "lower", "upper"),
    "CASE": ("case_checks", "else_expr"),
    "CAST": ("child", "type_expr"),
    "OPERATOR": ("children",),
    "FUNCTION": ("arguments",),
    "LAMBDA": ("lhs", "expr"),
    "TYPE": ("children",),
}
_OWN = {
    "CONSTANT": {"literal"},
    "COLUMN_REF": {"column_names"},
    "CAST": {"try_cast"},
    "FUNCTION": {"function_name", "qualified_name", "order_bys", "is_operator"},
    "LAMBDA": {"syntax_type"},
    "TYPE": {"type_name", "qualified_name"},
}
_OPERATORS = set(
    "COMPARE_IN COMPARE_NOT_IN OPERATOR_NOT OPERATOR_IS_NULL OPERATOR_IS_NOT_NULL OPERATOR_COALESCE OPERATOR_TRY "
    "ARRAY_EXTRACT ARRAY_SLICE STRUCT_EXTRACT".split()
)
_TYPES = set(
    "boolean bool tinyint smallint integer int bigint long hugeint float real double decimal numeric varchar text "
    "string char date time timestamp datetime timestamptz interval".split()
) | {"timestamp with time zone"}
#: Give a number, a truth or a moment.
_PLAIN = set(
    "+ - * / // % ** ^ ~~ !~~ ~~* !~~* ^@ like_escape not_like_escape ilike_escape not_ilike_escape "
    "abs ceil ceiling floor round sign trunc greatest least nullif "
    "length len strlen char_length character_length contains starts_with prefix ends_with suffix instr strpos position "
    "ascii unicode ord list_contains list_has array_contains array_has list_has_any list_has_all list_position "
    "list_indexof list_unique list_sum list_avg list_min list_max list_count list_bool_and list_bool_or array_length "
    "date_part date_trunc date_diff datediff datepart datetrunc year month day hour minute second quarter week "
    "weekofyear weekday dayofweek isodow dayofyear epoch last_day dayname monthname timezone strftime strptime "
    "try_strptime make_date to_years to_months to_weeks to_days to_hours to_minutes to_seconds isfinite isnan "
    "list_extract list_element array_extract struct_extract".split()
)
_SEARCHES = set("regexp_matches regexp_full_match regexp_extract".split())
#: A field of what is JSON: `extra ->> 'id' = '7'`.
_FIELD = "->>"
#: Give another text or list, none longer than what they are given.
_MAKES = set(
    "lower lcase upper ucase trim ltrim rtrim left right substr substring split_part strip_accents list_value "
    "struct_pack list_filter list_apply list_transform array_filter array_apply array_transform filter apply "
    "list_distinct list_slice array_slice list_sort list_reverse ->>".split()
)


class _RefusedError(Exception):
    """Why a condition cannot be used, for the sentence about it."""


def check_condition(connection: duckdb.DuckDBPyConnection, condition: str, columns: Sequence[str]) -> frozenset[str]:
    """The columns that a condition looks at, in lower case. Raises ConfigurationError unless it is one expression that
    looks at one record. Nothing of it is run."""
    reading = _Reading(frozenset(columns))
    try:
        # Alone, nothing in it can close a bracket that it did not open; in brackets, nothing can follow it.
        tree = _where(connection, f"\n{condition}\n")
        _where(connection, f"(\n{condition}\n)")
        reading.expression(tree, 0)
    except _RefusedError as reason:
        shown = condition if len(condition) <= 200 else condition[:200] + "..."
        raise ConfigurationError(f"--where {shown!r} cannot be used: {reason}") from reason
    return frozenset(reading.named)


def _where(connection: duckdb.DuckDBPyConnection, text: str) -> dict[str, Any]:
    if len(text) > LONGEST:
        raise _RefusedError(f"it has more than {LONGEST:,} characters")
    try:
        rows = connection.execute("SELECT json_serialize_sql(?)", [f"SELECT 1 WHERE {text}"]).fetchall()
    except duckdb.Error as error:
        raise _RefusedError(str(error).partition("\n")[0]) from error
    told = json.loads(rows[0][0])
    if told.get("error", True):
        said = str(told.get("error_message")).partition("\n")[0].strip()
        raise _RefusedError(_TOO_DEEP if said.startswith("Max expression depth") else said)
    if len(told["statements"]) != 1 or not isinstance(where := _alone(told["statements"][0]["node"]), dict):
        raise _RefusedError("expected one condition and nothing else")
    return where


def _alone(node: dict[str, Any]) -> Any:
    """The condition of a query that has nothing else."""
    rest = {key: value for key, value in node.items() if key not in ("type", "select_list", "where_clause")}
    expected = {"cte_map": {"map": []}, "aggregate_handling": "STANDARD_HANDLING"}
    source = rest.pop("from_table", None)
    if node["type"] != "SELECT_NODE" or not isinstance(source, dict) or source.get("type") != "EMPTY":
        return None
    return node["where_clause"] if all(not value or expected.get(key) == value for key, value in rest.items()) else None


class _Reading:
    """One walk through a tree; counts what takes memory."""

    def __init__(self, columns: frozenset[str]) -> None:
        self._columns = columns
        #: Within a lambda only its own parameters: with a whole record at each of its items it would grow.
        self._parameters: frozenset[str] | None = None
        self._made = 0
        self.named: set[str] = set()

    def expression(self, node: dict[str, Any], depth: int) -> None:
        """Raises _RefusedError at the first thing that is not allowed."""
        kind = str(node.get("class"))
        if kind not in _PARTS:
            raise _RefusedError(_REASONS.get(kind, f"{kind.lower().replace('_', ' ')} cannot stand in it"))
        if depth > _DEEPEST:
            raise _RefusedError(_TOO_DEEP)
        known = {"class", "type", *_POSITION, *_PARTS[kind], *_OWN.get(kind, ())}
        if strange := [key for key, value in node.items() if value and key not in known]:
            raise _RefusedError(f"{strange[0]} cannot be given in it")
        if kind == "LAMBDA":
            self._lambda(node, depth)
            return
        self._check(kind, node)
        for part in _PARTS[kind]:
            for child in _expressions(node.get(part)):
                self.expression(child, depth + 1)

    def _check(self, kind: str, node: dict[str, Any]) -> None:
        if kind == "FUNCTION":
            self._function(node)
        elif kind == "COLUMN_REF":
            self._column(str(node["column_names"][0]))
        elif kind == "OPERATOR" and node["type"] not in _OPERATORS:
            raise _RefusedError(f"the operator {node['type']} cannot stand in it")
        elif kind == "TYPE" and (len(node["qualified_name"]["path"]) != 1 or node["type_name"].lower() not in _TYPES):
            raise _RefusedError(f"the type {node['type_name']} cannot stand in it: {', '.join(sorted(_TYPES))} can")
        elif kind == "CAST":
            self._make(node["type_expr"]["type_name"].lower() in ("varchar", "text", "string", "char"))

    def _function(self, node: dict[str, Any]) -> None:
        name = node["function_name"].lower()
        if len(node["qualified_name"]["path"]) != 1 or node["order_bys"].get("orders"):
            raise _RefusedError(f"{name} must be called plainly")
        if name not in _PLAIN | _SEARCHES | _MAKES:
            usable = ", ".join(sorted(each for each in _PLAIN | _SEARCHES | _MAKES if each[0].isalpha()))
            raise _RefusedError(f"the function {name} cannot be used in it. These can: {usable}")
        patterns = [given["expression"] for given in node["arguments"][1:] if name in _SEARCHES or name == _FIELD]
        if any(given["class"] != "CONSTANT" for given in patterns):
            raise _RefusedError(f"the pattern of {name} must be a text in quotes")
        # A path with a star gives all that it finds, which may be more than there is.
        if name == _FIELD and any("*" in str(given["literal"].get("text")) for given in patterns):
            raise _RefusedError(f"what stands behind {name} must name one field")
        self._make(name not in _PLAIN)

    def _make(self, counts: bool) -> None:
        self._made += counts
        if self._made > _MOST_MADE:
            raise _RefusedError(
                f"it changes texts or lists, or searches with regular expressions, more than {_MOST_MADE} times; "
                "ILIKE and a regular expression with | can stand for many"
            )

    def _column(self, name: str) -> None:
        if self._parameters is not None:
            if name.lower() not in self._parameters:
                raise _RefusedError(f"{name} cannot stand within a lambda: only its own parameters can")
        elif name.lower() not in self._columns:
            known = ", ".join(sorted(self._columns))
            raise _RefusedError(f'column "{name}" not found. The columns are: {known}.')
        else:
            self.named.add(name.lower())

    def _lambda(self, node: dict[str, Any], depth: int) -> None:
        if self._parameters is not None:
            raise _RefusedError("a lambda cannot stand within another")
        left = node["lhs"]
        named = [left] if left["class"] == "COLUMN_REF" else list(_expressions(left.get("arguments")))
        self._parameters = frozenset(str(each["column_names"][0]).lower() for each in named)
        self.expression(node["expr"], depth + 1)
        self._parameters = None


_REASONS = {
    "SUBQUERY": "it must look at one record alone",
    "WINDOW": "it must look at one record alone, and cannot contain window functions",
    "STAR": "it must name the columns that it looks at",
    "PARAMETER": "a parameter has no value in it",
}


def _expressions(part: Any) -> Iterator[dict[str, Any]]:
    """The expressions in a part of a node: itself, those of a list, of a CASE or of named arguments."""
    for given in part if isinstance(part, list) else [part] if part else []:
        if "class" in given:
            yield given
        else:
            yield from (value for value in given.values() if isinstance(value, dict))
