"""Arithmetic in scene files: parsed once into closures over a whitelist. No attributes, no subscripts, no calls but of FUNCTIONS.

Python's own parser reads the text (`ast.parse`), nothing evaluates it: a node that is not listed here is refused at load.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from generator.grammar.problems import unknown
from generator.grammar.sun import sun_azimuth, sun_elevation

Names = Mapping[str, Any]
Run = Callable[[Names], Any]

LONGEST = 500  # characters
_DEEPEST = 40  # nested operations
_LONGEST_TEXT = 500


class ExpressionError(Exception):
    """The text is no expression, or it has no value; the message says why."""


@dataclass(frozen=True)
class Expression:
    """`names` are the names it refers to; `run(names)` gives a finite number, a truth value or text.

    compared: the texts that a name is compared with, as (name, text).
    """

    text: str
    names: frozenset[str]
    run: Run
    compared: tuple[tuple[str, str], ...] = ()


def clip(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)


def lerp(a: float, b: float, t: float) -> float:
    return a + (b - a) * t


def smoothstep(low: float, high: float, value: float) -> float:
    """0 below `low`, 1 above `high`, smooth in between (3 t^2 - 2 t^3)."""
    t = clip((value - low) / (high - low), 0.0, 1.0)
    return t * t * (3 - 2 * t)


FUNCTIONS: dict[str, tuple[Callable[..., Any], int, int]] = {  # name: (function, least and most arguments)
    "abs": (abs, 1, 1), "min": (min, 2, 16), "max": (max, 2, 16), "round": (round, 1, 1), "floor": (math.floor, 1, 1),
    "ceil": (math.ceil, 1, 1), "int": (int, 1, 1), "sqrt": (math.sqrt, 1, 1), "exp": (math.exp, 1, 1), "log": (math.log, 1, 1),
    "log10": (math.log10, 1, 1), "sin": (math.sin, 1, 1), "cos": (math.cos, 1, 1), "tan": (math.tan, 1, 1),
    "asin": (math.asin, 1, 1), "acos": (math.acos, 1, 1), "atan": (math.atan, 1, 1), "atan2": (math.atan2, 2, 2),
    "hypot": (math.hypot, 2, 3), "deg": (math.radians, 1, 1), "clip": (clip, 3, 3), "lerp": (lerp, 3, 3),
    "smoothstep": (smoothstep, 3, 3), "sun_elevation": (sun_elevation, 3, 3), "sun_azimuth": (sun_azimuth, 3, 3),
}  # fmt: skip
CONSTANTS: dict[str, Any] = {"pi": math.pi, "tau": math.tau, "true": True, "false": False}


def _power(a: float, b: float) -> float:
    """In floats, so that no integer grows beyond bounds."""
    return math.pow(a, b)


def _add(a: Any, b: Any) -> Any:
    if isinstance(a, str) and isinstance(b, str):
        if len(a) + len(b) > _LONGEST_TEXT:
            raise ValueError(f"the text would have more than {_LONGEST_TEXT} characters")
        return a + b
    return _number(a) + _number(b)


def _times(a: Any, b: Any) -> Any:
    if isinstance(a, str) or isinstance(b, str):
        return _number(a) * _number(b)  # which says what is text
    return a * b


def _number(value: Any) -> Any:
    if isinstance(value, str):
        raise TypeError(f"{value!r} is text, not a number")
    return value


_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: _add, ast.Sub: operator.sub, ast.Mult: _times, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: lambda a, b: _number(a) % b, ast.Pow: _power,
}  # fmt: skip
_UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {ast.USub: operator.neg, ast.UAdd: operator.pos, ast.Not: operator.not_}
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
    ast.In: lambda a, b: a in b, ast.NotIn: lambda a, b: a not in b,
}  # fmt: skip


def parse(text: str) -> Expression:
    """The expression in `text`. Raises ExpressionError for what is not allowed."""
    if len(text) > LONGEST:
        raise ExpressionError(f"the expression has {len(text)} characters; {LONGEST} are allowed")
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else type(error).__name__
        raise ExpressionError(f'"{text}" is not an expression ({reason})') from error
    names: set[str] = set()
    run = _compile(tree.body, names, 0)
    return Expression(text, frozenset(names), _guarded(text, run), _compared(tree))


def _compared(tree: ast.AST) -> tuple[tuple[str, str], ...]:
    """Pairs of a name and a text, as in weather == 'rain' and weather in ['rain', 'mist']."""
    found = []
    for node in ast.walk(tree):
        for a, b in pairwise([node.left, *node.comparators]) if isinstance(node, ast.Compare) else ():
            for name, other in ((a, b), (b, a)):
                texts = other.elts if isinstance(other, ast.List | ast.Tuple) else [other]
                if isinstance(name, ast.Name):
                    found += [(name.id, t.value) for t in texts if isinstance(t, ast.Constant) and isinstance(t.value, str)]
    return tuple(found)


def _guarded(text: str, run: Run) -> Run:
    """`run` with its errors told, infinite results refused, and integers that a double cannot hold made floats."""

    def evaluated(values: Names) -> Any:
        try:
            result = run(values)
        except KeyError as error:
            raise ExpressionError(f'"{text}": {unknown("name", error.args[0], list(values))}') from error
        except (ArithmeticError, TypeError, ValueError) as error:
            raise ExpressionError(f'"{text}" has no value: {error}') from error
        if type(result) is float:
            if not math.isfinite(result):
                raise ExpressionError(f'"{text}" gives {result}')
        elif type(result) is int and abs(result) >= 2**53:
            return float(result)
        return result

    return evaluated


def _compile(node: ast.expr, names: set[str], depth: int) -> Run:
    if depth > _DEEPEST:
        raise ExpressionError(f"the expression is nested deeper than {_DEEPEST} operations")
    compiler = _COMPILERS.get(type(node))
    if compiler is None:
        raise ExpressionError(
            f"{type(node).__name__} is not allowed; use numbers, names, + - * / // % **, comparisons, and/or/not, if-else, in"
        )
    own: set[str] = set()
    run = compiler(node, own, depth + 1)
    names |= own
    return run if own or isinstance(node, ast.Constant) else _folded(run)


def _folded(run: Run) -> Run:
    """A part without names, worked out once; what has no value says so only when it is asked for one."""
    try:
        value = run({})
    except (ArithmeticError, TypeError, ValueError):
        return run
    return lambda _values: value


def _constant(node: ast.Constant, _names: set[str], _depth: int) -> Run:
    value = node.value
    if not isinstance(value, bool | int | float | str) or (isinstance(value, float) and not math.isfinite(value)):
        raise ExpressionError(f"the constant {value!r} is not allowed")
    return lambda _values: value


def _name(node: ast.Name, names: set[str], _depth: int) -> Run:
    name = node.id
    if name in CONSTANTS:
        value = CONSTANTS[name]
        return lambda _values: value
    names.add(name)
    return lambda values: values[name]


def _binary(node: ast.BinOp, names: set[str], depth: int) -> Run:
    function = _BINARY.get(type(node.op))
    if function is None:
        raise ExpressionError(f"the operator {type(node.op).__name__} is not allowed; use + - * / // % **")
    left, right = _compile(node.left, names, depth), _compile(node.right, names, depth)
    return lambda values: function(left(values), right(values))


def _unary(node: ast.UnaryOp, names: set[str], depth: int) -> Run:
    function = _UNARY.get(type(node.op))
    if function is None:
        raise ExpressionError(f"the operator {type(node.op).__name__} is not allowed; use + - not")
    operand = _compile(node.operand, names, depth)
    return lambda values: function(operand(values))


def _boolean(node: ast.BoolOp, names: set[str], depth: int) -> Run:
    parts = [_compile(v, names, depth) for v in node.values]
    if isinstance(node.op, ast.And):
        return lambda values: all(p(values) for p in parts)
    return lambda values: any(p(values) for p in parts)


def _comparison(node: ast.Compare, names: set[str], depth: int) -> Run:
    terms = [_compile(node.left, names, depth)]
    functions = []
    for op, right in zip(node.ops, node.comparators, strict=True):
        if type(op) not in _COMPARE:
            raise ExpressionError(f"the comparison {type(op).__name__} is not allowed; use == != < <= > >= in")
        functions.append(_COMPARE[type(op)])
        is_list = isinstance(op, ast.In | ast.NotIn)
        terms.append(_collection(right, names, depth) if is_list else _compile(right, names, depth))
    if len(functions) == 1:
        (function,), (left, other) = functions, terms
        return lambda values: function(left(values), other(values))
    return lambda values: all(f(terms[i](values), terms[i + 1](values)) for i, f in enumerate(functions))


def _collection(node: ast.expr, names: set[str], depth: int) -> Run:
    if not isinstance(node, ast.Tuple | ast.List):
        raise ExpressionError("`in` needs a list on its right, e.g. weather in ['fog', 'rain']")
    own: set[str] = set()
    items = [_compile(e, own, depth) for e in node.elts]
    names |= own
    return (lambda values: tuple(item(values) for item in items)) if own else _folded(lambda values: tuple(item(values) for item in items))


def _conditional(node: ast.IfExp, names: set[str], depth: int) -> Run:
    test, then, other = (_compile(n, names, depth) for n in (node.test, node.body, node.orelse))
    return lambda values: then(values) if test(values) else other(values)


def _call(node: ast.Call, names: set[str], depth: int) -> Run:
    if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS:
        called = node.func.id if isinstance(node.func, ast.Name) else ast.unparse(node.func)
        raise ExpressionError(unknown("function", called, FUNCTIONS))
    function, least, most = FUNCTIONS[node.func.id]
    if node.keywords or not least <= len(node.args) <= most:
        wanted = str(least) if least == most else f"{least} to {most}"
        raise ExpressionError(f"{node.func.id}() takes {wanted} arguments without names, found {len(node.args) + len(node.keywords)}")
    arguments = [_compile(a, names, depth) for a in node.args]
    return lambda values: function(*[a(values) for a in arguments])


_COMPILERS: dict[type[ast.expr], Callable[[Any, set[str], int], Run]] = {
    ast.Constant: _constant, ast.Name: _name, ast.BinOp: _binary, ast.UnaryOp: _unary, ast.BoolOp: _boolean,
    ast.Compare: _comparison, ast.IfExp: _conditional, ast.Call: _call,
}  # fmt: skip
