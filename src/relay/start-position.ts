import { setImmediate as nextTurn } from 'node:timers/promises';
import { compareTimestamps } from '../flow/basics.ts';
import type { Flow } from '../flow/gen/flow.ts';
import type { Ring } from '../flow/ring.ts';
import type { FlowEvent, FlowsRequest } from '../flow/source.ts';

/** Events looked at in one go: decoding them takes a few milliseconds. */
const SCAN = 1024;

/** How many flows a request is for; infinite when it sets no limit. */
export function wantedNumber(request: FlowsRequest): number {
  const number = Number(request.number ?? 0);
  return number === 0 ? Number.POSITIVE_INFINITY : number;
}

/**
 * The position of the first event that a request is answered from.
 *
 * `first` without `since` begins at the oldest event. Following without a number or `since` begins after the newest.
 * Anything else goes back from the newest event until `number` flows match, a match is older than `since`, or the ring
 * ends. Unlike Hubble, `number` counts inside the window of `since` and `until`, so that `--since 5m --last 7` are the
 * last seven of it and not the first. Gives others a turn every 1024 events, which may overwrite the oldest meanwhile.
 */
export async function startPosition(
  ring: Ring<FlowEvent>,
  request: FlowsRequest,
  matches: (flow: Flow) => boolean,
): Promise<number> {
  const { first, follow, since, until } = request;
  if (first && since === undefined) return ring.oldest;
  const wanted = first ? Number.POSITIVE_INFINITY : wantedNumber(request);
  if (wanted === Number.POSITIVE_INFINITY && since === undefined) return follow ? ring.next : ring.oldest;
  let found = 0;
  for (let position = ring.next - 1; position >= ring.oldest; position--) {
    if (position % SCAN === 0) await nextTurn();
    const event = ring.at(position);
    if (event?.flow === undefined) continue;
    if (until !== undefined && compareTimestamps(event.time, until) > 0) continue;
    if (!matches(event.flow)) continue;
    if (since !== undefined && compareTimestamps(event.time, since) < 0) return position + 1;
    if (++found === wanted) return position;
  }
  return ring.oldest;
}
