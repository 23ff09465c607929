import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findCgroup2Mount } from '../../../src/lab/cgroup.ts';

test('the unified mount is found beside version 1', () => {
  const hybrid = [
    'proc /proc proc rw 0 0',
    'cgroup /sys/fs/cgroup/cpu cgroup rw,cpu 0 0',
    'cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0',
  ];
  assert.equal(findCgroup2Mount(hybrid.join('\n')), '/sys/fs/cgroup/unified');
});

test('escapes in a mount point are undone', () => {
  assert.equal(findCgroup2Mount('cgroup2 /mnt/a\\040b\\134c cgroup2 rw 0 0\n'), '/mnt/a b\\c');
});

test('no cgroup v2, no mount', () => {
  assert.equal(findCgroup2Mount(''), undefined);
  assert.equal(findCgroup2Mount('cgroup2 /cgroup2 tmpfs rw 0 0'), undefined);
});
