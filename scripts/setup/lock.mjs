import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits until no other process works on this folder, and keeps others out until this process ends, however it ends: the
 * lock is a name in the kernel (an abstract socket, unix(7)), not a file that could stay behind. `onWait` is called
 * once, before waiting.
 */
export async function lockFolder(folder, onWait) {
  const name = `\0netwatch-setup-${createHash('sha256').update(realpathSync(folder)).digest('hex').slice(0, 32)}`;
  for (let attempt = 0; ; attempt++) {
    const server = createServer().unref();
    const error = await new Promise((resolve) => {
      server.once('error', resolve).listen(name, () => resolve(undefined));
    });
    // Without abstract sockets there is no lock, and nothing else that this project could do either.
    if (error?.code !== 'EADDRINUSE') return;
    if (attempt === 0) onWait();
    await sleep(200);
  }
}
