import { join } from 'node:path';
import { runTool, type ToolResult } from './tool.ts';

/** Where a command runs: a network namespace, and a cgroup where there is one. */
export interface Place {
  readonly netns: string;
  readonly cgroup?: string | undefined;
}

/** Runs a program inside a pod (or the node), as `kubectl exec` would, to its end. A non-zero status is no error. */
export function runPodCommand(place: Place, argv: readonly string[], input = ''): Promise<ToolResult> {
  const inNetns = ['ip', 'netns', 'exec', place.netns, ...argv];
  if (place.cgroup === undefined) return runTool(inNetns, input);
  // The cgroup first: `ip netns exec` mounts a new /sys, where cgroups are not to be seen.
  const procs = join(place.cgroup, 'cgroup.procs');
  return runTool(['sh', '-ec', 'echo $$ > "$0"; exec "$@"', procs, ...inNetns], input);
}
