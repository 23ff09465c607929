import { createRandom, pickWithin, seedOf } from './random.ts';
import type { HttpTask, RequestTemplate } from './settings.ts';

/** A request of a task, before it is sent. */
export interface PlannedRequest extends RequestTemplate {
  readonly id: number;
  readonly requestId: string;
}

const MAX_ID = 1000;
// What one sequential lane can send at most, with room to spare; above it a task is spread over several.
const MAX_RATE_PER_LANE = 8;

/** How many lanes a task runs in at `rate`. A lane sends one request after the other. */
export function countLanes(rate: number): number {
  return Math.max(1, Math.ceil(rate / MAX_RATE_PER_LANE));
}

/** The endless sequence of requests that a lane of a task sends: the same for the same seed, pod, task and lane. */
export function* planRequests(
  task: HttpTask,
  pod: string,
  seed: number,
  lane: number,
): Generator<PlannedRequest, never> {
  const random = createRandom(seedOf(seed, pod, task.name, lane));
  const total = task.requests.reduce((sum, { weight = 1 }) => sum + weight, 0);
  for (let number = 1; ; number++) {
    const chosen = pickWeighted(task.requests, random() * total);
    if (chosen === undefined) throw new RangeError(`task ${task.name} has no requests`);
    const id = pickWithin([1, MAX_ID], random());
    yield { ...chosen, id, requestId: `${pod}/${task.name}/${lane}/${number}` };
  }
}

/** The request at `point` (0..total weight) when each one is as wide as its weight. */
function pickWeighted(requests: readonly RequestTemplate[], point: number): RequestTemplate | undefined {
  let end = 0;
  return requests.find(({ weight = 1 }) => {
    end += weight;
    return point < end;
  });
}
