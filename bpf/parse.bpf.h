/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * IP and transport headers, read from a socket's packet or from a dropped
 * one. Nothing else touches packet bytes, save for the copy of a payload.
 */
#ifndef NETWATCH_PARSE_BPF_H
#define NETWATCH_PARSE_BPF_H

#define ETH_P_IP       0x0800
#define ETH_P_IPV6     0x86dd
#define IPPROTO_ICMPV6 58

#define NW_TCP_FIN 0x01
#define NW_TCP_SYN 0x02
#define NW_TCP_RST 0x04
#define NW_TCP_PSH 0x08
#define NW_TCP_ACK 0x10

#define NW_SOCK_RAW	      3
#define NW_IP_FRAGMENT_OFFSET 0x1fff
#define NW_LOOPBACK_IFINDEX   1 /* in every network namespace */

/* What the headers say. Offsets count from the IP header. */
struct nw_view {
	struct nw_tuple tuple;
	__u32 payload_offset;
	__u32 payload_length;
	__u32 sequence;
	__u8 family;
	__u8 protocol;
	__u8 tcp_flags;
	__u8 icmp_type;
	__u8 icmp_code;
	__u8 reserved[3];
};

/* The first bytes of a transport header, whichever it is. */
union nw_transport {
	struct tcphdr tcp;
	struct udphdr udp;
	struct icmphdr icmp;
};

struct nw_ipv4_start {
	struct iphdr ip;
	union nw_transport l4;
};

struct nw_ipv6_start {
	struct ipv6hdr ip;
	union nw_transport l4;
};

/* IPv4-mapped IPv6, RFC 4291 section 2.5.5.2. */
static __always_inline void nw_map_ipv4(__u8 to[16], __be32 from)
{
	__u32 *words = (__u32 *)to;

	words[0] = 0;
	words[1] = 0;
	words[2] = bpf_htonl(0xffff);
	words[3] = from;
}

static __always_inline void nw_copy_ipv6(__u8 to[16], const struct in6_addr *from)
{
	__builtin_memcpy(to, from, 16);
}

/* 127.0.0.0/8, ::1, or a host that talks to itself. */
static __always_inline bool nw_is_loopback(const struct nw_tuple *tuple)
{
	const __u32 *s = (const __u32 *)tuple->source, *d = (const __u32 *)tuple->destination;

	if (s[0] == d[0] && s[1] == d[1] && s[2] == d[2] && s[3] == d[3])
		return true;
	return !d[0] && !d[1] && d[2] == bpf_htonl(0xffff) && tuple->destination[12] == 127;
}

/* To a group: ff00::/8, or 224.0.0.0/4. */
static __always_inline bool nw_is_multicast(const struct nw_tuple *tuple)
{
	const __u32 *d = (const __u32 *)tuple->destination;

	if (tuple->destination[0] == 0xff)
		return true;
	return !d[0] && !d[1] && d[2] == bpf_htonl(0xffff) &&
	       (tuple->destination[12] & 0xf0) == 0xe0;
}

/* Fills what follows the IP header; `packet_end` is the packet's length. */
static __always_inline void nw_read_transport(struct nw_view *view, const union nw_transport *l4,
					      __u32 offset, __u32 packet_end)
{
	view->payload_offset = packet_end;
	if (view->protocol == IPPROTO_TCP) {
		view->tuple.source_port = bpf_ntohs(l4->tcp.source);
		view->tuple.destination_port = bpf_ntohs(l4->tcp.dest);
		view->sequence = bpf_ntohl(l4->tcp.seq);
		view->tcp_flags = ((const __u8 *)&l4->tcp)[13];
		view->payload_offset = offset + l4->tcp.doff * 4;
	} else if (view->protocol == IPPROTO_UDP) {
		view->tuple.source_port = bpf_ntohs(l4->udp.source);
		view->tuple.destination_port = bpf_ntohs(l4->udp.dest);
		view->payload_offset = offset + sizeof(struct udphdr);
	} else if (view->protocol == IPPROTO_ICMP || view->protocol == IPPROTO_ICMPV6) {
		view->icmp_type = l4->icmp.type;
		view->icmp_code = l4->icmp.code;
	}
	if (packet_end > view->payload_offset)
		view->payload_length = packet_end - view->payload_offset;
}

static __always_inline void nw_read_ipv4(struct nw_view *view, const struct iphdr *ip)
{
	view->family = 4;
	view->protocol = ip->protocol;
	nw_map_ipv4(view->tuple.source, ip->saddr);
	nw_map_ipv4(view->tuple.destination, ip->daddr);
}

static __always_inline void nw_read_ipv6(struct nw_view *view, const struct ipv6hdr *ip)
{
	view->family = 6;
	view->protocol = ip->nexthdr;
	nw_copy_ipv6(view->tuple.source, &ip->saddr);
	nw_copy_ipv6(view->tuple.destination, &ip->daddr);
}

static __always_inline bool nw_is_observed(__u8 protocol)
{
	return protocol == IPPROTO_TCP || protocol == IPPROTO_UDP;
}

