"""The function that Python calls: it checks its arguments' types and unpacks them.

It is a C function of the kind ``METH_FASTCALL``, made of Python's stable ABI and of two structures
of numpy's, `PyArrayObject_fields` and `_PyArray_Descr`, whose fields up to the flags and to the
type's number have stood where they are since numpy 1. Both begin with a ``PyObject_HEAD`` of 16
bytes: `biometal_stream.simd.images` loads no code where it has another size.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core.cgutils import pack_array
from numba.core.typing.templates import Signature
from numba.np.numpy_support import as_dtype

_BYTE, _INT, _LONG = ir.IntType(8), ir.IntType(32), ir.IntType(64)
_DOUBLE = ir.DoubleType()
_ADDRESS = _BYTE.as_pointer()

# PyObject, PyArrayObject_fields, _PyArray_Descr
_TYPE = 8
_DATA, _NDIM, _SHAPE, _STRIDES, _DESCR, _FLAGS = 16, 24, 32, 40, 56, 64
_BYTE_ORDER, _TYPE_NUMBER = 26, 28
_CONTIGUOUS, _ALIGNED, _WRITEABLE = 0x1, 0x100, 0x400

_TYPE_NUMBERS = {
    each: sorted(np.dtype(code).num for code in "?bBhHiIlLqQfd" if np.dtype(code) == as_dtype(each))
    for each in (
        *(types.boolean, types.int8, types.uint8, types.int16, types.uint16, types.int32),
        *(types.uint32, types.int64, types.uint64, types.float32, types.float64),
    )
}


ALLOWED = frozenset(
    {
        *("PyArray_Type", "_Py_NoneStruct", "Py_IncRef", "Py_DecRef"),
        *("PyErr_Clear", "PyErr_Occurred", "PyEval_RestoreThread", "PyEval_SaveThread"),
        *("PyBool_FromLong", "PyFloat_AsDouble", "PyFloat_FromDouble", "PyNumber_Index"),
        *("PyLong_AsLongLong", "PyLong_AsUnsignedLongLong", "PyObject_IsTrue"),
        *("PyLong_FromLongLong", "PyLong_FromUnsignedLongLong", "PyTuple_New", "PyTuple_SetItem"),
        *("memcpy", "memmove", "memset", "exp"),
    }
)
"""What machine code may call or look at: Python, and of the C library what is on every system."""


@dataclass(frozen=True)
class Overload:
    """A kernel compiled for certain types.

    Attributes:
        description: Numba's, of the function.
        signature: The types.
    """

    description: Any
    signature: Signature


def add_entry(context: Any, module: ir.Module, name: str, overloads: list[Overload]) -> None:
    """Adds the function that Python calls to a module.

    It runs the first overload whose types fit, without the GIL. It returns the object that it
    is bound to where none does, or where the kernel raised an exception.

    Args:
        context: Numba's.
        module: The module.
        name: The function's name.
        overloads: Declared, and to be linked.
    """
    kind = ir.FunctionType(_ADDRESS, [_ADDRESS, _ADDRESS.as_pointer(), _LONG])
    _Entry(context, ir.Function(module, kind, name)).write(overloads)


class _Entry:
    def __init__(self, context: Any, function: ir.Function) -> None:
        self.context = context
        self.function = function
        self.builder = ir.IRBuilder(function.append_basic_block("entry"))
        self.itself, self.arguments, self.count = function.args
        self.refuse = function.append_basic_block("refuse")

    def write(self, overloads: list[Overload]) -> None:
        for overload in overloads:
            otherwise = self.function.append_basic_block("otherwise")
            self._try(overload, otherwise)
            self.builder.position_at_end(otherwise)
        self.builder.branch(self.refuse)
        self.builder.position_at_end(self.refuse)
        self._c("Py_IncRef", ir.VoidType(), self.itself)
        self.builder.ret(self.itself)

    def _try(self, overload: Overload, otherwise: Any) -> None:
        kinds = overload.signature.args
        self._unless(self._equal(self.count, len(kinds)), otherwise)
        objects = [
            self.builder.load(self.builder.gep(self.arguments, [ir.Constant(_LONG, index)]))
            for index in range(len(kinds))
        ]
        for kind, each in zip(kinds, objects, strict=True):
            if isinstance(kind, types.Array):
                self._check_array(kind, each, otherwise)
        values = [
            self._array(kind, each)
            if isinstance(kind, types.Array)
            else self._scalar(kind, each, otherwise)
            for kind, each in zip(kinds, objects, strict=True)
        ]
        function = self.context.declare_function(self.function.module, overload.description)
        state = self._c("PyEval_SaveThread", _ADDRESS)
        status, result = self.context.call_conv.call_function(
            self.builder, function, overload.signature.return_type, kinds, values
        )
        self._c("PyEval_RestoreThread", ir.VoidType(), state)
        self._unless(self.builder.not_(status.is_error), self.refuse)
        self.builder.ret(self._object(overload.signature.return_type, result))

    def _check_array(self, kind: Any, each: Any, otherwise: Any) -> None:
        array_type = self._external("PyArray_Type")
        self._unless(
            self.builder.icmp_unsigned("==", self._field(each, _TYPE, _ADDRESS), array_type),
            otherwise,
        )
        wanted = _CONTIGUOUS | _ALIGNED | (_WRITEABLE if kind.mutable else 0)
        flags = self.builder.and_(self._field(each, _FLAGS, _INT), ir.Constant(_INT, wanted))
        self._unless(self._equal(flags, wanted), otherwise)
        self._unless(self._equal(self._field(each, _NDIM, _INT), kind.ndim), otherwise)
        described = self._field(each, _DESCR, _ADDRESS)
        swapped = self._equal(self._field(described, _BYTE_ORDER, _BYTE), ord(">"))
        self._unless(self.builder.not_(swapped), otherwise)
        number = self._field(described, _TYPE_NUMBER, _INT)
        fits = [self._equal(number, each) for each in _TYPE_NUMBERS[kind.dtype]]
        fit = fits[0]
        for other in fits[1:]:
            fit = self.builder.or_(fit, other)
        self._unless(fit, otherwise)

    def _array(self, kind: Any, each: Any) -> Any:
        array = self.context.make_array(kind)(self.context, self.builder)
        shape = self._field(each, _SHAPE, _LONG.as_pointer())
        strides = self._field(each, _STRIDES, _LONG.as_pointer())
        shapes, items = [], ir.Constant(_LONG, 1)
        places = [ir.Constant(_LONG, dimension) for dimension in range(kind.ndim)]
        for place in places:
            shapes.append(self.builder.load(self.builder.gep(shape, [place])))
            items = self.builder.mul(items, shapes[-1])
        array.data = self.builder.bitcast(self._field(each, _DATA, _ADDRESS), array.data.type)
        array.nitems = items
        array.itemsize = ir.Constant(_LONG, as_dtype(kind.dtype).itemsize)
        array.shape = pack_array(self.builder, shapes)  # type: ignore[no-untyped-call]
        steps = [self.builder.load(self.builder.gep(strides, [each])) for each in places]
        array.strides = pack_array(self.builder, steps)  # type: ignore[no-untyped-call]
        array.meminfo = ir.Constant(array.meminfo.type, None)
        array.parent = ir.Constant(array.parent.type, None)
        return array._getvalue()

    def _scalar(self, kind: Any, each: Any, otherwise: Any) -> Any:
        if kind == types.boolean:
            truth = self._c("PyObject_IsTrue", _INT, each)
            self._unless_error(self._equal(truth, -1), otherwise)
            return self._equal(truth, 1)
        if isinstance(kind, types.Float):
            number = self._c("PyFloat_AsDouble", _DOUBLE, each)
            minus_one = self.builder.fcmp_ordered("==", number, ir.Constant(_DOUBLE, -1.0))
            self._unless_error(self.builder.and_(minus_one, self._has_error()), otherwise)
            return number if kind.bitwidth == 64 else self.builder.fptrunc(number, ir.FloatType())
        index = self._c("PyNumber_Index", _ADDRESS, each)
        self._unless_error(
            self.builder.icmp_unsigned("==", index, ir.Constant(_ADDRESS, None)), otherwise
        )
        convert = "PyLong_AsLongLong" if kind.signed else "PyLong_AsUnsignedLongLong"
        number = self._c(convert, _LONG, index)
        self._c("Py_DecRef", ir.VoidType(), index)
        minus_one = self._equal(number, -1)
        self._unless_error(self.builder.and_(minus_one, self._has_error()), otherwise)
        if kind.bitwidth == 64:
            return number
        narrow = self.builder.trunc(number, ir.IntType(kind.bitwidth))
        widen = self.builder.sext if kind.signed else self.builder.zext
        same = self.builder.icmp_unsigned("==", widen(narrow, _LONG), number)
        self._unless(same, otherwise)
        return narrow

    def _object(self, kind: Any, value: Any) -> Any:
        """A new reference to a Python object."""
        if isinstance(kind, types.BaseTuple):
            parts: Any = kind
            parts = parts.types
            result = self._c("PyTuple_New", _ADDRESS, ir.Constant(_LONG, len(parts)))
            for place, each in enumerate(parts):
                item = self._object(each, self.builder.extract_value(value, place))
                self._c("PyTuple_SetItem", _INT, result, ir.Constant(_LONG, place), item)
            return result
        if kind == types.none:
            nothing = self._external("_Py_NoneStruct")
            self._c("Py_IncRef", ir.VoidType(), nothing)
            return nothing
        kind = types.unliteral(kind)  # type: ignore[no-untyped-call]
        if kind == types.boolean:
            return self._c("PyBool_FromLong", _ADDRESS, self._wide(value, signed=False))
        if isinstance(kind, types.Float):
            if kind.bitwidth != 64:
                value = self.builder.fpext(value, _DOUBLE)
            return self._c("PyFloat_FromDouble", _ADDRESS, value)
        make = "PyLong_FromLongLong" if kind.signed else "PyLong_FromUnsignedLongLong"
        return self._c(make, _ADDRESS, self._wide(value, signed=kind.signed))

    def _wide(self, value: Any, *, signed: bool) -> Any:
        if value.type.width == 64:
            return value
        return (self.builder.sext if signed else self.builder.zext)(value, _LONG)

    def _equal(self, value: Any, number: int) -> Any:
        return self.builder.icmp_unsigned("==", value, ir.Constant(value.type, number))

    def _unless(self, condition: Any, otherwise: Any) -> None:
        """Goes on if the condition holds, else elsewhere."""
        on = self.function.append_basic_block("on")
        self.builder.cbranch(condition, on, otherwise)
        self.builder.position_at_end(on)

    def _unless_error(self, failed: Any, otherwise: Any) -> None:
        """Goes on if nothing failed, else elsewhere, and forgets Python's exception."""
        clear = self.function.append_basic_block("clear")
        on = self.function.append_basic_block("on")
        self.builder.cbranch(failed, clear, on)
        self.builder.position_at_end(clear)
        self._c("PyErr_Clear", ir.VoidType())
        self.builder.branch(otherwise)
        self.builder.position_at_end(on)

    def _has_error(self) -> Any:
        error = self._c("PyErr_Occurred", _ADDRESS)
        return self.builder.icmp_unsigned("!=", error, ir.Constant(_ADDRESS, None))

    def _field(self, each: Any, offset: int, kind: Any) -> Any:
        place = self.builder.gep(each, [ir.Constant(_LONG, offset)])
        return self.builder.load(self.builder.bitcast(place, kind.as_pointer()))

    def _external(self, name: str) -> Any:
        known = self.function.module.globals.get(name)
        return known or ir.GlobalVariable(self.function.module, _BYTE, name)

    def _c(self, name: str, result: Any, *arguments: Any) -> Any:
        """Calls a function of Python's."""
        function = self.function.module.globals.get(name)
        if function is None:
            kind = ir.FunctionType(result, [each.type for each in arguments])
            function = ir.Function(self.function.module, kind, name)
        return self.builder.call(function, arguments)
