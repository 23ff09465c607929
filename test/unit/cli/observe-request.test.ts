import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OBSERVE_FLAGS } from '../../../src/cli/observe-flags.ts';
import { buildFlowsRequest } from '../../../src/cli/observe-request.ts';
import { parseFlags } from '../../../src/cli/options.ts';
import { filterToJson } from '../../../src/flow/format/json.ts';
import type { FlowsRequest } from '../../../src/flow/source.ts';

const NOW_MS = Date.UTC(2026, 0, 2, 3, 4, 5, 250);
const request = (...argv: string[]): FlowsRequest => buildFlowsRequest(parseFlags(OBSERVE_FLAGS, argv, {}), NOW_MS);
const allow = (...argv: string[]): string => `[${(request(...argv).whitelist ?? []).map(filterToJson).join(',')}]`;
const deny = (...argv: string[]): string => `[${(request(...argv).blacklist ?? []).map(filterToJson).join(',')}]`;

/** What `hubble observe --print-raw-filters` prints for the same flags. */
const HUBBLE: readonly (readonly [string, string])[] = [
  ['--pod foo', '[{"source_pod":["foo"]},{"destination_pod":["foo"]}]'],
  ['--from-pod a --to-pod b', '[{"source_pod":["a"],"destination_pod":["b"]}]'],
  ['-n ns1', '[{"source_pod":["ns1/"]},{"destination_pod":["ns1/"]}]'],
  [
    '-n ns1 -n ns2 --pod foo --pod bar',
    '[{"source_pod":["ns1/foo","ns2/foo","ns1/bar","ns2/bar"]},{"destination_pod":["ns1/foo","ns2/foo","ns1/bar","ns2/bar"]}]',
  ],
  ['-A --service web', '[{"source_service":["/web"]},{"destination_service":["/web"]}]'],
  [
    '--pod foo --port 80',
    '[{"source_pod":["foo"],"source_port":["80"]},{"destination_pod":["foo"],"destination_port":["80"]}]',
  ],
  [
    '--service web --from-namespace z',
    '[{"source_service":["z/web"]},{"source_pod":["z/"],"destination_service":["web"]}]',
  ],
  [
    '-t l7 -t drop:133 -t trace:to-endpoint',
    '[{"event_type":[{"type":129},{"type":1,"match_sub_type":true,"sub_type":133},{"type":4,"match_sub_type":true}]}]',
  ],
  ['--tcp-flags syn,ack --tcp-flags fin', '[{"tcp_flags":[{"SYN":true,"ACK":true},{"FIN":true}]}]'],
  [
    '--workload Deployment/foo --workload Job/ --workload x',
    '[{"source_workload":[{"name":"foo","kind":"Deployment"},{"kind":"Job"},{"name":"x"}]},{"destination_workload":[{"name":"foo","kind":"Deployment"},{"kind":"Job"},{"name":"x"}]}]',
  ],
  ['--from-identity world --from-identity 1234', '[{"source_identity":[2,1234]}]'],
  ['--http-header a:b:c', '[{"http_header":[{"key":"a","value":"b:c"}]}]'],
  ['-4', '[{"ip_version":["IPv4"]}]'],
  ['--ip-version none', '[{"ip_version":["IP_NOT_USED"]}]'],
  ['--encrypted', '[{"encrypted":[true]}]'],
  ['--interface eth0 --uuid u', '[{"uuid":["u"],"interface":[{"name":"eth0"}]}]'],
  ['--cel-expression true', '[{"experimental":{"cel_expression":["true"]}}]'],
  ['--to-all-namespaces', '[{"destination_pod":["/"]}]'],
];
for (const [argv, wanted] of HUBBLE) {
  test(`${argv} is Hubble's filter`, () => {
    assert.equal(allow(...argv.split(' ')), wanted);
    assert.equal(deny(...argv.split(' ')), '[]');
  });
}

test('--not turns the next flag around, and only that', () => {
  const argv = '--verdict FORWARDED --not --port 53 --to-pod x'.split(' ');
  assert.equal(allow(...argv), '[{"destination_pod":["x"],"verdict":["FORWARDED"]}]');
  assert.equal(deny(...argv), '[{"source_port":["53"]},{"destination_port":["53"]}]');
});

test('raw filters are added, several in one value', () => {
  const raw = '{"verdict":["DROPPED"]} {"sourcePod":["a}\\""]}';
  assert.equal(
    allow('--to-port', '80', '--allowlist', raw),
    '[{"destination_port":["80"]},{"verdict":["DROPPED"]},{"source_pod":["a}\\""]}]',
  );
  const flags = parseFlags(OBSERVE_FLAGS, [], { HUBBLE_DENYLIST: '{"uuid":["u"]}' });
  assert.deepEqual(buildFlowsRequest(flags, NOW_MS).blacklist, [{ uuid: ['u'] }]);
});

