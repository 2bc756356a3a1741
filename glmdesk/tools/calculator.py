"""A calculator over numbers alone: the expression is parsed, never run."""

from __future__ import annotations

import ast
import cmath
import math
from collections.abc import Callable, Mapping
from typing import Any

from glmdesk.domain.tools import ToolContext, ToolFault, ToolResult, ToolSpec
from glmdesk.tools.base import Tool, schema

_LONGEST = 2_000  # characters of an expression
_DEEPEST = 60
_BITS = 40_000  # of the largest number: 12,000 digits
_DIGITS = 4_000  # of a result that is written out
Number = int | float

_BINARY: Mapping[type[ast.operator], Callable[[Any, Any], Number]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.FloorDiv: lambda a, b: a // b,
    ast.Mod: lambda a, b: a % b,
}
_UNARY: Mapping[type[ast.unaryop], Callable[[Any], Number]] = {ast.UAdd: lambda a: +a, ast.USub: lambda a: -a}
_NAMES: Mapping[str, float] = {"pi": math.pi, "e": math.e, "tau": math.tau}
_MATH = (
    *("sqrt", "exp", "log", "log2", "log10", "sin", "cos", "tan", "asin", "acos", "atan", "atan2"),
    *("sinh", "cosh", "tanh", "floor", "ceil", "degrees", "radians", "hypot", "gcd"),
)
_OTHERS: Mapping[str, Any] = {"abs": abs, "round": round, "min": min, "max": max}
_FUNCTIONS: Mapping[str, Callable[..., Number]] = {**{name: getattr(math, name) for name in _MATH}, **_OTHERS}


class CalculatorTool(Tool):
    """Plain arithmetic, powers, factorials and the usual functions."""

    spec = ToolSpec(
        "calculate",
        "Evaluates an arithmetic expression exactly: + - * / // % ** ( ), sqrt, exp, log, log10, sin, cos, tan, "
        "factorial, comb, abs, round, min, max, gcd, pi, e. Example: (3+4)*2**10",
        schema("expression", expression={"type": "string", "maxLength": _LONGEST}),
        read_only=True,
        label_id="tool.calculate.label",
    )

    async def call(self, arguments: Mapping[str, Any], context: ToolContext) -> ToolResult:
        return ToolResult(calculate(str(arguments["expression"])), is_data=False)


def calculate(expression: str) -> str:
    """The value as text. Raises ToolFault for anything that is not arithmetic, or too large."""
    text = expression.strip().replace("×", "*").replace("÷", "/").replace("−", "-").replace("^", "**")
    if len(text) > _LONGEST:
        raise ToolFault("The expression is too long.")
    try:
        tree = ast.parse(text, mode="eval")
        return _written(_value(tree.body, 0))
    except (SyntaxError, MemoryError, RecursionError):
        raise ToolFault(f"This is not an arithmetic expression: {expression[:200]}") from None
    except ZeroDivisionError:
        raise ToolFault("Division by zero.") from None
    except (OverflowError, ValueError, TypeError) as error:
        raise ToolFault(f"This cannot be calculated: {error}") from None


def _value(node: ast.AST, depth: int) -> Number:
    if depth > _DEEPEST:
        raise ToolFault("The expression is nested too deeply.")
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return _bounded(number)
        case ast.Name(id=name) if name in _NAMES:
            return _NAMES[name]
        case ast.UnaryOp(op=op, operand=operand) if type(op) in _UNARY:
            return _UNARY[type(op)](_value(operand, depth + 1))
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return _power(_value(left, depth + 1), _value(right, depth + 1))
        case ast.BinOp(op=op) if type(op) in _BINARY:
            return _row(node, depth)
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
            return _bounded(_called(name, [_value(arg, depth + 1) for arg in args]))
        case _:
            raise ToolFault("Only numbers, + - * / // % **, parentheses and the named functions are allowed.")


def _row(node: ast.BinOp, depth: int) -> Number:
    """1+2+3…: however long, it is nested to the left in the tree alone and not in what is written."""
    first, rest = node.left, [node]
    while isinstance(first, ast.BinOp) and type(first.op) in _BINARY:
        rest.append(first)
        first = first.left
    value = _value(first, depth + 1)
    for step in reversed(rest):
        value = _bounded(_BINARY[type(step.op)](value, _value(step.right, depth + 1)))
    return value


def _bounded(number: Any) -> Number:
    if isinstance(number, int) and number.bit_length() > _BITS:
        raise ToolFault("The number is too large.")
    if not isinstance(number, int | float):
        raise ToolFault("The result is not a real number.")
    return number


def _power(base: Number, exponent: Number) -> Number:
    if isinstance(base, int) and isinstance(exponent, int):
        if exponent > 0 and base.bit_length() * exponent > _BITS:
            raise ToolFault("The number is too large.")
        if exponent < -_BITS:
            raise ToolFault("The number is too small.")
    power = _bounded(base**exponent)
    if base and not power:
        raise ToolFault("The number is too small.")
    return power


def _called(name: str, values: list[Number]) -> Number:
    if name in ("factorial", "comb", "perm"):
        return _counted(name, values)
    function = _FUNCTIONS.get(name)
    if function is None:
        raise ToolFault(f"There is no function {name!r}.")
    if name == "round" and len(values) == 2 and abs(values[1]) > 1_000:
        raise ToolFault("Too many digits.")
    return function(*values)


def _counted(name: str, values: list[Number]) -> Number:
    if any(not isinstance(value, int) or abs(value) > 3_000 for value in values):
        raise ToolFault(f"{name} takes whole numbers up to 3000.")
    return getattr(math, name)(*values)


def _written(number: Number) -> str:
    if isinstance(number, float):
        if cmath.isinf(number) or cmath.isnan(number):
            raise ToolFault("The result is not a finite number.")
        return repr(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
    if number.bit_length() > _DIGITS * 3.3:
        raise ToolFault("The number is too large.")
    return str(number)
