/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Packets the kernel dropped, with its own reason. */
#ifndef NETWATCH_DROP_BPF_H
#define NETWATCH_DROP_BPF_H

#define NW_SKB_CONSUMED 1   /* and 0: not dropped, on every kernel with reasons */
#define NW_NFCT_INFO	7UL /* low bits of sk_buff._nfct: enum ip_conntrack_info */
#define NW_CT_IS_REPLY	3

/*
 * Freed in the ordinary course: leftovers of a closed socket, duplicates,
 * packets of others, a RST that did its work. `reason` above 16 bits belongs
 * to a subsystem and is never ordinary.
 */
static __always_inline bool nw_is_ordinary(__u32 reason)
{
	return reason <= NW_SKB_CONSUMED || nw_reason_is(reason, SOCKET_CLOSE) ||
	       nw_reason_is(reason, QUEUE_PURGE) || nw_reason_is(reason, OTHERHOST) ||
	       nw_reason_is(reason, UNHANDLED_PROTO) || nw_reason_is(reason, PACKET_SOCK_ERROR) ||
	       nw_reason_is(reason, UNIX_DISCONNECT) || nw_reason_is(reason, UNIX_SKIP_OOB) ||
	       nw_reason_is(reason, TAP_FILTER) || nw_reason_is(reason, TCP_RESET) ||
	       nw_reason_is(reason, TCP_OLD_DATA) || nw_reason_is(reason, TCP_OLD_ACK) ||
	       nw_reason_is(reason, TCP_TOO_OLD_ACK) || nw_reason_is(reason, TCP_OLD_SEQUENCE) ||
	       nw_reason_is(reason, TCP_OFOMERGE) || nw_reason_is(reason, TCP_RFC7323_PAWS_ACK) ||
	       nw_reason_is(reason, IPV6_NDISC_NS_OTHERHOST);
}

/*
 * The packet's device, or NULL. In the queues of TCP and UDP sockets the field
 * holds something else (a tree's node, sizes), so it is believed only when its
 * namespace's loopback device is of that same namespace.
 */
static __always_inline const struct net_device *nw_device(const struct sk_buff *skb)
{
	const struct net_device *dev = skb->dev;
	const struct net *net;

	if (!dev)
		return NULL;
	net = dev->nd_net.net;
	return net && net->loopback_dev->nd_net.net == net ? dev : NULL;
}

/* The device's namespace, or the socket's when the packet has not met a device. */
static __always_inline void nw_fill_place(struct nw_head *head, const struct sk_buff *skb)
{
	const struct net_device *dev = nw_device(skb);
	const struct sock *sk = skb->sk;

	if (dev) {
		head->ifindex = dev->ifindex;
		head->netns = dev->nd_net.net->ns.inum;
	} else if (sk) {
		head->netns = sk->__sk_common.skc_net.net->ns.inum;
	}
	/* A request or time-wait socket ends before the fields below; the cookie is common to all. */
	if (sk)
		head->socket_cookie = sk->__sk_common.skc_cookie.counter;
}

/* Where connection tracking saw the packet's connection go before destination NAT. */
static __always_inline void nw_fill_original(struct nw_drop *record, const struct sk_buff *skb)
{
	const struct sk_buff___nw *tracked = (const void *)skb;
	const struct nf_conntrack_tuple___nw *original;
	const struct nf_conn___nw *conn;
	unsigned long nfct;
	__u32 address[4] = {};
	__be16 port = 0;

	if (!bpf_core_field_exists(tracked->_nfct) || !bpf_core_type_exists(struct nf_conn___nw))
		return;
	nfct = BPF_CORE_READ(tracked, _nfct);
	conn = (const void *)(nfct & ~NW_NFCT_INFO);
	if (!conn || (nfct & NW_NFCT_INFO) >= NW_CT_IS_REPLY)
		return;
	original = &conn->tuplehash[0].tuple;
	bpf_core_read(&address, sizeof(address), &original->dst.u3);
	bpf_core_read(&port, sizeof(port), &original->dst.u.all);
	if (record->head.family == 4)
		nw_map_ipv4(record->original_destination, address[0]);
	else
		__builtin_memcpy(record->original_destination, address, sizeof(address));
	record->original_port = bpf_ntohs(port);
}

static __always_inline bool nw_on_loopback(const struct sk_buff *skb, const struct nw_view *view)
{
	const struct net_device *dev = nw_device(skb);

	return (dev && dev->ifindex == NW_LOOPBACK_IFINDEX) || nw_is_loopback(&view->tuple);
}

static __always_inline void nw_emit_drop(const struct sk_buff *skb, __u64 location, __u32 reason)
{
	struct nw_view view = {};
	struct nw_drop *record;

	if (!nw_parse_dropped(skb, &view)) {
		nw_count(NW_STAT_DROP_UNPARSED);
		return;
	}
	if (!cfg_loopback && nw_on_loopback(skb, &view))
		return;
	/* Router and group solicitations end so wherever nobody listens. */
	if (nw_reason_is(reason, NOT_SPECIFIED) && nw_is_multicast(&view.tuple)) {
		nw_count(NW_STAT_DROP_ORDINARY);
		return;
	}
	record = nw_reserve(sizeof(*record), NW_STAT_LOST_DROP);
	if (!record)
		return;
	__builtin_memset(record, 0, sizeof(*record));
	nw_fill_head(&record->head, &view, NW_RECORD_DROP, sizeof(*record), NW_DIRECTION_UNKNOWN);
	nw_fill_place(&record->head, skb);
	record->location = location;
	record->reason = reason;
	record->length = skb->len;
	record->icmp_type = view.icmp_type;
	record->icmp_code = view.icmp_code;
	nw_fill_original(record, skb);
	nw_submit(record);
}

#endif
