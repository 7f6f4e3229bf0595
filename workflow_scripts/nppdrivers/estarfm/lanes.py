"""Eight neighbouring pixels at once: vectors of float32 in compiled code, one lane a pixel.

Numba knows single numbers only, and whether LLVM turns a loop over them into vector instructions, and in what
order these then add, depends on the processor and on the loop. Here each lane runs the operations of one
pixel in the order in which they are written, on any processor; it does not know its neighbours.

Values of type `Lanes` are made by `load` and `spread`, take + - * /, and compare to a mask by >, >= and <=
(False where a value is NaN); masks take &, and choose by `where`. A product that is added may be rounded once
with the sum, as processors do that have an instruction for both.

Numba renews compiled code when the file of its function changes, not when this one does: touch `kernels` too.
"""

import operator
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core.base import BaseContext
from numba.core.datamodel.manager import DataModelManager
from numba.core.typing.templates import Signature
from numba.extending import intrinsic, models, overload, register_model

_in_compiled_code: Any = intrinsic  # what it makes is called without the first argument, the context of types
LANES = 8
_FLAGS = ("contract", "nsz")
_INDEX = ir.IntType(32)

Lanes = Any  # eight float32 values in compiled code
Mask = Any  # eight truth values
Code = tuple[Signature, Callable]  # types of result and arguments, and what writes the instructions


class _LanesType(types.Type):
    """Type of numba for `Lanes`."""


class _MaskType(types.Type):
    """Type of numba for `Mask`."""


_lanes, _mask = _LanesType("float32 lanes"), _MaskType("mask of lanes")
_VECTORS = {_LanesType: ir.VectorType(ir.FloatType(), LANES), _MaskType: ir.VectorType(ir.IntType(1), LANES)}


@register_model(_LanesType)
@register_model(_MaskType)
class _VectorModel(models.PrimitiveModel):
    """Both are vectors of LLVM, kept in registers."""

    def __init__(self, manager: DataModelManager, kind: types.Type) -> None:
        super().__init__(manager, kind, _VECTORS[type(kind)])


def _address(context: BaseContext, builder: ir.IRBuilder, kinds: tuple, row: Any, at: Any) -> ir.Value:
    """Address of the value of a contiguous row at an index, as that of lanes."""
    data = context.make_array(kinds[0])(context, builder, row).data
    index = context.cast(builder, at, kinds[1], types.intp)
    return builder.bitcast(builder.gep(data, [index]), _VECTORS[_LanesType].as_pointer())


@_in_compiled_code
def load(_: Any, row: types.Array, at: types.Integer) -> Code:
    """Values of a contiguous float32 row from an index on."""

    def write(context: BaseContext, builder: ir.IRBuilder, signature: Any, arguments: tuple) -> ir.Value:
        return builder.load(_address(context, builder, signature.args, *arguments), align=4)

    return _lanes(row, at), write


@_in_compiled_code
def store(_: Any, row: types.Array, at: types.Integer, values: types.Type) -> Code:
    """Write values into a contiguous float32 row from an index on."""

    def write(context: BaseContext, builder: ir.IRBuilder, signature: Any, arguments: tuple) -> ir.Value:
        builder.store(arguments[2], _address(context, builder, signature.args, *arguments[:2]), align=4)
        return context.get_dummy_value()

    return types.void(row, at, values), write


@_in_compiled_code
def spread(_: Any, value: types.Float) -> Code:
    """One float32 value in all lanes."""

    def write(context: BaseContext, builder: ir.IRBuilder, signature: Any, arguments: tuple) -> ir.Value:
        number = context.cast(builder, arguments[0], signature.args[0], types.float32)
        empty = ir.Constant(_VECTORS[_LanesType], ir.Undefined)
        first = builder.insert_element(empty, number, _INDEX(0))
        return builder.shuffle_vector(first, empty, ir.Constant(ir.VectorType(_INDEX, LANES), [0] * LANES))

    return _lanes(value), write


@_in_compiled_code
def where(_: Any, mask: types.Type, values: types.Type, others: types.Type) -> Code:
    """Values where the mask is true, others elsewhere."""
    return _lanes(mask, values, others), lambda _, builder, signature, arguments: builder.select(*arguments)


def _operate(operation: Callable, kind: type, result: types.Type, instruction: Callable) -> None:
    """Let an operator of Python take two values of a kind, by an instruction of LLVM."""

    @_in_compiled_code
    def apply(_: Any, first: types.Type, second: types.Type) -> Code:
        return result(first, second), lambda _, builder, signature, values: instruction(builder, *values)

    @overload(operation, strict=False)  # which would compare annotations too
    def choose(first: types.Type, second: types.Type) -> Callable | None:
        if isinstance(first, kind) and isinstance(second, kind):
            return lambda first, second: apply(first, second)
        return None


def _add(builder: ir.IRBuilder, first: ir.Value, second: ir.Value) -> ir.Value:
    return builder.fadd(first, second, flags=_FLAGS)


_operate(operator.add, _LanesType, _lanes, _add)
_operate(operator.iadd, _LanesType, _lanes, _add)
_operate(operator.sub, _LanesType, _lanes, lambda builder, x, y: builder.fsub(x, y, flags=_FLAGS))
_operate(operator.mul, _LanesType, _lanes, lambda builder, x, y: builder.fmul(x, y, flags=_FLAGS))
_operate(operator.truediv, _LanesType, _lanes, lambda builder, x, y: builder.fdiv(x, y, flags=_FLAGS))
_operate(operator.gt, _LanesType, _mask, lambda builder, x, y: builder.fcmp_ordered(">", x, y))
_operate(operator.ge, _LanesType, _mask, lambda builder, x, y: builder.fcmp_ordered(">=", x, y))
_operate(operator.le, _LanesType, _mask, lambda builder, x, y: builder.fcmp_ordered("<=", x, y))
_operate(operator.and_, _MaskType, _mask, lambda builder, x, y: builder.and_(x, y))
