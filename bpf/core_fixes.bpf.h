/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Where kernels differ. Types with a suffix are matched by what stands before
 * it against the running kernel's BTF, modules included, when the object is
 * loaded; the kernel it was built on may lack them.
 */
#ifndef NETWATCH_CORE_FIXES_BPF_H
#define NETWATCH_CORE_FIXES_BPF_H

/*
 * Drop reasons that are no fault. Their numbers move between kernels, and
 * most came after the enum itself: c504e5c2f964 ("net: skb: introduce
 * kfree_skb_reason()", 5.17).
 */
enum skb_drop_reason___nw {
	SKB_DROP_REASON_NOT_SPECIFIED___nw,
	SKB_DROP_REASON_SOCKET_CLOSE___nw,
	SKB_DROP_REASON_QUEUE_PURGE___nw,
	SKB_DROP_REASON_OTHERHOST___nw,
	SKB_DROP_REASON_UNHANDLED_PROTO___nw,
	SKB_DROP_REASON_PACKET_SOCK_ERROR___nw,
	SKB_DROP_REASON_UNIX_DISCONNECT___nw,
	SKB_DROP_REASON_UNIX_SKIP_OOB___nw,
	SKB_DROP_REASON_TAP_FILTER___nw,
	SKB_DROP_REASON_TCP_RESET___nw,
	SKB_DROP_REASON_TCP_OLD_DATA___nw,
	SKB_DROP_REASON_TCP_OLD_ACK___nw,
	SKB_DROP_REASON_TCP_TOO_OLD_ACK___nw,
	SKB_DROP_REASON_TCP_OLD_SEQUENCE___nw,
	SKB_DROP_REASON_TCP_OFOMERGE___nw,
	SKB_DROP_REASON_TCP_RFC7323_PAWS_ACK___nw,
	SKB_DROP_REASON_IPV6_NDISC_NS_OTHERHOST___nw,
};

/* True when the running kernel has this reason and it is the one. */
#define nw_reason_is(reason, name)                                                                 \
	(bpf_core_enum_value_exists(enum skb_drop_reason___nw, SKB_DROP_REASON_##name##___nw) &&   \
	 (reason) ==                                                                               \
		 bpf_core_enum_value(enum skb_drop_reason___nw, SKB_DROP_REASON_##name##___nw))

/* Struct nf_conn lives in a module on most distributions, and then not in vmlinux.h. */
struct nf_conntrack_tuple___nw {
	struct {
		union nf_inet_addr___nw {
			__u32 all[4];
		} u3;
		union {
			__be16 all;
		} u;
	} dst;
} __attribute__((preserve_access_index));

struct nf_conntrack_tuple_hash___nw {
	struct nf_conntrack_tuple___nw tuple;
} __attribute__((preserve_access_index));

struct nf_conn___nw {
	struct nf_conntrack_tuple_hash___nw tuplehash[2];
} __attribute__((preserve_access_index));

/* The field exists only with CONFIG_NF_CONNTRACK. */
struct sk_buff___nw {
	unsigned long _nfct;
} __attribute__((preserve_access_index));

#endif
