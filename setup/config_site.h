/* How PJSIP is compiled for a gateway: many short calls, audio only, no desktop.
 *
 * Sizes are for 512 call legs at once. Every number below is a ceiling that costs
 * a little memory; running into one of them would cost a caller.
 */

/* Calls. A player belongs to a call, and a call may own several at once (hold
 * music, an announcement, a queue position), so there are four per call. The
 * conference has one port for each call, player and recorder, and for the frame
 * port of a recogniser. */
#define PJSUA_MAX_CALLS                 512
#define PJSUA_MAX_ACC                   64
#define PJSUA_MAX_PLAYERS               2048
#define PJSUA_MAX_RECORDERS             512
#define PJSUA_MAX_CONF_PORTS            4096
#define PJSUA_MAX_BUDDIES               1

/* Two sockets for each call's RTP and RTCP, and the SIP transports. */
#define PJ_IOQUEUE_MAX_HANDLES          4096

/* A finished transaction is kept for 32 s; these hold 250 calls a second. Both
 * are one less than a power of two, because they size hash tables. */
#define PJSIP_MAX_TSX_COUNT             8191
#define PJSIP_MAX_DIALOG_COUNT          4095

/* SIP on the wire. Trunks put long Diversion, History-Info and Identity headers
 * on a call; what does not fit is dropped without a trace. */
#define PJSIP_MAX_PKT_LEN               8000
#define PJSIP_MAX_URL_SIZE              512
#define PJ_LOG_MAX_SIZE                 (PJSIP_MAX_PKT_LEN + 500)

/* Off in PJSIP unless asked for. An account still says which of the two it uses. */
#define PJ_HAS_IPV6                     1

/* A burst of calls waits here while the engine thinks. */
#define PJSIP_UDP_SO_RCVBUF_SIZE        (1024 * 1024)
#define PJSIP_TCP_TRANSPORT_BACKLOG     64
#define PJSIP_TLS_TRANSPORT_BACKLOG     64

/* A trunk configured for UDP stays on UDP. Without this a request above 1300
 * bytes goes over TCP, to a port where often nobody listens. */
#define PJSIP_DONT_SWITCH_TO_TCP        1

/* The payload type every PBX expects for keys in an offer; PJSIP's own is 120. */
#define PJMEDIA_RTP_PT_TELEPHONE_EVENTS 101

/* Once media has been heard from the address in the SDP, strangers must send this
 * many packets without one from that address in between before audio follows
 * them. 50 packets are one second; PJSIP's own is 10. */
#define PJMEDIA_RTP_NAT_PROBATION_CNT   50

/* Not compiled in: a gateway shows no pictures, encrypts media on the trunk's own
 * network or not at all, asks the system's resolver for names (PJSIP's can be
 * forged in 2.17), and watches nobody's dialogs. Codecs, devices and SRTP are
 * left out by configure. */
#define PJMEDIA_HAS_VIDEO               0
#define PJMEDIA_HAS_SPEEX_AEC           0
#define PJMEDIA_HAS_LEGACY_SOUND_API    0
#define PJSIP_HAS_RESOLVER              0
#define PJSUA_HAS_DLG_EVENT_PKG         0

/* Bookkeeping for whoever debugs PJSIP itself. */
#define PJ_TIMER_DEBUG                  0
