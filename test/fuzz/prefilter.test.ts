import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { eventFromJson } from '../../src/flow/format/json-reader.ts';
import { compilePrefilter } from '../../src/record/prefilter.ts';
import { compileSelection } from '../../src/record/selection.ts';

const golden = gunzipSync(readFileSync(new URL('../golden/hubble/flows.jsonl.gz', import.meta.url)))
  .toString()
  .trimEnd()
  .split('\n');

/** The same flow as other writers of JSON may put it. */
const WRITINGS: readonly ((line: string) => string)[] = [
  (line) => line,
  (line) => JSON.stringify(JSON.parse(line), null, 1).replaceAll('\n', ''),
  (line) => line.replaceAll('pod_name', 'podName').replaceAll('node_name', 'nodeName'),
  (line) => line.replace('"verdict":"DROPPED"', '"verdict":2').replace('"verdict":"FORWARDED"', '"verdict":1'),
  (line) => line.replace('"verdict":"DROPPED"', '"verdict":"\\u0044ROPPED"'),
  (line) => line.replaceAll('"pod_name":"f', '"pod_name":"\\u0066'),
  (line) => line.replace(/"verdict":"\w+",/, ''),
  (line) => line.replace('{"flow":', '{"node_name":"first","flow":'),
  () => '{"lost_events":{"num_events_lost":"3"}}',
];

const pod = fc.constantFrom('shop/front', 'shop/', '/front', 'redis', 'kube-system/search-b8', 'a"b', '/', 'x/é');
const ip = fc.constantFrom('10.244.2.57', '10.244.0.0/16', '154.132.210.68', '::1');
const uuids = golden.slice(0, 20).map((line) => /"uuid":"([^"]*)"/.exec(line)?.[1] ?? '');
const some = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(value, { maxLength: 2 });
const filter = fc.record(
  {
    verdict: some(fc.nat(9)),
    sourcePod: some(pod),
    destinationPod: some(pod),
    sourceIp: some(ip),
    destinationIp: some(ip),
    uuid: some(fc.constantFrom(...uuids)),
    httpMethod: some(fc.constantFrom('GET', 'POST')),
  },
  { requiredKeys: [] },
);

test('no flow that a request asks for is taken for one that cannot match', () => {
  let left = 0;
  const property = fc.property(fc.array(filter, { maxLength: 3 }), fc.constantFrom(...WRITINGS), (whitelist, write) => {
    const canMatch = compilePrefilter({ whitelist });
    const matches = compileSelection({ whitelist });
    const lines = golden.slice(0, 40).map(write);
    const chunk = Buffer.from(`${lines.join('\n')}\n`);
    let start = 0;
    for (const line of lines) {
      const end = chunk.indexOf(10, start);
      const can = canMatch === undefined || canMatch(chunk, start, end);
      if (!can) left++;
      if (!can) assert.equal(matches(eventFromJson(line, () => {})), false, line);
      start = end + 1;
    }
  });
  fc.assert(property, { numRuns: 300 });
  assert.ok(left > 100, `only ${left} lines were told apart`);
});

test('a selective request leaves few lines to parse, and a line that is no flow is among them', () => {
  const canMatch = compilePrefilter({ whitelist: [{ sourcePod: ['shop/front'], verdict: [2] }] });
  const can = (line: string): boolean | undefined => canMatch?.(Buffer.from(line), 0, Buffer.byteLength(line));
  assert.ok(golden.filter(can).length < golden.length / 10);
  for (const line of ['', '{"flow":{"verdict":"FORWARDED"', 'garbage "verdict":"FORWARDED"}'])
    assert.ok(can(line), line);
});
