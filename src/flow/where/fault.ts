import type { Flow } from '../gen/flow.ts';
import { Verdict } from '../gen/flow.ts';
import { Event } from '../gen/netwatch.ts';

const NXDOMAIN = 3;

/**
 * Whether a flow is evidence that something is wrong: dropped or in error, an HTTP answer of 500 and above, a DNS
 * answer that is neither a success nor NXDOMAIN (search domains make NXDOMAIN ordinary), or a connection that failed
 * or ended with an error.
 */
export function isFault(flow: Flow): boolean {
  if (flow.verdict === Verdict.DROPPED || flow.verdict === Verdict.ERROR) return true;
  const { l7, detail } = flow;
  if (l7 !== undefined) {
    if ((l7.http?.code ?? 0) >= 500) return true;
    const rcode = l7.dns?.rcode ?? 0;
    if (rcode !== 0 && rcode !== NXDOMAIN) return true;
  }
  return detail !== undefined && (detail.event === Event.EVENT_CONNECT_FAILED || !!detail.connection?.error);
}
