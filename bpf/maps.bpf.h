/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Every map, and the state that lives in them. */
#ifndef NETWATCH_MAPS_BPF_H
#define NETWATCH_MAPS_BPF_H

/* What nw_socket.l7 says of a TCP socket's payload. */
enum nw_socket_l7 {
	NW_SOCKET_L7_UNKNOWN = 0,
	NW_SOCKET_L7_HTTP = 1,
	NW_SOCKET_L7_OTHER = 2, /* never looked at again */
};

/*
 * What is known of one socket. Written from both directions at once, without
 * a lock: each field has one writing direction, or a lost update costs at
 * most one repeated packet event.
 */
struct nw_socket {
	__u64 connect_ns; /* SYN sent; 0 at a server */
	__u64 established_ns;
	__u64 cookie;
	__u64 cgroup_id;
	__u32 netns;
	__u32 pid;
	__u8 comm[NW_COMM_LENGTH];
	__u8 role;	  /* enum nw_role */
	__u8 l7;	  /* enum nw_socket_l7 */
	__u8 misses;	  /* data packets that began like nothing known */
	__u8 method;	  /* first letter of the last request's method */
	__u8 overlapping; /* a request was sent before the last answer: no ordinals any more */
	__u8 reserved;
	__u8 flags_seen[3]; /* TCP flags by enum nw_direction */
	__u8 reserved2[3];
	__u32 requests; /* heads seen, by their writing side */
	__u32 responses;
	__u32 request_end; /* sequence number after the last head's packet */
	__u32 response_end;
};

/* One UDP conversation as one socket sees it. */
struct nw_udp_key {
	__u64 cookie;
	__u8 local[16];
	__u8 remote[16];
	__u16 local_port;
	__u16 remote_port;
	__u32 reserved;
};

struct nw_udp_value {
	__u64 reported_ns[3]; /* by enum nw_direction */
	__u8 role;	      /* who spoke first */
	__u8 reserved[7];
};

/* Records for user space. Its size is set before loading. A failed reserve is counted, never retried. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4 << 20);
} nw_ringbuf SEC(".maps");

/* State of TCP sockets; freed by the kernel with its socket. */
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct nw_socket);
} nw_sockets SEC(".maps");

/* UDP conversations. When full the longest unused is forgotten, and reported again when it speaks. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct nw_udp_key);
	__type(value, struct nw_udp_value);
} nw_udp_conversations SEC(".maps");

/* Counters by enum nw_stat. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, NW_STAT_MAX);
	__type(key, __u32);
	__type(value, __u64);
} nw_stats SEC(".maps");

#endif
