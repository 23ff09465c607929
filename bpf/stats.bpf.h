/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Counters, and the ring buffer calls that can lose a record. */
#ifndef NETWATCH_STATS_BPF_H
#define NETWATCH_STATS_BPF_H

/* The kernel puts as many bytes before each record: BPF_RINGBUF_HDR_SZ. */
#define NW_RECORD_HEADER 8

static __always_inline void nw_count(__u32 stat)
{
	__u64 *counter = bpf_map_lookup_elem(&nw_stats, &stat);

	/* Only this CPU writes it, but an interrupt may come in between. */
	if (counter)
		__sync_fetch_and_add(counter, 1);
}

/* Room for a record of `size` bytes (a constant), or NULL, which is counted as `lost`. */
static __always_inline void *nw_reserve(__u64 size, __u32 lost)
{
	void *record = bpf_ringbuf_reserve(&nw_ringbuf, size, 0);

	if (!record)
		nw_count(lost);
	return record;
}

/*
 * Hands a record over. A wake-up costs more than everything else here, so the
 * reader is woken once, by the record that fills the buffer beyond
 * cfg_wakeup_bytes; for less, and for what follows, its timer comes by.
 */
static __always_inline void nw_submit(void *record)
{
	__u64 waiting = bpf_ringbuf_query(&nw_ringbuf, BPF_RB_AVAIL_DATA);
	__u64 size = ((struct nw_head *)record)->size + NW_RECORD_HEADER;
	bool fills = waiting >= cfg_wakeup_bytes && waiting - size < cfg_wakeup_bytes;

	bpf_ringbuf_submit(record, fills ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP);
}

#endif
