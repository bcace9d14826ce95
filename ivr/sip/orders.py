"""Parameters of what the library is told to do with a call: audio only, and nothing else."""

from urllib.parse import quote

import pjsua2 as pj

from ivr.engine.events import WITHHELD
from ivr.sip.native import Native


def offer(shows: str, host: str) -> Native:
    order = pj.CallOpParam(True)
    order.opt.videoCount = 0
    order.opt.textCount = 0
    if shows == WITHHELD:
        order.txOption.localUri = '"Anonymous" <sip:anonymous@anonymous.invalid>'
        privacy = pj.SipHeader()
        privacy.hName, privacy.hValue = "Privacy", "id"
        order.txOption.headers.push_back(privacy)
    else:
        # A caller may call himself anything; only what a user part may hold goes out again.
        user = quote(shows, safe="+*")
        order.txOption.localUri = f"<sip:{user}@{host}>"
    return order


def acceptance() -> Native:
    order = pj.CallOpParam(True)
    order.statusCode = pj.PJSIP_SC_OK
    order.opt.videoCount = 0
    order.opt.textCount = 0
    return order


def refusal(code: int, retry_after: int) -> Native:
    order = pj.CallOpParam()
    order.statusCode = code
    if retry_after:
        header = pj.SipHeader()
        header.hName = "Retry-After"
        header.hValue = str(retry_after)
        order.txOption.headers.push_back(header)
    return order
