/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * HTTP/1.1 heads and DNS messages: found by their first bytes, copied as a
 * slice, parsed in user space.
 *
 * HTTP: only a head at the start of a segment is seen. Each request and each
 * response counts up on its socket, before the record is reserved, so a pair
 * has the same ordinal even when records in between were lost. The counting
 * holds only while requests and responses take turns; a second request
 * before the answer to the first ends it for that socket (RFC 9112, 9.3.2),
 * for a segment may then hold two heads. After that ordinals are 0.
 */
#ifndef NETWATCH_L7_BPF_H
#define NETWATCH_L7_BPF_H

#define NW_DNS_PORT   53
#define NW_DNS_HEADER 12 /* RFC 1035, 4.1.1 */
#define NW_DNS_OPCODE 0x78
#define NW_DNS_LENGTH 2	 /* over TCP, before each message: RFC 1035, 4.2.2 */
#define NW_HTTP_START 12 /* "HTTP/1.1 200" */
#define NW_L7_MISSES  6	 /* data packets without a known start: the socket speaks something else */

/* Bytes of a "100 Continue" with the least of a response behind it: "HTTP/1.1 200 " and an empty line. */
#define NW_HTTP_TWO_HEADS (25 + 17)

#define NW_REPEAT_WINDOW (1U << 26)

#define NW_WORD(a, b, c, d) ((__u32)(a) | (__u32)(b) << 8 | (__u32)(c) << 16 | (__u32)(d) << 24)

/* Hides a value from the compiler, which would otherwise drop the bounds the verifier needs. */
#define nw_opaque(value) asm volatile("" : "+r"(value))

static __always_inline __u32 nw_captured(const struct nw_view *view)
{
	__u32 n = view->payload_length;

	if (n > cfg_payload_bytes)
		n = cfg_payload_bytes;
	return n;
}

/*
 * Copies 1..max bytes of payload (max: a power of two). Kernels up to 6.1
 * forget a bound learned by comparison; masks they keep.
 */
static __always_inline bool nw_copy_payload(struct __sk_buff *skb, const struct nw_view *view,
					    void *to, __u32 n, const __u32 max)
{
	n -= 1;
	nw_opaque(n);
	n &= max - 1;
	n += 1;
	return !bpf_skb_load_bytes(skb, view->payload_offset, to, n);
}

static __always_inline void nw_fill_message(struct nw_message *record, struct __sk_buff *skb,
					    const struct nw_view *view,
					    const struct nw_socket *socket, __u16 size,
					    __u8 direction, __u8 protocol, __u32 ordinal)
{
	nw_fill_head(&record->head, view, NW_RECORD_MESSAGE, size, direction);
	nw_fill_socket(&record->head, socket);
	record->head.ifindex = skb->ifindex;
	record->ordinal = ordinal;
	record->length = view->payload_length;
	record->captured = nw_captured(view);
	record->protocol = protocol;
	__builtin_memset(record->reserved, 0, sizeof(record->reserved));
}

static __always_inline void nw_emit_message(struct __sk_buff *skb, const struct nw_view *view,
					    const struct nw_socket *socket, __u8 direction,
					    __u8 protocol, __u32 ordinal)
{
	const __u32 short_size = __builtin_offsetof(struct nw_message, payload) + NW_PAYLOAD_SHORT;
	struct nw_message *record;
	__u32 n = nw_captured(view);
	__u16 size;
	bool copied;

	if (n <= NW_PAYLOAD_SHORT) {
		size = short_size;
		record = nw_reserve(short_size, NW_STAT_LOST_MESSAGE);
		if (!record)
			return;
		copied = nw_copy_payload(skb, view, record->payload, n, NW_PAYLOAD_SHORT);
	} else {
		size = sizeof(*record);
		record = nw_reserve(sizeof(*record), NW_STAT_LOST_MESSAGE);
		if (!record)
			return;
		copied = nw_copy_payload(skb, view, record->payload, n, NW_PAYLOAD_MAX);
	}
	if (!copied) {
		bpf_ringbuf_discard(record, BPF_RB_NO_WAKEUP);
		nw_count(NW_STAT_PACKET_TRUNCATED);
		return;
	}
	nw_fill_message(record, skb, view, socket, size, direction, protocol, ordinal);
	nw_submit(record);
}

/*
 * True when the payload has DNS's port and, from `offset` on, a header that
 * user space can read: a standard query with one question, or its response
 * (RFC 1035, 4.1.1 and RFC 9619). Other protocols use the port, too.
 */
static __always_inline bool nw_is_dns(struct __sk_buff *skb, const struct nw_view *view,
				      __u32 offset)
{
	__u8 header[NW_DNS_HEADER];

	if (!cfg_dns || view->payload_length < offset + NW_DNS_HEADER)
		return false;
	if (view->tuple.source_port != NW_DNS_PORT && view->tuple.destination_port != NW_DNS_PORT)
		return false;
	if (bpf_skb_load_bytes(skb, view->payload_offset + offset, header, sizeof(header)))
		return false;
	return !(header[2] & NW_DNS_OPCODE) && header[4] == 0 && header[5] == 1;
}

static __always_inline void nw_observe_dns_udp(struct __sk_buff *skb, const struct nw_view *view,
					       struct bpf_sock *sk, __u8 direction)
{
	struct nw_socket socket = {
		.cookie = bpf_get_socket_cookie(skb),
		.cgroup_id = bpf_sk_cgroup_id(sk),
	};

	nw_emit_message(skb, view, &socket, direction, NW_L7_DNS_UDP, 0);
}

