import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NetwatchError } from '../../../src/base/error.ts';
import { loadAddon } from '../../../src/capture/addon.ts';
import { AddressTexts, formatIpv6 } from '../../../src/capture/address.ts';
import { KernelSymbols } from '../../../src/capture/kernel-symbols.ts';
import { Stat } from '../../../src/capture/layout.gen.ts';
import { LossReport, nameCounters } from '../../../src/capture/losses.ts';
import { knobsOf, settleOptions } from '../../../src/capture/options.ts';
import {
  checkRequirements,
  findCgroupMounts,
  findCgroupRoot,
  missingCapabilities,
  partialView,
} from '../../../src/capture/requirements.ts';

const MOUNTS = `24 30 0:22 / /proc rw - proc proc rw
36 32 0:30 / /sys/fs/cgroup\\040two/unified rw,relatime shared:9 - cgroup2 cgroup2 rw`;
const ALL = 'CapEff:\t000001ffffffffff\n';
const host = (files: Readonly<Record<string, string>>) => ({
  exists: (path: string) => path in files,
  read: (path: string) => files[path] ?? '',
  inode: (path: string) => Number(files[path] || 77),
});
const complete = {
  '/sys/kernel/btf/vmlinux': '',
  '/proc/self/status': ALL,
  '/proc/self/mountinfo': MOUNTS,
  '/sys/fs/cgroup two/unified': '1',
  '/sys/fs/cgroup two/unified/cgroup.procs': '',
};
const without = (path: string) => host(Object.fromEntries(Object.entries(complete).filter(([name]) => name !== path)));
const code = (expected: string, text: RegExp) => (thrown: unknown) =>
  thrown instanceof NetwatchError && thrown.code === expected && text.test(thrown.message) && thrown.hint !== undefined;

test('each missing requirement is one error with a hint', () => {
  assert.equal(checkRequirements(undefined, host(complete)), '/sys/fs/cgroup two/unified');
  assert.throws(() => checkRequirements(undefined, without('/proc/self/status')), code('unsupported', /Linux/));
  assert.throws(() => checkRequirements(undefined, without('/sys/kernel/btf/vmlinux')), code('unsupported', /types/));
  assert.throws(() => checkRequirements(undefined, without('/proc/self/mountinfo')), code('unsupported', /cgroup v2/));
  assert.throws(() => checkRequirements('/tmp', host(complete)), code('unsupported', /\/tmp/));
  const poor = host({ ...complete, '/proc/self/status': 'CapEff:\t0000000000000000\n' });
  assert.throws(() => checkRequirements(undefined, poor), code('permission', /CAP_PERFMON, CAP_BPF, CAP_NET_ADMIN/));
});

test('an addon that is not there is one error with a hint', () => {
  assert.throws(() => loadAddon('/nonexistent/netwatch.node'), code('unsupported', /not built/));
});

test('capabilities and mounts are read from their files', () => {
  assert.deepEqual(missingCapabilities(ALL), []);
  assert.deepEqual(missingCapabilities('CapEff:\t0000000000201000\n'), [], 'CAP_SYS_ADMIN and CAP_NET_ADMIN');
  assert.deepEqual(missingCapabilities('CapEff:\t0000000000200000\n'), ['CAP_NET_ADMIN']);
  assert.deepEqual(findCgroupMounts('nonsense'), []);
  const bind = '35 32 0:30 /pod /mnt/part rw - cgroup2 cgroup2 rw\n';
  const mountinfo = `${bind}${MOUNTS}`;
  assert.equal(
    findCgroupRoot(host({ ...complete, '/mnt/part': '', '/proc/self/mountinfo': mountinfo })),
    '/sys/fs/cgroup two/unified',
    'the whole comes before a part of it',
  );
  assert.match(partialView('/mnt/part', host({})) ?? '', /only sockets below \/mnt\/part/);
  assert.equal(partialView('/sys/fs/cgroup two/unified', host(complete)), undefined);
  assert.equal(findCgroupRoot(host({ '/mnt/part': '', '/proc/self/mountinfo': bind })), '/mnt/part');
});

test('options have defaults and ranges', () => {
  assert.equal(settleOptions({ ringBytes: undefined }).ringBytes, 4 << 20);
  assert.throws(() => settleOptions({ ringBytes: 5000 }), /power of two/);
  assert.throws(() => settleOptions({ payloadBytes: 513 }), /from 1 to 512/);
  assert.equal(knobsOf(settleOptions({ loopback: true })).get('cfg_loopback'), 1);
});

test('IPv6 text is canonical (RFC 5952)', () => {
  const text = (hex: string) => formatIpv6(Buffer.from(hex, 'hex'));
  assert.equal(text('00000000000000000000000000000000'), '::');
  assert.equal(text('00000000000000000000000000000001'), '::1');
  assert.equal(text('20010db8000000010001000100010001'), '2001:db8:0:1:1:1:1:1');
  assert.equal(text('20010000000000010000000000000001'), '2001:0:0:1::1');
  assert.equal(text('fd006e77000000000000000000000000'), 'fd00:6e77::');
});

test('addresses are kept within their bound', () => {
  const texts = new AddressTexts(2);
  for (let i = 0; i < 9; i++) {
    const bytes = Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 250, 0, 0, i]);
    assert.equal(texts.read(bytes, 0, 4), `250.0.0.${i}`);
    assert.equal(texts.read(bytes, 0, 6), `::ffff:fa00:${i.toString(16)}`);
  }
});

test('kernel functions are found by an address within them', () => {
  const text = `ffffffff81000000 T _stext\nffffffff81000100 t nft_do_chain.part.0\nffffffff81000200 D data\nffffffffc0000000 t mod\t[m]\n`;
  const symbols = new KernelSymbols(() => Buffer.from(text));
  assert.equal(symbols.find(0xffffffff81000150n), 'nft_do_chain');
  assert.equal(symbols.find(0xffffffffc0000001n), 'mod');
  assert.equal(symbols.find(0xfffffff081000150n), undefined);
  assert.equal(new KernelSymbols(() => Buffer.from('0000000000000000 T hidden\n')).find(5n), undefined);
  const unreadable = new KernelSymbols(() => {
    throw new Error('EACCES');
  });
  assert.equal(unreadable.find(0xffffffff81000150n), undefined);
});

test('losses are reported once, as one event with its time', () => {
  const report = new LossReport({ seconds: 10, nanos: 0 });
  const counters = new Float64Array(Stat.max);
  assert.equal(report.next(counters, { seconds: 11, nanos: 0 }), undefined);
  counters[Stat.lostPacket] = 20;
  counters[Stat.lostDrop] = 3;
  counters[Stat.dropOrdinary] = 99;
  const event = report.next(counters, { seconds: 12, nanos: 0 });
  assert.deepEqual([event?.numEventsLost, event?.first?.seconds, event?.last?.seconds], [23, 11, 12]);
  assert.equal(report.next(counters, { seconds: 13, nanos: 0 }), undefined);
  assert.equal(nameCounters(counters)['kernel.dropOrdinary'], 99);
});
