"""Runs a WASI 0.2 command component in the `wasmtime` Python package, with outgoing HTTP.

    python runtimes_wasmtime.py COMPONENT

Stdin, stdout, stderr and the ARGOCD_* variables are passed on. No policy, no limits: this is what
"any other runtime" means.
"""

import os
import sys

from wasmtime import Config, Engine, Store, WasiConfig
from wasmtime.component import Component, Linker


def main(path):
    config = Config()
    config.wasm_component_model = True
    engine = Engine(config)
    linker = Linker(engine)
    linker.add_wasip2()
    linker.add_wasi_http()
    wasi = WasiConfig()
    wasi.inherit_stdin()
    wasi.inherit_stdout()
    wasi.inherit_stderr()
    wasi.env = [(name, value) for name, value in os.environ.items() if name.startswith("ARGOCD_")]
    store = Store(engine)
    store.set_wasi(wasi)
    store.set_wasi_http()
    instance = linker.instantiate(store, Component.from_file(engine, path))
    interface = next(
        index
        for version in range(20)
        if (index := instance.get_export_index(store, f"wasi:cli/run@0.2.{version}")) is not None
    )
    run = instance.get_func(store, instance.get_export_index(store, "run", interface))
    run(store)
    # Without this the interpreter may wait for threads of the runtime.
    sys.stdout.flush()
    os._exit(0)


main(sys.argv[1])
