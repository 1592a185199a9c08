"""From an object file to an image: bytes that run wherever they are copied to.

The part of a linker that kernels need. Code and constants come first, then what is written: the
addresses of functions of Python's and of the C library, which whoever copies the image fills in.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from biometal_stream.simd.aot.relocations import (
    BY_ADDRESS,
    BY_SLOT,
    STUBS,
    UnlinkableError,
    relocate,
)

PAGE = 1 << 16
"""What the writable part is aligned to: the largest page of any system."""

_ALLOCATED, _WRITABLE = 2, 1
_SYMBOL_TABLE, _RELOCATIONS, _ZEROS = 2, 4, 8
_NOT_LOADED = (".eh_frame", ".note", ".comment")  # nothing is unwound through a kernel
_RESERVED = 0xFF00  # from here on an index of a section is none


@dataclass
class Image:
    """Machine code that can be copied to memory, at the start of a page.

    Attributes:
        content: The bytes.
        writable: Where those that are written begin, at the start of a page.
        entries: Where each function begins.
        imports: Where the address of each function and object from outside is to be written.
        own: Where the address of a byte of the image is to be written, and of which.
    """

    content: bytearray
    writable: int
    entries: dict[str, int] = field(default_factory=dict)
    imports: dict[str, int] = field(default_factory=dict)
    own: dict[int, int] = field(default_factory=dict)


def linked(data: bytes, entries: tuple[str, ...]) -> Image:
    """Makes an image.

    Args:
        data: An ELF object of x86-64 or AArch64, position-independent.
        entries: The names of the functions that are called.

    Raises:
        UnlinkableError: The object has what no kernel needs.
    """
    return _Linker(data).link(entries)


@dataclass(frozen=True)
class _Section:
    name: str
    kind: int
    flags: int
    offset: int
    size: int
    target: int
    alignment: int


@dataclass(frozen=True)
class _Symbol:
    name: str
    section: int
    value: int


@dataclass(frozen=True)
class _Relocation:
    section: int
    offset: int
    kind: int
    symbol: _Symbol
    addend: int


class _Linker:
    def __init__(self, data: bytes) -> None:
        self.data = data
        (self.machine,) = struct.unpack_from("<H", data, 18)
        self.sections = self._read_sections()
        self.symbols = self._read_symbols()
        self.relocations = list(self._read_relocations())
        self.places: dict[int, int] = {}

    def link(self, entries: tuple[str, ...]) -> Image:
        used = {each.symbol for each in self.relocations}
        outside = sorted(symbol.name for symbol in used if not symbol.section)
        inside = {each.symbol for each in self.relocations if each.kind in BY_SLOT} - {
            symbol for symbol in used if not symbol.section
        }
        template, holes = STUBS[self.machine]
        stubs: dict[str, int] = {}
        slots: dict[str | _Symbol, int] = {}
        end = -(-self._lay_out(0, 0) // 16) * 16
        for name in outside:
            stubs[name] = end
            end += len(template)
        writable = -(-end // PAGE) * PAGE
        end = -(-self._lay_out(writable, _WRITABLE) // 8) * 8
        own = sorted(inside, key=lambda each: (each.section, each.value))
        slotted: list[str | _Symbol] = [*outside, *own]
        for place, thing in enumerate(slotted):
            slots[thing] = end + 8 * place
        end += 8 * len(slots)
        image = Image(bytearray(end), writable, imports={name: slots[name] for name in outside})
        self._copy_sections(image)
        for name, place in stubs.items():
            image.content[place : place + len(template)] = template
            for shift, kind, addend in holes:
                relocate(image.content, place + shift, kind, slots[name] + addend)
        image.own = {slots[symbol]: self._address(symbol) for symbol in inside}
        for each in self.relocations:
            self._relocate(image, each, stubs, slots)
        found = {symbol.name: symbol for symbol in self.symbols if symbol.section}
        image.entries = {name: self._address(found[name]) for name in entries}
        return image

    def _lay_out(self, end: int, writable: int) -> int:
        """Gives each section that is loaded a place from an end on; returns the new end."""
        for index, section in enumerate(self.sections):
            loaded = section.flags & _ALLOCATED and not section.name.startswith(_NOT_LOADED)
            if loaded and section.flags & _WRITABLE == writable:
                self.places[index] = -(-end // section.alignment) * section.alignment
                end = self.places[index] + section.size
        return end

    def _copy_sections(self, image: Image) -> None:
        for index, place in self.places.items():
            section = self.sections[index]
            if section.kind != _ZEROS:
                text = self.data[section.offset : section.offset + section.size]
                image.content[place : place + section.size] = text

    def _relocate(
        self,
        image: Image,
        each: _Relocation,
        stubs: dict[str, int],
        slots: dict[str | _Symbol, int],
    ) -> None:
        place = self.places[each.section] + each.offset
        symbol = each.symbol
        if each.kind in BY_SLOT:
            slot = slots[symbol if symbol.section else symbol.name]
            relocate(image.content, place, each.kind, slot + each.addend)
        elif each.kind in BY_ADDRESS:
            if not symbol.section or place < image.writable:
                raise UnlinkableError(f"the address of {symbol.name} is asked for")
            image.own[place] = self._address(symbol) + each.addend
        else:
            target = self._address(symbol) if symbol.section else stubs[symbol.name]
            relocate(image.content, place, each.kind, target + each.addend)

    def _address(self, symbol: _Symbol) -> int:
        if symbol.section not in self.places:
            raise UnlinkableError(f"{symbol.name} is not loaded")
        return self.places[symbol.section] + symbol.value

    def _read_sections(self) -> list[_Section]:
        (start,) = struct.unpack_from("<Q", self.data, 40)
        size, count, names = struct.unpack_from("<HHH", self.data, 58)
        rows = [
            struct.unpack_from("<IIQQQQIIQQ", self.data, start + index * size)
            for index in range(count)
        ]
        return [
            _Section(
                name=self._name(rows[names][4] + row[0]),
                kind=row[1],
                flags=row[2],
                offset=row[4],
                size=row[5],
                target=row[7],
                alignment=max(row[8], 1),
            )
            for row in rows
        ]

    def _read_symbols(self) -> list[_Symbol]:
        (table,) = (each for each in self.sections if each.kind == _SYMBOL_TABLE)
        (start,) = struct.unpack_from("<Q", self.data, 40)
        names = self.sections[self._link_of(table, start)].offset
        symbols = []
        for offset in range(table.offset, table.offset + table.size, 24):
            name, _, _, section, value, _ = struct.unpack_from("<IBBHQQ", self.data, offset)
            symbols.append(_Symbol(self._name(names + name), section, value))
        return symbols

    def _link_of(self, section: _Section, start: int) -> int:
        index = self.sections.index(section)
        (size,) = struct.unpack_from("<H", self.data, 58)
        (link,) = struct.unpack_from("<I", self.data, start + index * size + 40)
        return int(link)

    def _read_relocations(self) -> Iterator[_Relocation]:
        for section in self.sections:
            if section.kind != _RELOCATIONS:
                continue
            patched = self.sections[section.target]
            if not patched.flags & _ALLOCATED or patched.name.startswith(_NOT_LOADED):
                continue
            for offset in range(section.offset, section.offset + section.size, 24):
                place, info, addend = struct.unpack_from("<QQq", self.data, offset)
                symbol = self.symbols[info >> 32]
                if symbol.section >= _RESERVED:
                    raise UnlinkableError(f"{symbol.name} is in no section")
                yield _Relocation(section.target, place, info & 0xFFFFFFFF, symbol, addend)

    def _name(self, offset: int) -> str:
        return self.data[offset : self.data.index(0, offset)].decode()
