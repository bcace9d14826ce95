"""A telephone in a process of its own: try a gateway with it by hand, or from a program.

    python -m demo.phone --port 5080 --name caller

One JSON object a line on standard input tells it what to do; one JSON object a line on
standard output tells what happens. It takes one call at a time, and ends with its input, or
after `--seconds`. Commands, `do` being the word, the rest having the defaults shown:

    call uri, shows ""            ring an address; `shows` is the user part of From
    on_call answer_after 0        what to do with later calls: answer after so many seconds,
            or reject 486, or never true
    answer | hang_up              the call there is
    keys keys, gap 0.1, seconds 0.1, method "rtp" | "info"
    hold | unhold
    tone hz                       say this tone; 0 for silence
    play file                     say this 8 kHz WAV once
    record file                   keep what is heard, until the call ends
    measure seconds 1             hear so long, then tell tone and level
    statistics                    tell what RTP has come in
    quit

Events, `event` being the word: ready uri; incoming caller, dialled; ringing code; answered;
ended code; key key, method; measured hz, level (dBFS; hz 0 when it is silent); played;
statistics received, lost (packets); registered code; done do (the command is carried out);
error text.
"""

import argparse
import json
import os
import queue
import signal
import sys
import threading
import time
from typing import Any

from demo.softphone import Place
from demo.telephone import Manner, Phone


def main() -> None:
    """Read commands and tell events until the input ends or the time is over."""
    options = _options()
    say = _say
    place = Place(
        options.name,
        options.address,
        options.port,
        options.protocol,
        options.rtp_port,
        options.codec,
    )
    manner = Manner(None if options.never else options.answer_after, options.reject)
    phone = Phone(place, manner, say)
    if options.record:
        phone.do_record(options.record)
    if options.register:
        password = os.environ.get("PHONE_PASSWORD", "")
        phone.register(options.register, options.user or options.name, options.realm, password)
    signal.signal(signal.SIGTERM, lambda *_: phone.do_quit())
    signal.signal(signal.SIGINT, lambda *_: phone.do_quit())
    say("ready", uri=place.uri)
    orders = _read_orders()
    end = time.monotonic() + options.seconds
    while not phone.is_done and time.monotonic() < end:
        phone.poll()
        while not orders.empty():
            order = orders.get()
            phone.do(order if order is not None else {"do": "quit"})
    phone.close()


def _read_orders() -> "queue.SimpleQueue[dict[str, Any] | None]":
    """Orders as they come; None when the input ends."""
    orders: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()

    def read() -> None:
        for line in sys.stdin:
            try:
                order = json.loads(line)
            except json.JSONDecodeError as error:
                order = {"do": f"? {error}"}
            orders.put(order if isinstance(order, dict) else {"do": str(order)})
        orders.put(None)

    threading.Thread(target=read, daemon=True).start()
    return orders


def _say(event: str, **values: object) -> None:
    print(json.dumps({"event": event, **values}), flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m demo.phone",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--name", default="phone", help="user part of its address")
    parser.add_argument("--address", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--protocol", choices=("udp", "tcp"), default="udp")
    parser.add_argument("--rtp-port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--codec", choices=("pcma", "pcmu", "g722"), default="pcma")
    parser.add_argument("--answer-after", type=float, default=0.0, metavar="SECONDS")
    parser.add_argument("--reject", type=int, default=0, metavar="CODE")
    parser.add_argument("--never", action="store_true", help="let calls ring")
    parser.add_argument("--record", default="", metavar="FILE")
    parser.add_argument(
        "--register",
        default="",
        metavar="HOST:PORT",
        help="the password is read from PHONE_PASSWORD",
    )
    parser.add_argument("--user", default="")
    parser.add_argument("--realm", default="")
    parser.add_argument("--seconds", type=float, default=300.0, help="then it ends by itself")
    return parser.parse_args()


if __name__ == "__main__":
    main()
