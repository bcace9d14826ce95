"""`ivr reload`, `ivr status`, `ivr drain`: a word with the running gateway."""

import argparse
import sys

from ivr.control import send as send_request


def send(options: argparse.Namespace) -> int:
    """Send the command; return 0 when the gateway agreed, 1 when it refused."""
    reply = send_request(options.control, {"command": options.command})
    print(reply["text"], file=sys.stdout if reply["ok"] else sys.stderr)
    return 0 if reply["ok"] else 1
