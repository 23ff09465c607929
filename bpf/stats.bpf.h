/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Counters, and the ring buffer calls that can lose a record. */
#ifndef NETWATCH_STATS_BPF_H
#define NETWATCH_STATS_BPF_H

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
 * reader is woken only when much is waiting; otherwise its timer comes by.
 */
static __always_inline void nw_submit(void *record)
{
	__u64 waiting = bpf_ringbuf_query(&nw_ringbuf, BPF_RB_AVAIL_DATA);

	bpf_ringbuf_submit(record, waiting > cfg_wakeup_bytes ? BPF_RB_FORCE_WAKEUP :
								BPF_RB_NO_WAKEUP);
}

#endif
