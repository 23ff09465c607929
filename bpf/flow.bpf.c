// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Copyright 2026 The netwatch authors.
 *
 * Every program of netwatch. They watch; none changes, delays or drops a
 * packet, and each ends in the verdict it would have had without us.
 */
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "record.h"
#include "core_fixes.bpf.h"
#include "config.bpf.h"
#include "maps.bpf.h"
#include "stats.bpf.h"
#include "parse.bpf.h"
#include "l4.bpf.h"
#include "l7.bpf.h"
#include "sock.bpf.h"
#include "drop.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* Never read: its type carries the records into the object's BTF. */
struct nw_layout {
	struct nw_packet packet;
	struct nw_message message;
	struct nw_connection connection;
	struct nw_drop drop;
	enum nw_record_type record_type;
	enum nw_direction direction;
	enum nw_role role;
	enum nw_l7 l7;
	enum nw_connection_event connection_event;
	enum nw_stat stat;
	enum nw_limit limit;
};
const struct nw_layout *const nw_layout __attribute__((used)) = 0;

/* A TCP packet at a socket. */
static __always_inline void nw_observe_tcp(struct __sk_buff *skb, const struct nw_view *view,
					   struct bpf_sock *sk, __u8 direction)
{
	struct nw_socket *socket;

	if (sk->type == NW_SOCK_RAW) {
		nw_observe_control(skb, view, direction);
		return;
	}
	socket = nw_get_socket(skb, sk);
	if (!socket)
		return;
	if (sk->state == BPF_TCP_LISTEN) {
		nw_observe_listener(skb, view, socket, direction);
		return;
	}
	nw_learn_role(socket, view->tcp_flags, direction);
	if (nw_learn_flags(socket, view->tcp_flags, direction))
		nw_emit_packet(skb, view, socket, direction);
	if (view->payload_length)
		nw_observe_payload(skb, view, socket, direction);
}

static __always_inline void nw_observe(struct __sk_buff *skb, __u8 direction)
{
	struct nw_view view = {};
	struct bpf_sock *sk = skb->sk;

	if (!sk || (!cfg_loopback && skb->ifindex == NW_LOOPBACK_IFINDEX))
		return;
	if (!nw_parse_packet(skb, &view))
		return;
	sk = bpf_sk_fullsock(sk);
	if (!sk)
		return;
	if (view.protocol == IPPROTO_TCP)
		nw_observe_tcp(skb, &view, sk, direction);
	else if (nw_is_dns(skb, &view, 0))
		nw_observe_dns_udp(skb, &view, sk, direction);
	else
		nw_observe_udp(skb, &view, sk, direction);
}

/*
 * Packets that reach a socket of any pod.
 *
 * Hook: the root of cgroup v2, which sees every socket of the node however
 * many there are, and knows the socket; a packet that is only forwarded has
 * none and does not pass. Runs before the socket's queue, in softirq mostly.
 * Returns 1: the packet goes on.
 */
SEC("cgroup_skb/ingress")
int nw_ingress(struct __sk_buff *skb)
{
	nw_observe(skb, NW_DIRECTION_INGRESS);
	return 1;
}

/*
 * Packets that a socket of any pod sends, after routing, and after the NAT of
 * their own namespace. Returns 1: the packet goes on.
 */
SEC("cgroup_skb/egress")
int nw_egress(struct __sk_buff *skb)
{
	nw_observe(skb, NW_DIRECTION_EGRESS);
	return 1;
}

/*
 * Beginning and end of TCP connections.
 *
 * Hook: inet_sock_set_state, because it has role, process, error and totals
 * at the one moment each is right: packets cannot tell them. Of a connection
 * that is older than netwatch it knows the totals, and neither role nor times.
 */
SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(nw_set_state, struct sock *sk, int old, int state)
{
	if (!nw_is_tcp(sk))
		return 0;
	if (state == TCP_CLOSE) {
		if (old != TCP_LISTEN && old != TCP_CLOSE)
			nw_emit_connection(sk, old);
		return 0;
	}
	if (state == TCP_SYN_SENT || state == TCP_LISTEN || state == TCP_ESTABLISHED ||
	    state == TCP_FIN_WAIT1 || state == TCP_LAST_ACK)
		nw_learn_state(sk, old, state);
	return 0;
}

/*
 * Dropped packets, with the kernel's own reason.
 *
 * Hook: kfree_skb, because every drop passes it and the reason is decided
 * there; consume_skb is not a drop. Runs wherever the packet was freed, so
 * the current task is not the sender. Cannot see what a network card drops
 * before it builds a packet, nor a SYN that meets a full accept queue: the
 * kernel consumes that one. Needs the third argument, so 5.17 or later.
 */
SEC("tp_btf/kfree_skb")
int BPF_PROG(nw_kfree_skb, struct sk_buff *skb, void *location, __u32 reason)
{
	if (nw_is_ordinary(reason)) {
		nw_count(NW_STAT_DROP_ORDINARY);
		return 0;
	}
	nw_emit_drop(skb, (__u64)location, reason);
	return 0;
}
