import { createServer, type Server } from 'node:net';
import { NetwatchError } from '../base/error.ts';
import { MAX_LABS } from './plan.ts';

/**
 * The right to use the names and addresses of one slot, held as an abstract unix socket: the kernel gives it to one
 * process at a time and takes it back the moment that process is gone, however it ended.
 */
export interface SlotClaim {
  readonly slot: number;
  release(): Promise<void>;
}

/** Claims one slot; undefined while another process has it. */
export function claimSlot(slot: number): Promise<SlotClaim | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(new NetwatchError('lab', `cannot claim slot ${slot}: ${error.message}`, { cause: error }));
    });
    server.listen({ path: `\0netwatch-lab-${slot}` }, () => resolve({ slot, release: () => closeServer(server) }));
    server.unref();
  });
}

/** Claims the lowest slot that nobody has. */
export async function claimFreeSlot(): Promise<SlotClaim> {
  for (let slot = 0; slot < MAX_LABS; slot++) {
    const claim = await claimSlot(slot);
    if (claim !== undefined) return claim;
  }
  throw new NetwatchError('lab', `${MAX_LABS} demos are running already`, { hint: 'Stop one of them.' });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
