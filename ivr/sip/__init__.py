"""SIP and RTP: the one user of pjsua2. Orders in, events out."""

from ivr.sip.endpoint import Endpoint
from ivr.sip.facts import Quality
from ivr.sip.line import Line
from ivr.sip.trunks import TrunkStatus

__all__ = ["Endpoint", "Line", "Quality", "TrunkStatus"]
