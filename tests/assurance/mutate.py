"""Small wrongs in a module's source, one at a time: what a tired programmer might have written instead."""

import ast
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

SWAPPED: Mapping[type[ast.AST], type[ast.AST]] = MappingProxyType(
    {
        ast.Lt: ast.LtE,
        ast.LtE: ast.Lt,
        ast.Gt: ast.GtE,
        ast.GtE: ast.Gt,
        ast.Eq: ast.NotEq,
        ast.NotEq: ast.Eq,
        ast.In: ast.NotIn,
        ast.NotIn: ast.In,
        ast.Is: ast.IsNot,
        ast.IsNot: ast.Is,
        ast.And: ast.Or,
        ast.Or: ast.And,
        ast.Add: ast.Sub,
        ast.Sub: ast.Add,
        ast.Mult: ast.FloorDiv,
        ast.FloorDiv: ast.Mult,
        ast.BitAnd: ast.BitOr,
        ast.BitOr: ast.BitAnd,
    }
)
NOT_LOGIC = {"annotation", "returns", "decorator_list", "type_params"}
"""Fields of nodes that say something to readers and tools only."""


def places(tree: ast.AST) -> Iterator[tuple[ast.AST, int]]:
    """Where something can be wrong, in the order of the source; of a chain of comparisons, each."""
    for name, value in ast.iter_fields(tree):
        if name in NOT_LOGIC:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from ((child, which) for which in range(_ways(child)))
                yield from places(child)


def _ways(node: ast.AST) -> int:
    """In how many ways this node can be wrong."""
    match node:
        case ast.Compare():
            return len(node.ops)
        case ast.BoolOp() | ast.BinOp():
            return int(type(node.op) in SWAPPED)
        case ast.Constant():
            return int(isinstance(node.value, bool | int))
        case ast.Return():
            return int(node.value is not None and not _is_none(node.value))
        case ast.If() | ast.IfExp() | ast.While():
            return 1
    return int(isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not))


def mutant(source: str, number: int) -> tuple[ast.Module, str]:
    """The source with its `number`-th wrong, and what that is. Raises IndexError behind the last."""
    tree = ast.parse(source)
    node, which = list(places(tree))[number]
    before = _said(node)
    _spoil(node, which)
    ast.fix_missing_locations(tree)
    return tree, f"line {getattr(node, 'lineno', 0)}: {before} -> {_said(node)}"


def _spoil(node: ast.AST, which: int) -> None:
    match node:
        case ast.Compare():
            node.ops[which] = _other(node.ops[which])
        case ast.BoolOp() | ast.BinOp():
            node.op = _other(node.op)
        case ast.Constant():
            node.value = not node.value if isinstance(node.value, bool) else int(str(node.value)) + 1
        case ast.Return():
            node.value = ast.Constant(None)
        case ast.If() | ast.IfExp() | ast.While():
            node.test = ast.UnaryOp(ast.Not(), node.test)
        case ast.UnaryOp():
            node.op, node.operand = ast.Not(), ast.UnaryOp(ast.Not(), node.operand)


def _other(op: ast.AST) -> Any:
    return SWAPPED[type(op)]()


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _said(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split())[:70]
