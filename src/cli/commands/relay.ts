import { once } from 'node:events';
import { hostname } from 'node:os';
import { MutableEndpointTable } from '../../flow/endpoints.ts';
import type { Command } from '../command.ts';
import { LOOPBACK_FLAG } from '../observe-flags.ts';
import type { Flag } from '../options.ts';
import { makeRunFolder, runSocket } from '../run-folder.ts';
import { VERSION } from '../version.ts';

const DEFAULT_ADDRESSES = [runSocket('relay'), '127.0.0.1:4244'];
const GROUP = 'Serving';

const FLAGS: readonly Flag[] = [
  {
    name: 'listen',
    value: 'ADDRESS',
    env: ['NETWATCH_LISTEN'],
    help: `Where to serve, repeatable (${DEFAULT_ADDRESSES.join(' and ')})`,
    group: GROUP,
  },
  {
    name: 'node-name',
    value: 'NAME',
    env: ['NODE_NAME'],
    help: "This node's name in flows (the host's)",
    group: GROUP,
  },
  { ...LOOPBACK_FLAG, group: GROUP },
  { name: 'ring-size', value: 'N', help: 'Flows to remember, one less than a power of two (65535)', group: GROUP },
];

/** `netwatch relay`: the per-node server. */
export const relay: Command = {
  name: 'relay',
  summary: "Serve this node's flows, as a Hubble server does",
  usage: 'relay [flags]',
  options: FLAGS,
  async run(context, flags) {
    flags.refusePositionals('relay');
    const { checkRequirements } = await import('../../capture/requirements.ts');
    // Before any address is taken: a missing privilege is what matters then, not the socket that it could not make.
    checkRequirements(undefined);
    const { startRelay } = await import('../../relay/relay.ts');
    const listen = flags.all('listen');
    if (listen.length === 0) makeRunFolder();
    const ringSize = flags.count('ring-size');
    const running = await startRelay({
      nodeName: flags.text('node-name') ?? hostname(),
      version: VERSION,
      endpoints: new MutableEndpointTable(),
      listen: listen.length > 0 ? listen : DEFAULT_ADDRESSES,
      scope: 'all',
      captureOptions: { loopback: flags.isOn('loopback') },
      ringCapacity: ringSize === undefined ? undefined : Number(ringSize),
    });
    try {
      for (const { name, state, reason } of running.hooks()) {
        if (state === 'attached' && reason === undefined) continue;
        context.stderr.write(`netwatch relay: hook ${name} is ${state}${reason === undefined ? '' : `: ${reason}`}\n`);
      }
      context.stderr.write(`netwatch relay: serving on ${running.addresses.join(' and ')}\n`);
      if (!context.signal.aborted) await once(context.signal, 'abort');
    } finally {
      await running.stop();
    }
  },
};