const NOW = { seconds: Date.UTC(2026, 0, 2, 3, 4, 5) / 1000, nanos: 250_000_000 };
const SELECTORS: readonly (readonly [string, FlowsRequest])[] = [
  ['', { number: 20 }],
  ['-f', { follow: true }],
  ['-f --last 5', { follow: true, number: 5 }],
  ['--first 3', { number: 3, first: true }],
  ['--all', { number: 2n ** 64n - 1n }],
  ['--since 5m', { since: { ...NOW, seconds: NOW.seconds - 300 } }],
  ['-f --since 1m5.25s --until 1m', { follow: true, since: { seconds: NOW.seconds - 65, nanos: 0 } }],
  [
    '--since 2m --until 1m --last 7',
    { number: 7, since: { ...NOW, seconds: NOW.seconds - 120 }, until: { ...NOW, seconds: NOW.seconds - 60 } },
  ],
  ['--input-file x', {}],
  ['--input-file x --last 2', { number: 2 }],
];
for (const [argv, wanted] of SELECTORS) {
  test(`'${argv}' selects as Hubble`, () => assert.deepEqual(request(...argv.split(' ').filter(Boolean)), wanted));
}

const REFUSED: readonly (readonly [string, string | RegExp])[] = [
  ['--first 1 --last 1', 'cannot set both --first and --last'],
  ['--first 1 --all', 'cannot set both --first and --all'],
  ['--first 1 -f', 'cannot set both --first and --follow'],
  ['--last 1 --all', 'cannot set both --last and --all'],
  ['--not --not --port 1', 'consecutive --not statements'],
  ['--port 1 --not', 'trailing --not found in the arguments'],
  [
    '--from-pod a --from-ip 1.1.1.1',
    'invalid argument "1.1.1.1" for "--from-ip" flag: filters --from-ip and --from-pod cannot be combined',
  ],
  ['--pod a -n b --from-label x --label y', /filters --label and --from-label cannot be combined/],
  [
    '--from-pod a/x --from-namespace b',
    'invalid argument "b" for "--from-namespace" flag: namespace conflict: "b" does not contain "a/x"',
  ],
  ['--from a --from-pod b', /"--from-pod" flag: filters --from and --from-pod cannot be combined/],
  ['--with a --to b', /cannot be combined/],
  ['--verdict forwarded', 'invalid argument "forwarded" for "--verdict" flag: invalid --verdict value: forwarded'],
  ['--type nope', /"-t, --type" flag: event type 'nope' is neither known nor a number/],
  ['--type trace:nope', /event sub-type 'nope'/],
  ['--identity nobody', /invalid security identity, expected one of \[host world /],
  ['--tcp-flags syn,foo', 'invalid argument "syn,foo" for "--tcp-flags" flag: unknown tcp flag: foo'],
  ['--traffic-direction up', /up: invalid traffic direction, expected ingress or egress/],
  ['--http-header x', /invalid http-header value "x", expected name:value/],
  ['--ip-trace-id 0', /must be greater than 0/],
  ['--since yesterday', 'invalid argument "yesterday" for "--since" flag: not a time'],
  ['--allowlist {"x":1}', `invalid --allowlist flag: failed to decode '{"x":1}': unknown field x`],
  ['--denylist {', /invalid --denylist flag: failed to decode '\{': .*JSON/],
  ['--http-path [', /^invalid argument "\[" for "--http-path" flag: error parsing regexp/],
  ['--port http', 'invalid argument "http" for "--port" flag: must be a number from 0 to 65535'],
  ['--to-ip 10.0.0.0/99', 'invalid argument "10.0.0.0/99" for "--to-ip" flag: prefix length out of range'],
  ['--not --http-status 5x', /^invalid argument "5x" for "--http-status" flag: must be a status/],
];
for (const [argv, message] of REFUSED) {
  test(`refuses ${argv}`, () => assert.throws(() => request(...argv.split(' ')), { code: 'usage', message }));
}

test('a value of a short list is refused with the list, and with what was nearly written', () => {
  const all = 'Verdicts are FORWARDED, DROPPED, ERROR, AUDIT, REDIRECTED, TRACED, TRANSLATED.';
  assert.throws(() => request('--verdict', 'droped'), { hint: `Did you mean DROPPED? ${all}` });
  assert.throws(() => request('--verdict', 'nothing'), { hint: all });
  assert.throws(() => request('--type', 'nope'), { hint: /^Give a number or one of .*drop, .*trace/ });
  assert.throws(() => request('--type', 'trace:nope'), { hint: /to-endpoint/ });
  assert.throws(() => request('--drop-reason-desc', 'policy_denied'), { hint: 'Did you mean POLICY_DENIED?' });
});
