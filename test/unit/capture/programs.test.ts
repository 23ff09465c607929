import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BpfObject, NativeAddon, NativeError } from '../../../native/index.d.ts';
import { reasonOf } from '../../../src/capture/addon.ts';
import { settleOptions } from '../../../src/capture/options.ts';
import { startPrograms } from '../../../src/capture/programs.ts';

const PROGRAMS = ['nw_ingress', 'nw_egress', 'nw_set_state', 'nw_kfree_skb'];

function nativeError(message: string, code: string, log: string): NativeError {
  return Object.assign(new Error(message), { code, log });
}

/** A kernel that refuses to load some programs and to attach others, and counts what is open. */
class FakeKernel {
  open = 0;
  readonly attached: string[] = [];
  readonly addon: NativeAddon;

  constructor({ loads = [], attaches = [] }: { loads?: readonly string[]; attaches?: readonly string[] }) {
    const create = (): BpfObject => this.#create(new Set(loads), new Set(attaches));
    const BpfObjectFake = function BpfObjectFake() {
      return create();
    } as unknown as NativeAddon['BpfObject'];
    this.addon = { BpfObject: BpfObjectFake, libbpfVersion: 'v1.1', kernelEnum: () => ({}), clockOffset: () => 0n };
  }

  #create(loads: ReadonlySet<string>, attaches: ReadonlySet<string>): BpfObject {
    const enabled = new Set(PROGRAMS);
    let isOpen = true;
    this.open++;
    const fake: Partial<BpfObject> = {
      setKnob() {},
      setMaxEntries() {},
      programs: () => PROGRAMS,
      disable: (program) => void enabled.delete(program),
      load() {
        const bad = [...enabled].find((program) => loads.has(program));
        if (bad !== undefined) throw nativeError('bpf_object__load: Invalid argument', 'EINVAL', `${bad} is bad`);
      },
      attach: (program) => {
        if (attaches.has(program)) throw nativeError('attach: Operation not permitted', 'EPERM', '');
        this.attached.push(program);
      },
      close: () => {
        if (isOpen) this.open--;
        isOpen = false;
      },
    };
    return fake as BpfObject;
  }
}

const start = (kernel: FakeKernel) => startPrograms(kernel.addon, settleOptions({}), '/cgroup');

test('what loads and attaches runs, and what does not is named', () => {
  const kernel = new FakeKernel({ loads: ['nw_kfree_skb', 'nw_set_state'], attaches: ['nw_egress'] });
  const { object, refused } = start(kernel);
  assert.deepEqual([...refused.keys()].sort(), ['nw_egress', 'nw_kfree_skb', 'nw_set_state']);
  assert.deepEqual(kernel.attached, ['nw_ingress']);
  object.close();
  assert.equal(kernel.open, 0, 'trial objects are closed');
});

test('without any program that sees packets it fails with the first reason and leaves nothing open', () => {
  const useful = PROGRAMS.filter((program) => program !== 'nw_set_state');
  for (const refusal of [{ loads: useful }, { attaches: useful }, { loads: PROGRAMS }]) {
    const kernel = new FakeKernel(refusal);
    assert.throws(() => start(kernel), { message: /Invalid argument|not permitted/ });
    assert.equal(kernel.open, 0);
  }
});

test("a reason is one line with the verifier's word", () => {
  const log = (...lines: readonly string[]) =>
    ['libbpf: -- BEGIN PROG LOAD LOG --', ...lines, 'processed 3 insns (limit 1000000)', '-- END --'].join('\n');
  const load = (text: string) => reasonOf(nativeError('bpf_object__load: Permission denied', 'EACCES', text));
  assert.equal(load(''), 'bpf_object__load: Permission denied');
  assert.equal(
    load(log("func 'kfree_skb' doesn't have 3-th argument", 'invalid bpf_context access off=16 size=8')),
    "bpf_object__load: Permission denied (func 'kfree_skb' doesn't have 3-th argument)",
  );
  assert.equal(load(log('R1 is not a scalar')), 'bpf_object__load: Permission denied (R1 is not a scalar)');
  assert.ok(load(log('x'.repeat(5000))).length <= 200);
});
