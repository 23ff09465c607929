import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { eventFromJson } from '../src/flow/format/json-reader.ts';
import type { Endpoint } from '../src/flow/gen/flow.ts';
import type { FlowEvent } from '../src/flow/source.ts';
import { ROOT } from './measure.ts';

/** The flows of the golden recording. Equal endpoints are one object, as in a relay's endpoint table. */
export function readSampleFlows(): readonly FlowEvent[] {
  const endpoints = new Map<string, Endpoint>();
  const shared = (endpoint: Endpoint | undefined): Endpoint | undefined => {
    if (endpoint === undefined) return undefined;
    const key = JSON.stringify(endpoint);
    const known = endpoints.get(key) ?? endpoint;
    endpoints.set(key, known);
    return known;
  };
  const lines = gunzipSync(readFileSync(join(ROOT, 'test/golden/hubble/flows.jsonl.gz')))
    .toString()
    .trimEnd()
    .split('\n');
  return lines
    .map((line) => eventFromJson(line, () => {}))
    .filter((event) => event.flow !== undefined)
    .map((event) => {
      const flow = { ...event.flow, source: shared(event.flow?.source), destination: shared(event.flow?.destination) };
      return { ...event, flow };
    });
}

/** CPU time of this process in microseconds that `work` takes, per one of `count`. */
export async function cpuPer(count: number, work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}
