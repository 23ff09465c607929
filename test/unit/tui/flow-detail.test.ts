import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Flow, Verdict } from '../../../src/flow/gen/flow.ts';
import { Event, Role } from '../../../src/flow/gen/netwatch.ts';
import { detailLines } from '../../../src/tui/flow-detail.ts';
import { createTheme } from '../../../src/tui/theme.ts';

process.env.TZ = 'UTC';
const theme = createTheme({ LANG: 'C.UTF-8', NO_COLOR: '1' });
const describeFlow = (flow: Flow): string =>
  detailLines({ flow, nodeName: 'node-1' }, 90, theme)
    .join('\n')
    .replace(/\x1b\[[\d;]*m/g, '');

test('a drop says why, by whom and where', () => {
  const text = describeFlow({
    verdict: Verdict.DROPPED,
    dropReasonDesc: 133,
    egressDeniedBy: [{ kind: 'CiliumNetworkPolicy', namespace: 'shop', name: 'deny-egress' }],
    detail: {
      event: Event.EVENT_DROP,
      skbDropReason: 'NETFILTER_DROP',
      dropFunction: 'nft_do_chain',
      netfilter: {
        family: 'inet',
        table: 'filter',
        chain: 'forward',
        ruleHandle: 12,
        hook: 'forward',
        comment: 'no way out',
      },
      originalDestination: { ip: '10.96.0.1', port: 443 },
    },
  });
  for (const said of [
    'verdict    DROPPED',
    'why        policy denied',
    'kernel reason NETFILTER_DROP',
    'in kernel function nft_do_chain',
    'netfilter inet filter/forward rule 12 at hook forward',
    'rule comment "no way out"',
    'denied by CiliumNetworkPolicy shop/deny-egress',
    'was going  to 10.96.0.1 port 443',
    'node       node-1',
  ]) {
    assert.ok(text.includes(said), `${said}\nis not in\n${text}`);
  }
});

test('the end of a connection has its totals, a failed attempt its error', () => {
  const connection = {
    role: Role.ROLE_CLIENT,
    connectNs: 1_400_000,
    durationNs: 7_370_000_000,
    srttNs: 900_000,
    minRttNs: 700_000,
    retransmits: 3,
    bytesSent: 46_000,
    bytesReceived: 3_000_000,
  };
  const closed = describeFlow({ detail: { event: Event.EVENT_CLOSE, connection, process: { pid: 7, comm: 'node' } } });
  assert.match(
    closed,
    /connection ended in order\n +totals as seen by the client\n +sent 46K, received 3\.0M\n +lasted 7\.37s/,
  );
  assert.match(closed, /3 retransmits/);
  assert.match(closed, /process {4}node pid 7/);
  const failed = describeFlow({ detail: { event: Event.EVENT_CONNECT_FAILED, connection: { error: 'ECONNREFUSED' } } });
  assert.match(failed, /connection attempt failed with ECONNREFUSED/);
  const unanswered = describeFlow({
    detail: { event: Event.EVENT_CONNECT_FAILED, connection: { durationNs: 1_500_000_000, retransmits: 1 } },
  });
  assert.match(
    unanswered,
    /connection attempt failed: no answer to the SYN\n +the client gave up waiting\n +after 1\.50s\n +1 retransmit\n/,
  );
});

test('64-bit numbers beyond 2^53 are exact where they are identities', () => {
  assert.match(describeFlow({ detail: { socketCookie: 2n ** 63n } }), /socket 9223372036854775808/);
});
