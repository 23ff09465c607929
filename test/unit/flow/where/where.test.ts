import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Flow, L7FlowType, Verdict } from '../../../../src/flow/gen/flow.ts';
import { Event } from '../../../../src/flow/gen/netwatch.ts';
import { compileWhere } from '../../../../src/flow/where/compile.ts';
import { FIELDS } from '../../../../src/flow/where/fields.ts';
import { parseWhere } from '../../../../src/flow/where/parse.ts';
import { printWhere } from '../../../../src/flow/where/print.ts';
import { WhereError } from '../../../../src/flow/where/where-error.ts';

const FLOWS: Readonly<Record<string, Flow>> = {
  syn: {
    verdict: Verdict.FORWARDED,
    ip: { source: '10.0.1.4', destination: '10.0.2.7' },
    source: {
      namespace: 'checkout',
      podName: 'cart-7c9-x2kqp',
      labels: ['k8s:app=cart'],
      workloads: [{ name: 'cart', kind: 'Deployment' }],
    },
    destination: {
      namespace: 'payments',
      podName: 'api-5d-9qrts',
      labels: ['k8s:app=api'],
      workloads: [{ name: 'api' }],
    },
    destinationService: { namespace: 'payments', name: 'pay' },
    l4: { tcp: { sourcePort: 40_000, destinationPort: 8080, flags: { syn: true } } },
    isReply: false,
    nodeName: 'node-1',
  },
  answer: {
    verdict: Verdict.FORWARDED,
    ip: { source: '10.0.2.7', destination: '10.0.1.4' },
    source: { namespace: 'payments', podName: 'api-5d-9qrts' },
    destination: { namespace: 'checkout', podName: 'cart-7c9-x2kqp' },
    l4: { tcp: { sourcePort: 8080, destinationPort: 40_000 } },
    isReply: true,
    l7: {
      type: L7FlowType.RESPONSE,
      latencyNs: 300_000_000,
      http: { method: 'POST', url: 'http://pay/v1/charge?x=1', code: 503 },
    },
  },
  drop: {
    verdict: Verdict.DROPPED,
    dropReasonDesc: 133,
    ip: { source: '10.0.1.4', destination: '2001:db8::17' },
    source: { namespace: 'checkout', podName: 'cartography-1' },
    destination: { labels: ['reserved:world'] },
    destinationNames: ['api.stripe.com'],
    l4: { tcp: { sourcePort: 1, destinationPort: 443, flags: { syn: true, ack: true } } },
    detail: { event: Event.EVENT_DROP, skbDropReason: 'NETFILTER_DROP', netfilter: { comment: 'deny-egress' } },
  },
  lookup: {
    verdict: Verdict.FORWARDED,
    ip: { source: '10.0.0.10', destination: '10.0.1.4' },
    l4: { udp: { sourcePort: 53, destinationPort: 40_000 } },
    isReply: true,
    l7: { type: L7FlowType.RESPONSE, latencyNs: 900_000, dns: { query: 'redis.checkout.svc.', rcode: 3 } },
  },
};

function matching(text: string): string {
  const where = parseWhere(text);
  const accepts = where === undefined ? () => true : compileWhere(where);
  return Object.entries(FLOWS)
    .flatMap(([name, flow]) => (accepts(flow) ? [name] : []))
    .join(' ');
}

