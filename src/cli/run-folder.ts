import { mkdirSync } from 'node:fs';
import { messageOf, NetwatchError } from '../base/error.ts';

const RUN_FOLDER = '/run/netwatch';

/** Where a relay listens unless told otherwise, so that any client can guess it: `unix:///run/netwatch/NAME.sock`. */
export const runSocket = (name: string): string => `unix://${RUN_FOLDER}/${name}.sock`;

/** Makes the folder of `runSocket`, which is gone after each boot. Throws `permission` when it cannot. */
export function makeRunFolder(): void {
  try {
    mkdirSync(RUN_FOLDER, { recursive: true });
  } catch (cause) {
    throw new NetwatchError('permission', `cannot make ${RUN_FOLDER}: ${messageOf(cause)}`, {
      hint: 'Run it as root, or choose another address with --listen.',
      cause,
    });
  }
}
