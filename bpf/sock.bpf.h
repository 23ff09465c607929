/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The life of a TCP socket: what is learned when its state changes, and the record at its end. */
#ifndef NETWATCH_SOCK_BPF_H
#define NETWATCH_SOCK_BPF_H

#define AF_INET	 2
#define AF_INET6 10

static __always_inline __u64 nw_sock_cgroup(const struct sock *sk)
{
	const struct cgroup *cgroup = sk->sk_cgrp_data.cgroup;

	return cgroup ? BPF_CORE_READ(cgroup, kn, id) : 0;
}

static __always_inline void nw_learn_process(struct nw_socket *socket)
{
	socket->pid = bpf_get_current_pid_tgid() >> 32;
	bpf_get_current_comm(socket->comm, sizeof(socket->comm));
}

/* The state of a socket, made when there is none. */
static __always_inline struct nw_socket *nw_track_sock(struct sock *sk)
{
	struct nw_socket *socket;

	socket = bpf_sk_storage_get(&nw_sockets, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);
	if (!socket) {
		nw_count(NW_STAT_SOCKET_STATE_FAILED);
		return NULL;
	}
	socket->netns = sk->__sk_common.skc_net.net->ns.inum;
	return socket;
}

/* A socket may connect again after it failed or was disconnected; nothing of the last time holds. */
static __always_inline void nw_forget_connection(struct nw_socket *socket)
{
	socket->established_ns = 0;
	socket->l7 = NW_SOCKET_L7_UNKNOWN;
	socket->misses = 0;
	socket->overlapping = 0;
	__builtin_memset(socket->flags_seen, 0, sizeof(socket->flags_seen));
	socket->requests = 0;
	socket->responses = 0;
	socket->request_end = 0;
	socket->response_end = 0;
}

static __always_inline void nw_learn_state(struct sock *sk, int old, int state)
{
	struct nw_socket *socket = nw_track_sock(sk);

	if (!socket)
		return;
	switch (state) {
	case TCP_SYN_SENT:
		/* The calling task is the one in connect(); it may be this socket's second try. */
		nw_forget_connection(socket);
		socket->connect_ns = bpf_ktime_get_ns();
		socket->role = NW_ROLE_CLIENT;
		nw_learn_process(socket);
		break;
	case TCP_LISTEN:
		socket->role = NW_ROLE_SERVER;
		nw_learn_process(socket);
		break;
	case TCP_ESTABLISHED:
		socket->established_ns = bpf_ktime_get_ns();
		if (old == TCP_SYN_RECV && !socket->connect_ns)
			socket->role = NW_ROLE_SERVER;
		break;
	default:
		/* FIN_WAIT1 and LAST_ACK are entered by close() or shutdown(): the owner calls. */
		if (!socket->pid)
			nw_learn_process(socket);
	}
}

/* The local end is the source. */
static __always_inline void nw_view_sock(const struct sock *sk, const struct tcp_sock *tcp,
					 struct nw_view *view)
{
	view->protocol = IPPROTO_TCP;
	/* skc_num is 0 already; inet_sport stays. */
	view->tuple.source_port = bpf_ntohs(tcp->inet_conn.icsk_inet.inet_sport);
	view->tuple.destination_port = bpf_ntohs(sk->__sk_common.skc_dport);
	if (sk->__sk_common.skc_family == AF_INET) {
		view->family = 4;
		nw_map_ipv4(view->tuple.source, sk->__sk_common.skc_rcv_saddr);
		nw_map_ipv4(view->tuple.destination, sk->__sk_common.skc_daddr);
		return;
	}
	BPF_CORE_READ_INTO(&view->tuple.source, sk, __sk_common.skc_v6_rcv_saddr);
	BPF_CORE_READ_INTO(&view->tuple.destination, sk, __sk_common.skc_v6_daddr);
	/* An IPv6 socket with an IPv4 peer. */
	view->family =
		*(const __u64 *)view->tuple.destination == 0 &&
				*(const __u32 *)(view->tuple.destination + 8) == bpf_htonl(0xffff)
			? 4
			: 6;
}

static __always_inline void nw_fill_totals(struct nw_connection *record, const struct sock *sk,
					   const struct tcp_sock *tcp)
{
	__u64 received = tcp->bytes_received;

	/* A FIN takes a sequence number, which bytes_received counts: tcp_queue_rcv(). */
	if (received && (sk->__sk_common.skc_flags & (1UL << SOCK_DONE)))
		received--;
	record->bytes_sent = tcp->bytes_sent - tcp->bytes_retrans;
	record->bytes_received = received;
	record->srtt_us = tcp->srtt_us >> 3;
	record->min_rtt_us = tcp->rtt_min.s[0].v;
	record->retransmits = tcp->total_retrans;
	record->error = sk->sk_err;
}

static __always_inline void nw_fill_times(struct nw_connection *record,
					  const struct nw_socket *socket)
{
	__u64 start = socket->connect_ns ? socket->connect_ns : socket->established_ns;

	record->connect_ns = 0;
	if (socket->connect_ns && socket->established_ns)
		record->connect_ns = socket->established_ns - socket->connect_ns;
	record->duration_ns = start ? record->head.time_ns - start : 0;
}

/* True when the other end is in the same namespace: packets go through its loopback device. */
static __always_inline bool nw_is_internal(const struct sock *sk, const struct nw_tuple *tuple)
{
	return nw_is_loopback(tuple) ||
	       BPF_CORE_READ(sk, sk_dst_cache, dev, ifindex) == NW_LOOPBACK_IFINDEX;
}

static __always_inline void nw_emit_connection(struct sock *sk, int old)
{
	struct tcp_sock *tcp = bpf_skc_to_tcp_sock(sk);
	/* Made here for one that was open before netwatch and silent since: its totals are right. */
	struct nw_socket *socket = nw_track_sock(sk);
	struct nw_connection *record;
	struct nw_view view = {};

	if (!tcp || !socket)
		return;
	nw_view_sock(sk, tcp, &view);
	if (!cfg_loopback && nw_is_internal(sk, &view.tuple))
		return;
	record = nw_reserve(sizeof(*record), NW_STAT_LOST_CONNECTION);
	if (!record)
		return;
	nw_fill_head(&record->head, &view, NW_RECORD_CONNECTION, sizeof(*record),
		     NW_DIRECTION_UNKNOWN);
	nw_fill_socket(&record->head, socket);
	record->head.socket_cookie = sk->__sk_common.skc_cookie.counter;
	record->head.cgroup_id = nw_sock_cgroup(sk);
	nw_fill_totals(record, sk, tcp);
	nw_fill_times(record, socket);
	record->event = old == TCP_SYN_SENT ? NW_CONNECTION_FAILED : NW_CONNECTION_CLOSED;
	record->pid = socket->pid;
	__builtin_memset(record->reserved, 0, sizeof(record->reserved));
	__builtin_memcpy(record->comm, socket->comm, sizeof(record->comm));
	nw_submit(record);
}

static __always_inline bool nw_is_tcp(const struct sock *sk)
{
	__u16 family = sk->__sk_common.skc_family;

	return sk->sk_protocol == IPPROTO_TCP && (family == AF_INET || family == AF_INET6);
}

#endif
