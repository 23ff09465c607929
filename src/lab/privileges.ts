import { NetwatchError } from '../base/error.ts';
import { requireTool } from './tool.ts';

/** A clear error before anything is made, when this process cannot build a lab at all. */
export async function requirePrivileges(): Promise<void> {
  if (process.platform !== 'linux')
    throw new NetwatchError('unsupported', 'the demo needs Linux: it is made of network namespaces');
  if (process.geteuid?.() !== 0) {
    throw new NetwatchError('permission', 'the demo makes network namespaces, which only root may', {
      hint: 'Run it with sudo.',
    });
  }
  await Promise.all([requireTool(['ip', '-V']), requireTool(['nft', '--version'])]);
}
