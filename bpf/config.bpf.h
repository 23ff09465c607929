/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Knobs. User space writes them before the object is loaded, so the verifier
 * removes what is switched off. Should match: src/capture/options.ts.
 */
#ifndef NETWATCH_CONFIG_BPF_H
#define NETWATCH_CONFIG_BPF_H

/* Look at packets of loopback devices too. */
const volatile __u8 cfg_loopback = 0;

/* Payload bytes copied from the start of a message; at most NW_PAYLOAD_MAX, at least 1. */
const volatile __u32 cfg_payload_bytes = NW_PAYLOAD_MAX;

/* Unread bytes in the ring buffer above which a record wakes the reader at once. */
const volatile __u32 cfg_wakeup_bytes = 1 << 18;

/* A UDP conversation that was silent for so long is reported again. */
const volatile __u64 cfg_udp_interval_ns = 30000000000ULL;

/* Look for HTTP/1.1 heads. */
const volatile __u8 cfg_http = 1;

/* Look for DNS messages; when off, port 53 is reported as any other. */
const volatile __u8 cfg_dns = 1;

#endif
