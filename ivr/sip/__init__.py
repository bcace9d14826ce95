"""SIP and RTP: the one user of pjsua2. Orders in, events out.

Read in this order: endpoint, line, hearing, recording, listening; then leg, stack and
accounts, which touch the library; then trunks and way.
"""

from ivr.sip.endpoint import Endpoint
from ivr.sip.facts import Quality
from ivr.sip.line import Line
from ivr.sip.trunks import TrunkStatus

__all__ = ["Endpoint", "Line", "Quality", "TrunkStatus"]
