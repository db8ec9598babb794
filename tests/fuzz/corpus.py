"""The corpus of a fuzz target is one text file, corpus/TARGET.txt: an input a line, sorted, in escapes.

    corpus.py unpack TARGET FOLDER      a file in FOLDER for each input, as the fuzzer wants them
    corpus.py pack TARGET FOLDER        the file from the inputs in FOLDER, each once

Printable ASCII stands for itself but the backslash, which is doubled; any other byte is `\\xNN`.
"""

import hashlib
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent / "corpus"


def escaped(data):
    """An input as a line."""
    plain = lambda byte: "\\\\" if byte == 0x5C else chr(byte)
    return "".join(plain(byte) if 0x20 <= byte < 0x7F else f"\\x{byte:02x}" for byte in data)


def raw(line):
    """The input of a line."""
    meant = lambda found: found[1] if found[1] == "\\" else chr(int(found[1][1:], 16))
    return re.sub(r"\\(\\|x[0-9a-f]{2})", meant, line).encode("latin-1")


def main(verb, target, folder):
    """Reads or writes the archive of a target."""
    archive, folder = HERE / f"{target}.txt", pathlib.Path(folder)
    if verb == "unpack":
        folder.mkdir(parents=True, exist_ok=True)
        for line in archive.read_text("ascii").splitlines():
            data = raw(line)
            (folder / hashlib.sha1(data).hexdigest()).write_bytes(data)
    elif verb == "pack":
        lines = sorted({escaped(path.read_bytes()) for path in folder.iterdir()})
        archive.write_text("".join(f"{line}\n" for line in lines), "ascii")
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
