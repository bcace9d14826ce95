"""SIP and RTP: the one user of pjsua2. Orders in, events out."""

from ivr.sip.endpoint import Endpoint
from ivr.sip.line import Line, Quality
from ivr.sip.trunks import TrunkStatus

__all__ = ["Endpoint", "Line", "Quality", "TrunkStatus"]
