import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmdirSync, rmSync } from 'node:fs';
import { test } from 'node:test';
import { findBuilt } from '../../src/capture/addon.ts';
import { findCgroupRoot } from '../../src/capture/requirements.ts';
import { PairOfPods, Recording, whyNot, withCgroup } from './capture-network.ts';

const BPFTOOL = '/usr/sbin/bpftool';
const BPFFS = '/sys/fs/bpf';
const skip = whyNot() || (existsSync(BPFTOOL) && existsSync(BPFFS) ? false : `needs ${BPFTOOL} and ${BPFFS}`);

/** Programs that hold these hooks of a cgroup for themselves alone, as long as `work` runs. */
async function withHolders(cgroup: string, hooks: readonly string[], work: () => Promise<void>): Promise<void> {
  const pins = `${BPFFS}/nwcap-${process.pid}`;
  mkdirSync(pins);
  const held: string[] = [];
  try {
    execFileSync(BPFTOOL, ['prog', 'loadall', findBuilt('flow.bpf.o'), pins]);
    for (const hook of hooks) {
      execFileSync(BPFTOOL, ['cgroup', 'attach', cgroup, hook, 'pinned', `${pins}/nw_${hook}`]);
      held.push(hook);
    }
    await work();
  } finally {
    for (const hook of held) execFileSync(BPFTOOL, ['cgroup', 'detach', cgroup, hook, 'pinned', `${pins}/nw_${hook}`]);
    for (const name of ['nw_ingress', 'nw_egress', 'nw_set_state', 'nw_kfree_skb'])
      rmSync(`${pins}/${name}`, { force: true });
    rmdirSync(pins);
  }
}

test('a hook that the kernel refuses is named with its reason, and the others run', { skip }, async () => {
  const root = findCgroupRoot() ?? assert.fail('no cgroup v2');
  const pods = new PairOfPods();
  try {
    await withCgroup(root, (cgroupPath) =>
      withHolders(cgroupPath, ['ingress'], async () => {
        const recording = new Recording({ cgroupPath });
        const statesNow = () => Object.fromEntries(recording.capture.hooks().map((hook) => [hook.name, hook.state]));
        try {
          const ingress = recording.capture.hooks().find((hook) => hook.name === 'nw_ingress');
          assert.equal(ingress?.state, 'unavailable');
          assert.match(ingress?.reason ?? '', /not permitted \(a program attached there may not tolerate others\)$/);
          assert.equal(statesNow().nw_egress, 'attached');
          pods.sendFrom(cgroupPath, 'udp', pods.server, 9998, 23);
          const isOurs = (port?: number) => port === 9998;
          const flows = await recording.until(24, (f) => isOurs(f.l4?.udp?.destinationPort));
          assert.equal(flows.length, 24, '23 drops and the conversation');
        } finally {
          recording.capture.stop();
        }
        assert.deepEqual(
          [statesNow().nw_ingress, statesNow().nw_egress],
          ['unavailable', 'detached'],
          'also after the end',
        );
      }),
    );
  } finally {
    pods.remove();
  }
});