/* An ACK and nothing else tells nothing new, and every other packet is one. */
static __always_inline bool nw_is_bare_ack(__u8 protocol, const union nw_transport *l4,
					   __u32 offset, __u32 packet_end)
{
	return protocol == IPPROTO_TCP && ((const __u8 *)&l4->tcp)[13] == NW_TCP_ACK &&
	       offset + l4->tcp.doff * 4 >= packet_end;
}

/*
 * A TCP or UDP packet at a socket that may tell something; false for others.
 *
 * Only bpf_skb_load_bytes: packets on veth are never linear, and mixing it
 * with direct access trips a verifier bug on 6.12 and later.
 */
static __always_inline bool nw_parse_ipv4(struct __sk_buff *skb, struct nw_view *view)
{
	struct nw_ipv4_start start = {};
	__u32 header;

	/* One call for both headers, unless the packet ends before a TCP header would. */
	if (bpf_skb_load_bytes(skb, 0, &start, 40) &&
	    bpf_skb_load_bytes(skb, 0, &start, sizeof(start.ip) + sizeof(struct udphdr))) {
		nw_count(NW_STAT_PACKET_TRUNCATED);
		return false;
	}
	if (!nw_is_observed(start.ip.protocol))
		return false;
	if (start.ip.frag_off & bpf_htons(NW_IP_FRAGMENT_OFFSET)) {
		nw_count(NW_STAT_FRAGMENT);
		return false;
	}
	header = (*(__u8 *)&start & 0x0f) * 4;
	if (header != sizeof(start.ip) &&
	    bpf_skb_load_bytes(skb, header, &start.l4,
			       start.ip.protocol == IPPROTO_TCP ? sizeof(struct tcphdr)
								: sizeof(struct udphdr))) {
		nw_count(NW_STAT_PACKET_TRUNCATED);
		return false;
	}
	if (nw_is_bare_ack(start.ip.protocol, &start.l4, header, skb->len))
		return false;
	nw_read_ipv4(view, &start.ip);
	nw_read_transport(view, &start.l4, header, skb->len);
	return true;
}

static __always_inline bool nw_parse_ipv6(struct __sk_buff *skb, struct nw_view *view)
{
	struct nw_ipv6_start start = {};

	if (bpf_skb_load_bytes(skb, 0, &start, 60) &&
	    bpf_skb_load_bytes(skb, 0, &start, sizeof(start.ip) + sizeof(struct udphdr))) {
		nw_count(NW_STAT_PACKET_TRUNCATED);
		return false;
	}
	if (!nw_is_observed(start.ip.nexthdr)) {
		if (start.ip.nexthdr != IPPROTO_ICMPV6)
			nw_count(NW_STAT_EXTENSION_HEADERS);
		return false;
	}
	if (nw_is_bare_ack(start.ip.nexthdr, &start.l4, sizeof(start.ip), skb->len))
		return false;
	nw_read_ipv6(view, &start.ip);
	nw_read_transport(view, &start.l4, sizeof(start.ip), skb->len);
	return true;
}

static __always_inline bool nw_parse_packet(struct __sk_buff *skb, struct nw_view *view)
{
	if (skb->protocol == bpf_htons(ETH_P_IP))
		return nw_parse_ipv4(skb, view);
	if (skb->protocol == bpf_htons(ETH_P_IPV6))
		return nw_parse_ipv6(skb, view);
	return false;
}

/*
 * A dropped packet; false when there is no IP header to read. A packet cut
 * short or a later fragment keeps its addresses and has no ports.
 */
static __always_inline bool nw_parse_dropped(const struct sk_buff *skb, struct nw_view *view)
{
	struct nw_ipv4_start v4 = {};
	struct nw_ipv6_start v6 = {};
	const __u8 *network = skb->head + skb->network_header;

	/* Not set yet: a driver's packet that never reached a protocol. */
	if (!skb->network_header)
		return false;
	if (skb->protocol == bpf_htons(ETH_P_IP)) {
		__u32 header;

		if (bpf_probe_read_kernel(&v4.ip, sizeof(v4.ip), network))
			return false;
		header = (*(__u8 *)&v4 & 0x0f) * 4;
		if (*(__u8 *)&v4 >> 4 != 4 || header < sizeof(v4.ip))
			return false;
		nw_read_ipv4(view, &v4.ip);
		if (v4.ip.frag_off & bpf_htons(NW_IP_FRAGMENT_OFFSET))
			return true;
		if (!bpf_probe_read_kernel(&v4.l4, sizeof(v4.l4), network + header))
			nw_read_transport(view, &v4.l4, header, bpf_ntohs(v4.ip.tot_len));
		return true;
	}
	if (skb->protocol == bpf_htons(ETH_P_IPV6)) {
		if (bpf_probe_read_kernel(&v6, sizeof(v6), network))
			return false;
		if (*(__u8 *)&v6 >> 4 != 6)
			return false;
		nw_read_ipv6(view, &v6.ip);
		nw_read_transport(view, &v6.l4, sizeof(v6.ip),
				  sizeof(v6.ip) + bpf_ntohs(v6.ip.payload_len));
		return true;
	}
	return false;
}

#endif