/* What the first four bytes of a payload may begin. */
enum nw_start {
	NW_START_NONE,
	NW_START_REQUEST,
	NW_START_RESPONSE,
	NW_START_HTTP2,
};

static __always_inline enum nw_start nw_classify(__u32 word)
{
	switch (word) {
	case NW_WORD('G', 'E', 'T', ' '):
	case NW_WORD('P', 'O', 'S', 'T'):
	case NW_WORD('P', 'U', 'T', ' '):
	case NW_WORD('H', 'E', 'A', 'D'):
	case NW_WORD('D', 'E', 'L', 'E'):
	case NW_WORD('P', 'A', 'T', 'C'):
	case NW_WORD('O', 'P', 'T', 'I'):
	case NW_WORD('C', 'O', 'N', 'N'):
	case NW_WORD('T', 'R', 'A', 'C'):
		return NW_START_REQUEST;
	case NW_WORD('H', 'T', 'T', 'P'):
		return NW_START_RESPONSE;
	case NW_WORD('P', 'R', 'I', ' '):
		return NW_START_HTTP2; /* RFC 9113, 3.4 */
	default:
		return NW_START_NONE;
	}
}

/*
 * True when this packet begins before the end of one that was counted: what is
 * sent again may be cut in other places. It lies within a window; a greater
 * distance back is a sequence number that went around during a long body
 * (RFC 9293, 3.4).
 */
static __always_inline bool nw_is_repeated(const struct nw_view *view, __u32 *end)
{
	if (*end && *end - view->sequence - 1 < NW_REPEAT_WINDOW)
		return true;
	*end = view->sequence + view->payload_length;
	return false;
}

static __always_inline void nw_observe_request(struct __sk_buff *skb, const struct nw_view *view,
					       struct nw_socket *socket, __u8 direction,
					       __u8 method)
{
	bool waiting = socket->requests != socket->responses;

	if (nw_is_repeated(view, &socket->request_end))
		return;
	if (waiting)
		socket->overlapping = 1;
	/* A body may begin like a request; POST, PUT and PATCH have one. */
	if (waiting && socket->method == 'P')
		return;
	if (socket->overlapping)
		nw_count(NW_STAT_HTTP_PIPELINED);
	socket->l7 = NW_SOCKET_L7_HTTP;
	socket->method = method;
	socket->requests++;
	if (!socket->role)
		socket->role = direction == NW_DIRECTION_EGRESS ? NW_ROLE_CLIENT : NW_ROLE_SERVER;
	nw_emit_message(skb, view, socket, direction, NW_L7_HTTP_REQUEST,
			socket->overlapping ? 0 : socket->requests);
}

static __always_inline void nw_observe_response(struct __sk_buff *skb, const struct nw_view *view,
						struct nw_socket *socket, __u8 direction,
						const __u8 start[NW_HTTP_START])
{
	__u32 ordinal = 0;

	if (nw_is_repeated(view, &socket->response_end))
		return;
	/* "HTTP/1.1 100 Continue" and its like precede the response; 101 is one. */
	if (start[9] == '1' && start[11] != '1') {
		if (start[11] == '0' && view->payload_length >= NW_HTTP_TWO_HEADS)
			socket->overlapping = 1;
		return;
	}
	if (socket->responses == socket->requests)
		nw_count(NW_STAT_HTTP_UNPAIRED);
	else
		ordinal = ++socket->responses;
	if (socket->overlapping) {
		nw_count(NW_STAT_HTTP_PIPELINED);
		ordinal = 0;
	}
	/* What follows an upgrade or a CONNECT is another protocol (RFC 9110, 7.8 and 9.3.6). */
	if (start[9] == '1' || (start[9] == '2' && socket->method == 'C'))
		socket->l7 = NW_SOCKET_L7_OTHER;
	else
		socket->l7 = NW_SOCKET_L7_HTTP;
	if (!socket->role)
		socket->role = direction == NW_DIRECTION_EGRESS ? NW_ROLE_SERVER : NW_ROLE_CLIENT;
	nw_emit_message(skb, view, socket, direction, NW_L7_HTTP_RESPONSE, ordinal);
}

static __always_inline void nw_observe_http(struct __sk_buff *skb, const struct nw_view *view,
					    struct nw_socket *socket, __u8 direction)
{
	union {
		__u32 word;
		__u8 bytes[NW_HTTP_START];
	} start;

	if (!cfg_http || socket->l7 == NW_SOCKET_L7_OTHER || view->payload_length < NW_HTTP_START)
		return;
	if (bpf_skb_load_bytes(skb, view->payload_offset, &start, sizeof(start)))
		return;
	switch (nw_classify(start.word)) {
	case NW_START_REQUEST:
		nw_observe_request(skb, view, socket, direction, start.bytes[0]);
		return;
	case NW_START_RESPONSE:
		nw_observe_response(skb, view, socket, direction, start.bytes);
		return;
	case NW_START_HTTP2:
		nw_count(NW_STAT_HTTP2_CONNECTION);
		socket->l7 = NW_SOCKET_L7_OTHER;
		return;
	default:
		if (socket->l7 == NW_SOCKET_L7_UNKNOWN && ++socket->misses >= NW_L7_MISSES)
			socket->l7 = NW_SOCKET_L7_OTHER;
	}
}

static __always_inline void nw_observe_payload(struct __sk_buff *skb, const struct nw_view *view,
					       struct nw_socket *socket, __u8 direction)
{
	if (nw_is_dns(skb, view, NW_DNS_LENGTH))
		nw_emit_message(skb, view, socket, direction, NW_L7_DNS_TCP, 0);
	else
		nw_observe_http(skb, view, socket, direction);
}

#endif
