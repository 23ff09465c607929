/** The codec alone: flows of the golden recording to bytes and back, in memory. */
import { decodeGetFlowsResponse, encodeGetFlowsResponse } from '../src/wire/gen/observer.ts';
import { decodeMessage, encodeMessage } from '../src/wire/message.ts';
import { Writer } from '../src/wire/writer.ts';
import { median, report } from './measure.ts';
import { cpuPer, readSampleFlows } from './sample-flows.ts';

const ROUNDS = 250;
const events = readSampleFlows();
const encoded = events.map((event) => encodeMessage(encodeGetFlowsResponse, event));
const bytes = encoded.reduce((sum, message) => sum + message.length, 0) / encoded.length;
const flows = events.length * ROUNDS;
const note = `${flows} flows of ${Math.round(bytes)} bytes, median of 5 after one that is not counted`;

async function measure(name: string, target: string, work: () => void): Promise<void> {
  const runs: number[] = [];
  for (let run = 0; run < 6; run++) {
    const value = await cpuPer(flows, () => {
      for (let round = 0; round < ROUNDS; round++) work();
    });
    if (run > 0) runs.push(value);
  }
  report({ name, value: median(runs), unit: 'µs/flow', target, note });
}

const writer = new Writer({ capacity: 64 * 1024 });
await measure('encode', '≤ 1 µs/flow', () => {
  for (const event of events) {
    writer.reset();
    encodeGetFlowsResponse(writer, event);
  }
});
await measure('decode', '≤ 2.6 µs/flow', () => {
  for (const message of encoded) decodeMessage(decodeGetFlowsResponse, message);
});
