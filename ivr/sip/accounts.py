"""pjsua2 accounts: one for each place we listen, one for each trunk.

The library takes an incoming call to the account that fits it best by transport and address;
which trunk it came over is decided by its source address, here, and not by the account.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass

import pjsua2 as pj

from ivr.errors import SipError
from ivr.gateway import Listen, Registration
from ivr.sip.native import Native
from ivr.sip.notices import Answered, Inbox, Refused, Registered
from ivr.sip.places import host_of
from ivr.sip.way import Way

_LISTENING = 10
"""Priority over trunks, which is 0: an incoming call goes to the place that heard it."""
_ANYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 -- recognised here, not bound to

Adopt = Callable[[Native, int, str, str], None]


@dataclass(frozen=True, slots=True)
class RtpPorts:
    """`first` is even; `many` counts ports, two for each line. All accounts take from them.

    The library counts on from the last port that an account took, past those that are taken.
    """

    first: int
    many: int

    def __post_init__(self) -> None:
        if self.many < 4:  # noqa: PLR2004 -- with two the library would take any
            raise SipError(f"{self.many} RTP ports are too few")


MD5 = "md5"
_STRONG = re.compile(r"algorithm\s*=\s*\"?SHA-256\b", re.IGNORECASE)


class Account(pj.Account):  # type: ignore[misc]  # SWIG writes no types
    """Turns the callbacks of one account into notices."""

    def __init__(self, name: str, inbox: Inbox, adopt: Adopt, algorithm: str = MD5) -> None:
        super().__init__()
        self._algorithm = algorithm
        self.name = name
        self._inbox = inbox
        self._adopt = adopt

    def onIncomingCall(self, prm: Native) -> None:
        self._adopt(self, prm.callId, prm.rdata.wholeMsg, prm.rdata.srcAddress)

    def onRegState(self, prm: Native) -> None:
        seconds = prm.expiration if prm.code // 100 == 2 else 0  # noqa: PLR2004 -- success
        self._inbox.append(Registered(self.name, int(prm.code), int(seconds)))

    def onAuthChallenge(self, prm: Native) -> None:
        # A password answers every algorithm, so a weak challenge would get a weak answer.
        if self._algorithm != MD5 and _STRONG.search(prm.rdata.wholeMsg) is None:
            prm.challenge.abandon()

    def onSendRequest(self, prm: Native) -> None:
        state = prm.e.body.tsxState
        if state.type == pj.PJSIP_EVENT_TIMER:
            return  # 32 seconds late: the trunk's own deadline has passed long ago
        failed = state.type == pj.PJSIP_EVENT_TRANSPORT_ERROR
        self._inbox.append(Answered(self.name, 0 if failed else int(state.tsx.statusCode)))

    def onIncomingSubscribe(self, prm: Native) -> None:
        # By default the library lets anybody subscribe to whether we are there.
        prm.code = pj.PJSIP_SC_FORBIDDEN
        self._inbox.append(Refused("subscribe"))


def listening(name: str, listen: Listen, transport: int, ports: RtpPorts) -> Native:
    """Settings of the account for calls that come in at `listen`, and calls to no trunk."""
    config = _account(listen, transport, ports)
    config.idUri = f"sip:{name}@{host_of(listen.address)}:{listen.port}"
    config.priority = _LISTENING
    return config


def calling(way: Way, transport: int, ports: RtpPorts) -> Native:
    """Settings of a trunk's account."""
    config = _account(way.listen, transport, ports)
    registration = way.trunk.registration
    user = registration.user if registration else "gateway"
    config.idUri = f"sip:{user}@{way.place}"
    if way.route is not None:
        config.sipConfig.proxies.push_back(way.route)
    if registration is None:
        return config
    config.regConfig.registrarUri = f"sip:{way.place}"
    config.regConfig.registerOnAdd = False
    config.regConfig.timeoutSec = registration.seconds
    config.regConfig.retryIntervalSec = 0  # we try again ourselves, more and more slowly
    config.sipConfig.authCreds.push_back(_credentials(registration))
    return config


def _credentials(registration: Registration) -> Native:
    """RFC 3261 22.4 and RFC 8760, as narrow as the library lets them be.

    The exact realm: with "*" it would answer any challenge, to a BYE even. For MD5 the digest
    instead of the password, which no other algorithm can use. For SHA-256 it takes passwords
    only; `Account` sees to it that MD5 is not answered.
    """
    user, realm, password = registration.user, registration.realm, registration.password.text
    if registration.algorithm != MD5:
        return pj.AuthCredInfo("digest", realm, user, pj.PJSIP_CRED_DATA_PLAIN_PASSWD, password)
    digest = hashlib.md5(f"{user}:{realm}:{password}".encode(), usedforsecurity=False)
    return pj.AuthCredInfo("digest", realm, user, pj.PJSIP_CRED_DATA_DIGEST, digest.hexdigest())


def _account(listen: Listen, transport: int, ports: RtpPorts) -> Native:
    config = pj.AccountConfig()
    config.sipConfig.transportId = transport
    config.callConfig.timerUse = pj.PJSUA_SIP_TIMER_OPTIONAL
    config.callConfig.prackUse = pj.PJSUA_100REL_OPTIONAL
    nat = config.natConfig
    nat.iceEnabled = nat.turnEnabled = False
    nat.contactRewriteUse = nat.viaRewriteUse = nat.sdpNatRewriteUse = nat.sipOutboundUse = 0
    media = config.mediaConfig
    media.transportConfig.port = ports.first
    media.transportConfig.portRange = ports.many // 2 * 2 - 2  # to the last pair
    if listen.address not in _ANYWHERE:
        media.transportConfig.boundAddress = listen.address
    media.srtpUse = pj.PJMEDIA_SRTP_DISABLED
    media.lockCodecEnabled = False  # a peer that answers with two codecs is not re-invited
    is_six = ":" in listen.address
    family = pj.PJSUA_IPV6_ENABLED_USE_IPV6_ONLY if is_six else pj.PJSUA_IPV6_DISABLED
    config.sipConfig.ipv6Use = family
    media.ipv6Use = family
    return config