const MATCHES: readonly (readonly [filter: string, flows: string])[] = [
  ['', 'syn answer drop lookup'],
  ['ns=checkout', 'syn answer drop'],
  ['src.ns=checkout', 'syn drop'],
  ['dst.ns=checkout', 'answer'],
  ['ns!=checkout', 'lookup'],
  ['-ns=checkout', 'lookup'],
  ['!ns=checkout', 'lookup'],
  ['NAMESPACE=CheckOut', 'syn answer drop'],
  ['ns=pay*', 'syn answer'],
  ['pod=cart', 'syn answer'],
  ['pod=checkout/cart', 'syn answer'],
  ['pod=cartography-1', 'drop'],
  ['wl=cart', 'syn'],
  ['svc=payments/pay', 'syn'],
  ['label=app=cart', 'syn'],
  ['label=app', 'syn'],
  ['ip=10.0.2.0/24', 'syn answer'],
  ['ip=2001:DB8::/32', 'drop'],
  ['ip=2001:0db8:0:0:0:0:0:17', 'drop'],
  ['ip=10.0.2.*', 'syn answer'],
  ['port=8080', 'syn answer'],
  ['dst.port=8080', 'syn'],
  ['port<1024', 'drop lookup'],
  ['node=node-1', 'syn'],
  ['from=cart', 'syn'],
  ['to=world', 'drop'],
  ['to=api.stripe.com', 'drop'],
  ['from=10.0.2.7', 'answer'],
  ['verdict=drop', 'drop'],
  ['verdict=fwd', 'syn answer lookup'],
  ['reason=policy*', 'drop'],
  ['reason~^NETF', 'drop'],
  ['proto=udp', 'lookup'],
  ['l7=http', 'answer'],
  ['method=post', 'answer'],
  ['path=/v1/charge*', 'answer'],
  ['path~^/(v1|v2)/', 'answer'],
  ['(path~^/v1)', 'answer'],
  ['path!~^/v1', 'syn drop lookup'],
  ['status>=500', 'answer'],
  ['status=5xx', 'answer'],
  ['status=503', 'answer'],
  ['status<500', ''],
  ['dns=*.svc', 'lookup'],
  ['rcode=NXDOMAIN', 'lookup'],
  ['rcode=3', 'lookup'],
  ['lat>250ms', 'answer'],
  ['lat<=0.9', 'lookup'],
  ['lat>1s', ''],
  ['flags=syn', 'syn drop'],
  ['flags=syn,ack', 'drop'],
  ['flags!=syn', 'answer lookup'],
  ['reply=yes', 'answer lookup'],
  ['reply=unknown', 'drop'],
  ['type=drop', 'drop'],
  ['fault=yes', 'answer drop'],
  ['verdict=drop | status>=500', 'answer drop'],
  ['ns=checkout (verdict=drop | status>=500) -port=443', 'answer'],
  ['stripe', 'drop'],
  ['deny-egress', 'drop'],
  ['CHARGE', 'answer'],
  ["'deny-egress'", 'drop'],
  ['10.0.2', 'syn answer'],
  ['--ns=checkout', 'syn answer drop'],
];

for (const [filter, flows] of MATCHES) {
  test(`filter ${filter || '(empty)'}`, () => assert.equal(matching(filter), flows));
}

const ERRORS: readonly (readonly [filter: string, column: number, problem: RegExp, hint: RegExp])[] = [
  ['ns=a verdikt=drop', 6, /unknown field "verdikt"/, /Did you mean verdict\?/],
  ['namspace=x', 1, /unknown field/, /namespace/],
  ['src.verdict=drop', 1, /no sides/, /without src/],
  ['verdict=dorp', 9, /no verdict "dorp"/, /Did you mean d/],
  ['lat>fast', 5, /not a duration/, /250ms/],
  ['ns>3', 4, /has no order/, /ns=/],
  ['ip=10.0.0.0/33', 4, /not an address/, /CIDR|10\.0/],
  ['path~(a', 6, /does not compile/, /RE2/],
  ['flags=sin', 7, /no TCP flag/, /syn/],
  ['(ns=a', 1, /never closed/, /^$/],
  ['ns=a)', 5, /never opened/, /^$/],
  ['ns=a |', 7, /term is missing/, /^$/],
  ['ns=', 4, /value is missing/, /^$/],
  ['=a', 1, /field name is missing/, /^$/],
  ["ns='a", 4, /never closed/, /^$/],
  ['-', 2, /term is missing/, /^$/],
  ["''", 1, /missing/, /^$/],
];

for (const [filter, column, problem, hint] of ERRORS) {
  test(`filter ${filter} is refused at column ${column}`, () => {
    assert.throws(
      () => parseWhere(filter),
      (error) => {
        assert.ok(error instanceof WhereError);
        assert.equal(error.code, 'usage');
        assert.equal(error.column, column);
        assert.match(error.message, problem);
        assert.match(error.hint ?? '', hint);
        return true;
      },
    );
  });
}

test('a printed filter reads as itself', () => {
  for (const [filter] of [
    ...MATCHES,
    ["path='/a b'"],
    [String.raw`'it\'s' | "-x"`],
    ['(a b) | (c (d | e))'],
  ] as const) {
    const where = parseWhere(filter);
    if (where !== undefined) assert.deepEqual(parseWhere(printWhere(where)), where, filter);
  }
});

test('field names and their alternatives are unique', () => {
  const names = FIELDS.flatMap(({ name, aliases }) => [name, ...aliases]);
  assert.equal(new Set(names).size, names.length);
});
