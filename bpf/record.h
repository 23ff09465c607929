/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The records that the programs of flow.bpf.o write to the ring buffer.
 *
 * THE shared layout: user space reads it from the object's BTF
 * (scripts/gen-layout.ts writes src/capture/layout.gen.ts); nobody types an
 * offset. Native byte order; every record starts with struct nw_head, is a
 * multiple of 8 bytes long and has no implicit padding.
 */
#ifndef NETWATCH_RECORD_H
#define NETWATCH_RECORD_H

/* Bytes. */
enum nw_limit {
	/* Longest payload slice that is copied to user space. */
	NW_PAYLOAD_MAX = 512,
	/* Slices up to this length travel in a short record. */
	NW_PAYLOAD_SHORT = 128,
	NW_COMM_LENGTH = 16,
};

/* What a record is: nw_head.type. */
enum nw_record_type {
	NW_RECORD_PACKET = 1,
	NW_RECORD_MESSAGE = 2,
	NW_RECORD_CONNECTION = 3,
	NW_RECORD_DROP = 4,
};

/* Which way a packet crossed the socket that saw it: nw_head.direction. */
enum nw_direction {
	NW_DIRECTION_UNKNOWN = 0,
	NW_DIRECTION_INGRESS = 1,
	NW_DIRECTION_EGRESS = 2,
};

/* Which end of the connection the observing socket is: nw_head.role. */
enum nw_role {
	NW_ROLE_UNKNOWN = 0,
	NW_ROLE_CLIENT = 1,
	NW_ROLE_SERVER = 2,
};

/* What a message is thought to be: nw_message.protocol. */
enum nw_l7 {
	NW_L7_HTTP_REQUEST = 1,
	NW_L7_HTTP_RESPONSE = 2,
	NW_L7_DNS_UDP = 3,
	NW_L7_DNS_TCP = 4,
};

/* How a connection ended: nw_connection.event. */
enum nw_connection_event {
	NW_CONNECTION_CLOSED = 1,
	NW_CONNECTION_FAILED = 2,
};

/* Keys of nw_stats; each is counted per CPU since the object was loaded. */
enum nw_stat {
	/* The ring buffer had no room: these events are lost. */
	NW_STAT_LOST_PACKET = 0,
	NW_STAT_LOST_MESSAGE = 1,
	NW_STAT_LOST_CONNECTION = 2,
	NW_STAT_LOST_DROP = 3,
	/* No memory for a socket's state: its packets were not looked at. */
	NW_STAT_SOCKET_STATE_FAILED = 4,
	/* No room in the table of UDP conversations. */
	NW_STAT_UDP_TABLE_FAILED = 5,
	/* Shorter than its own headers, or headers beyond the first page. */
	NW_STAT_PACKET_TRUNCATED = 6,
	/* IPv6 extension headers, which are not walked. */
	NW_STAT_EXTENSION_HEADERS = 7,
	/* A later fragment: it has no ports. */
	NW_STAT_FRAGMENT = 8,
	/* Data that arrived with the last ACK of the handshake: on the listener. */
	NW_STAT_LISTENER_DATA = 9,
	/* An HTTP response to a request head that was not seen. */
	NW_STAT_HTTP_UNPAIRED = 10,
	/* HTTP messages without an ordinal, because requests overlapped. */
	NW_STAT_HTTP_PIPELINED = 11,
	/* HTTP/2 connections, which are not parsed. */
	NW_STAT_HTTP2_CONNECTION = 12,
	/* Dropped packets that could not be read as IP. */
	NW_STAT_DROP_UNPARSED = 13,
	/* Freed packets that count as ordinary; not a loss. */
	NW_STAT_DROP_ORDINARY = 14,
	NW_STAT_MAX = 15,
};

/* IPv4 addresses are IPv4-mapped IPv6 ones (RFC 4291, 2.5.5.2); ports are in host order. */
struct nw_tuple {
	__u8 source[16];
	__u8 destination[16];
	__u16 source_port;
	__u16 destination_port;
};

/* Every record starts with it. */
struct nw_head {
	__u8 type;	     /* enum nw_record_type */
	__u8 direction;	     /* enum nw_direction */
	__u8 role;	     /* enum nw_role */
	__u8 family;	     /* 4 or 6 */
	__u8 protocol;	     /* IPPROTO_* */
	__u8 tcp_flags;	     /* byte 13 of the TCP header, 0 without one */
	__u16 size;	     /* of the record */
	__u32 netns;	     /* inode number, 0 when not known */
	__u32 ifindex;	     /* in that namespace, 0 when not known */
	__u64 time_ns;	     /* CLOCK_MONOTONIC */
	__u64 socket_cookie; /* 0 without a socket */
	__u64 cgroup_id;     /* inode number of the cgroup2 directory, 0 when not known */
	struct nw_tuple tuple;
	__u32 reserved2;
};

/* A TCP packet with a flag that is new in its direction, or the first UDP datagram in a while. */
struct nw_packet {
	struct nw_head head;
};

/* A packet's payload that begins like an HTTP/1.1 head, or a DNS message. */
struct nw_message {
	struct nw_head head;
	__u32 ordinal;	/* of the request on its socket, from 1; 0 when it is not certain */
	__u32 length;	/* payload bytes in the packet */
	__u16 captured; /* of them in `payload` */
	__u8 protocol;	/* enum nw_l7 */
	__u8 reserved[5];
	__u8 payload[NW_PAYLOAD_MAX]; /* NW_PAYLOAD_SHORT in a short record */
};

/* The end of a TCP connection; the tuple's source is the local end. */
struct nw_connection {
	struct nw_head head;
	__u64 connect_ns;  /* SYN sent to established; 0 at a server */
	__u64 duration_ns; /* 0 when it was open before netwatch */
	__u64 bytes_sent;  /* payload, without retransmissions */
	__u64 bytes_received;
	__u32 srtt_us;
	__u32 min_rtt_us; /* 0xffffffff when never measured */
	__u32 retransmits;
	__u32 error; /* errno, 0 for an orderly end */
	__u32 pid;   /* 0 when not known */
	__u8 event;  /* enum nw_connection_event */
	__u8 reserved[3];
	__u8 comm[NW_COMM_LENGTH];
};

/* A packet that the kernel dropped. */
struct nw_drop {
	struct nw_head head;
	__u64 location; /* address after the call that freed it */
	__u32 reason;	/* enum skb_drop_reason of the running kernel */
	__u32 length;
	__u8 original_destination[16]; /* before NAT; all zero when not known */
	__u16 original_port;
	__u8 icmp_type;
	__u8 icmp_code;
	__u8 reserved[4];
};

_Static_assert(sizeof(struct nw_tuple) == 36, "nw_tuple");
_Static_assert(sizeof(struct nw_head) == 80, "nw_head");
_Static_assert(sizeof(struct nw_packet) == 80, "nw_packet");
_Static_assert(sizeof(struct nw_message) == 96 + NW_PAYLOAD_MAX, "nw_message");
_Static_assert(sizeof(struct nw_connection) == 152, "nw_connection");
_Static_assert(sizeof(struct nw_drop) == 120, "nw_drop");

#endif
