"""Ask for a page again and again, each time by a new connection, and tell what was not answered.

Usage: `python steady_requests.py SOCKET_OR_PORT PATH HOST FILE`. It ends when FILE is there and it has made enough
requests. It prints how many it made, how many seconds the slowest took, and a line for each that failed. A bare
machine has only the standard library, and so this imports nothing else.
"""

import http.client
import socket
import sys
import threading
import time
from pathlib import Path

THREADS = 8
PAUSE = 0.05
ENOUGH = 400
# Seconds: a restart takes a few, and longer where the processor is busy.
PATIENCE = 120


def status(where: str, page: str, host: str) -> int:
    """Return the status with which a page is answered, at the path of a socket or at a port of loopback."""
    asked = http.client.HTTPConnection(host)
    asked.sock = socket.socket(socket.AF_INET if where.isdigit() else socket.AF_UNIX)
    try:
        asked.sock.settimeout(PATIENCE)
        asked.sock.connect(("127.0.0.1", int(where)) if where.isdigit() else where)
        asked.request("GET", page, headers={"Connection": "close"})
        answer = asked.getresponse()
        answer.read()
        return answer.status
    finally:
        asked.close()


def ask(where: str, page: str, host: str, end: Path, answers: list[tuple[float, str]]) -> None:
    """Send requests until a file is there and there were enough. Add to `answers` their seconds and status."""
    while not end.exists() or len(answers) < ENOUGH:
        began = time.monotonic()
        try:
            told = str(status(where, page, host))
        except (OSError, http.client.HTTPException) as problem:
            told = repr(problem)
        answers.append((time.monotonic() - began, told))
        time.sleep(PAUSE)


if __name__ == "__main__":
    answers: list[tuple[float, str]] = []
    arguments = (*sys.argv[1:4], Path(sys.argv[4]), answers)
    threads = [threading.Thread(target=ask, args=arguments) for _ in range(THREADS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    print(len(answers))
    print(round(max(answers)[0], 2))
    print(*[told for _seconds, told in answers if told != "200"], sep="\n")
