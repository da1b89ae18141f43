"""SMTP sink: accepts and discards everything, to measure the sending rate.

`python tests/benchmarks/smtp_sink.py` prints its port, then serves until its standard input closes.
"""

from __future__ import annotations

import asyncio
import sys

END = b"\r\n.\r\n"
MOST = 1 << 24
ANSWERS = {b"QUIT": b"221 bye", b"DATA": b"354 go on"}


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Serve one client until QUIT or disconnect."""
    writer.write(b"220 sink\r\n")
    while line := await reader.readline():
        verb = line[:4].upper()
        writer.write(ANSWERS.get(verb, b"250 ok") + b"\r\n")
        if verb == b"DATA":
            await reader.readuntil(END)
            writer.write(b"250 taken\r\n")
        if verb == b"QUIT":
            break
    writer.close()


async def _main() -> None:
    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=MOST)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(_main())
