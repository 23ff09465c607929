import type { Flow, TCPFlags } from '../flow/gen/flow.ts';

const FLAGS: readonly (keyof TCPFlags)[] = ['fin', 'syn', 'rst', 'psh', 'ack', 'urg', 'ece', 'cwr', 'ns'];

/** The text Hubble shows in parentheses, for layer 4. */
export function summaryOf(flow: Flow): string {
  const flags = flow.l4?.tcp?.flags;
  if (flags !== undefined)
    return `TCP Flags: ${FLAGS.filter((f) => flags[f])
      .map((f) => f.toUpperCase())
      .join(', ')}`;
  return flow.l4?.udp !== undefined ? 'UDP' : '';
}
