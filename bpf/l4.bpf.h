/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Packets as events: a TCP flag that is new in its direction, a UDP conversation that starts. */
#ifndef NETWATCH_L4_BPF_H
#define NETWATCH_L4_BPF_H

static __always_inline void nw_fill_head(struct nw_head *head, const struct nw_view *view,
					 __u8 type, __u16 size, __u8 direction)
{
	head->type = type;
	head->direction = direction;
	head->role = NW_ROLE_UNKNOWN;
	head->family = view->family;
	head->protocol = view->protocol;
	head->tcp_flags = view->tcp_flags;
	head->size = size;
	head->netns = 0;
	head->ifindex = 0;
	head->time_ns = bpf_ktime_get_ns();
	head->socket_cookie = 0;
	head->cgroup_id = 0;
	head->tuple = view->tuple;
	head->reserved2 = 0;
}

static __always_inline void nw_fill_socket(struct nw_head *head, const struct nw_socket *socket)
{
	head->role = socket->role;
	head->netns = socket->netns;
	head->socket_cookie = socket->cookie;
	head->cgroup_id = socket->cgroup_id;
}

static __always_inline void nw_emit_packet(struct __sk_buff *skb, const struct nw_view *view,
					   const struct nw_socket *socket, __u8 direction)
{
	struct nw_packet *record = nw_reserve(sizeof(*record), NW_STAT_LOST_PACKET);

	if (!record)
		return;
	nw_fill_head(&record->head, view, NW_RECORD_PACKET, sizeof(*record), direction);
	nw_fill_socket(&record->head, socket);
	record->head.ifindex = skb->ifindex;
	nw_submit(record);
}

/* State of this packet's TCP socket, made on first sight. */
static __always_inline struct nw_socket *nw_get_socket(struct __sk_buff *skb, struct bpf_sock *sk)
{
	struct nw_socket *socket;

	socket = bpf_sk_storage_get(&nw_sockets, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);
	if (!socket) {
		nw_count(NW_STAT_SOCKET_STATE_FAILED);
		return NULL;
	}
	/* inet_sock_set_state may have made it, and knows neither of these. */
	if (!socket->cookie) {
		socket->cgroup_id = bpf_sk_cgroup_id(sk);
		socket->cookie = bpf_get_socket_cookie(skb);
	}
	return socket;
}

/* Whoever sends the first SYN is the client. */
static __always_inline void nw_learn_role(struct nw_socket *socket, __u8 flags, __u8 direction)
{
	bool first_syn = !(flags & NW_TCP_ACK);

	if (socket->role || !(flags & NW_TCP_SYN))
		return;
	socket->role =
		(direction == NW_DIRECTION_EGRESS) == first_syn ? NW_ROLE_CLIENT : NW_ROLE_SERVER;
}

/*
 * A listener stands for the connections it has not accepted: their SYN and
 * SYN-ACK are all events, and no state is kept of them. The kernel hands data
 * that came with the last ACK of the handshake to the new socket without
 * passing this hook again, so that data is lost to us, and counted.
 */
static __always_inline void nw_observe_listener(struct __sk_buff *skb, const struct nw_view *view,
						struct nw_socket *socket, __u8 direction)
{
	socket->role = NW_ROLE_SERVER;
	if (view->tcp_flags & NW_TCP_SYN)
		nw_emit_packet(skb, view, socket, direction);
	else if (view->payload_length)
		nw_count(NW_STAT_LISTENER_DATA);
}

/*
 * The kernel answers in the name of ports that nobody listens on, through a
 * raw socket it shares among all. Each RST of it is an event; an answer to a
 * SYN has ACK set as well (RFC 9293, 3.10.7.1), so that is a server's.
 */
static __always_inline void nw_observe_control(struct __sk_buff *skb, const struct nw_view *view,
					       __u8 direction)
{
	struct nw_socket socket = {};

	if (direction != NW_DIRECTION_EGRESS || !(view->tcp_flags & NW_TCP_RST))
		return;
	if (view->tcp_flags & NW_TCP_ACK)
		socket.role = NW_ROLE_SERVER;
	nw_emit_packet(skb, view, &socket, direction);
}

/* True when the packet shows a flag for the first time in its direction. */
static __always_inline bool nw_learn_flags(struct nw_socket *socket, __u8 flags, __u8 direction)
{
	__u8 *seen = direction == NW_DIRECTION_EGRESS ? &socket->flags_seen[NW_DIRECTION_EGRESS]
						      : &socket->flags_seen[NW_DIRECTION_INGRESS];

	if (!(flags & ~*seen))
		return false;
	*seen |= flags;
	return true;
}

static __always_inline void nw_fill_udp_key(struct nw_udp_key *key, const struct nw_view *view,
					    __u64 cookie, __u8 direction)
{
	const struct nw_tuple *tuple = &view->tuple;
	bool egress = direction == NW_DIRECTION_EGRESS;

	key->cookie = cookie;
	__builtin_memcpy(key->local, egress ? tuple->source : tuple->destination, 16);
	__builtin_memcpy(key->remote, egress ? tuple->destination : tuple->source, 16);
	key->local_port = egress ? tuple->source_port : tuple->destination_port;
	key->remote_port = egress ? tuple->destination_port : tuple->source_port;
}

/* The first datagram of a conversation per direction, and again when the last report is old. */
static __always_inline void nw_observe_udp(struct __sk_buff *skb, const struct nw_view *view,
					   struct bpf_sock *sk, __u8 direction)
{
	struct nw_socket socket = { .cookie = bpf_get_socket_cookie(skb) };
	struct nw_udp_key key = {};
	struct nw_udp_value *value, first = {};
	__u64 now = bpf_ktime_get_ns();
	__u64 *reported;

	nw_fill_udp_key(&key, view, socket.cookie, direction);
	value = bpf_map_lookup_elem(&nw_udp_conversations, &key);
	if (!value) {
		first.role = direction == NW_DIRECTION_EGRESS ? NW_ROLE_CLIENT : NW_ROLE_SERVER;
		first.reported_ns[direction] = now;
		socket.role = first.role;
		if (bpf_map_update_elem(&nw_udp_conversations, &key, &first, BPF_ANY))
			nw_count(NW_STAT_UDP_TABLE_FAILED);
	} else {
		reported = direction == NW_DIRECTION_EGRESS
				   ? &value->reported_ns[NW_DIRECTION_EGRESS]
				   : &value->reported_ns[NW_DIRECTION_INGRESS];
		if (*reported && now - *reported < cfg_udp_interval_ns)
			return;
		*reported = now;
		socket.role = value->role;
	}
	socket.cgroup_id = bpf_sk_cgroup_id(sk);
	nw_emit_packet(skb, view, &socket, direction);
}

#endif
