"""The floor's machine code: compiled by Numba once a machine, kept in files, and called without Numba from then on.

Numba takes longer to import than a day of contacts takes to simulate, and its own cache cannot be read without it.
An entry of the kernel is compiled and kept when it is first needed: a file an entry, in a folder named by all that the
code depends on, so that another version of anything makes new ones.
"""

import ctypes
import os
from collections.abc import Callable, Iterable
from fcntl import LOCK_EX, flock
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from llvmlite import binding as llvm

from simulation.world.floor.compiled import layout

ALWAYS = ("draw_streams", "draw_uniforms", "count_arrivals", "draw_arrivals", "sort_out", "close")
"""The entries that every floor calls."""
USUAL = (*ALWAYS, "advance")
"""And what lives all scenarios but the plainest."""
_PREFIX = "springtide_"
_SEAL = sha256().digest_size
_SOURCE = Path(__file__).with_name("kernel.py")


@lru_cache(maxsize=32)
def code(entry: str) -> Callable[..., int]:
    """An entry of the kernel, to be called with addresses and whole numbers; other threads run meanwhile."""
    kind = ctypes.CFUNCTYPE(ctypes.c_int64, *(ctypes.c_int64,) * layout.ENTRIES[entry])
    return kind(address_of_code(entry))


@lru_cache(maxsize=32)
def address_of_code(entry: str) -> int:
    """Where the machine code of an entry begins."""
    engine = _engine()
    engine.add_object_file(llvm.ObjectFileRef.from_data(_kept(entry) or _made(entry)))
    engine.finalize_object()
    return int(engine.get_function_address(_PREFIX + entry))


def is_compiled(entries: Iterable[str]) -> bool:
    """Whether their code is kept, whole."""
    return all(_kept(entry) is not None for entry in entries)


def folder() -> Path:
    """Where code is kept: SPRINGTIDE_CODE_DIR, else in the user's own cache."""
    chosen = os.environ.get("SPRINGTIDE_CODE_DIR")
    if chosen:
        return Path(chosen).expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "springtide"


def _kept(entry: str) -> bytes | None:
    """The code of an entry if it is there as it was written; LLVM would end the process over a damaged one."""
    try:
        kept = _file(entry).read_bytes()
    except OSError:
        return None
    seal, made = kept[:_SEAL], kept[_SEAL:]
    return made if seal == _seal(entry, made) else None


def _seal(entry: str, made: bytes) -> bytes:
    return sha256(entry.encode() + made).digest()


def _file(entry: str) -> Path:
    return folder() / f"floor-{_digest()}" / f"{entry}.o"


@lru_cache(maxsize=1)
def _digest() -> str:
    """Of all that the code depends on: the kernel, the values of the layout, the compiler and the processor."""
    values = {name: value for name, value in vars(layout).items() if isinstance(value, int | float)}
    tools = [(package, version(package)) for package in ("numba", "llvmlite")]
    machine = llvm.get_default_triple(), llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()
    told = repr((sorted(values.items()), tools, machine)).encode()
    return sha256(_SOURCE.read_bytes() + told).hexdigest()[:16]


@lru_cache(maxsize=1)
def _machine() -> Any:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(),
        features=llvm.get_host_cpu_features().flatten(),
        opt=3,
        reloc="static" if llvm.get_default_triple().startswith("x86") else "default",
        codemodel="jitdefault",
        jit=True,
    )


@lru_cache(maxsize=1)
def _engine() -> Any:
    """What holds loaded code, as long as the process lives."""
    return llvm.create_mcjit_compiler(llvm.parse_assembly(""), _machine())


def _made(entry: str) -> bytes:
    """An entry compiled, and kept if there is a place to keep it; a process that compiles already is waited for."""
    file = _file(entry)
    unfinished = file.with_suffix(".unfinished")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.with_name("lock").open("wb") as turn:
            flock(turn, LOCK_EX)
            made = _kept(entry)
            if made is None:
                made = _compiled(entry)
                unfinished.write_bytes(_seal(entry, made) + made)
                unfinished.replace(file)  # whole or not at all
            return made
    except OSError:  # a place that cannot be written to costs the next start its time, nothing else
        return _compiled(entry)


def _compiled(entry: str) -> bytes:
    """Numba's function under a name of its own and the C calling convention, without its wrapper for Python errors."""
    from numba import cfunc, types

    from simulation.world.floor.compiled import kernel

    count = layout.ENTRIES[entry]
    signature = types.int64(kernel.INT64, *(types.int64,) * (count - 1))
    function = cfunc(signature, error_model="numpy")(kernel.CODE[entry])
    module = llvm.parse_assembly(function.inspect_llvm())
    module.get_function(function.native_name).linkage = "internal"
    module.link_in(llvm.parse_assembly(_shell(entry, count, function.native_name.removeprefix("cfunc."))))
    passes = llvm.create_new_module_pass_manager()
    passes.add_global_dead_code_eliminate_pass()
    passes.run(module, llvm.create_pass_builder(_machine(), llvm.PipelineTuningOptions()))
    emitted: bytes = _machine().emit_object(module)
    return emitted


def _shell(entry: str, count: int, native: str) -> str:
    """A C function around Numba's, which writes its result to a place; nothing in the kernel raises an error."""
    kinds, given = ", ".join(["i64"] * (count - 1)), "".join(f", i64 %a{k}" for k in range(1, count))
    return f"""
        declare i32 @"{native}"(ptr, ptr, ptr{kinds and ", " + kinds})
        define i64 @{_PREFIX}{entry}(ptr %a0{given}) {{
            %result = alloca i64
            %error = alloca ptr
            call i32 @"{native}"(ptr %result, ptr %error, ptr %a0{given})
            %value = load i64, ptr %result
            ret i64 %value
        }}
    """
