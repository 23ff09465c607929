import { NetwatchError } from '../../base/error.ts';
import { escapeText } from '../../flow/format/escape.ts';
import { messageToJson } from '../../flow/format/json.ts';
import type { ServerStatusResponse } from '../../flow/gen/observer.ts';
import type { Command } from '../command.ts';
import type { Flag } from '../options.ts';

const FLAGS: readonly Flag[] = [
  {
    name: 'server',
    value: 'ADDRESS',
    env: ['NETWATCH_SERVER', 'HUBBLE_SERVER'],
    help: 'A relay, hub or Hubble server: host:port or unix:///path (127.0.0.1:4244)',
    group: 'Where from',
  },
  { name: 'output', short: 'o', value: 'FORMAT', help: 'compact or json', group: 'Output' },
];

const grouped = (value: number | bigint): string => BigInt(value).toLocaleString('en-US');

/** The lines `hubble status` prints, from the same answer. */
function statusLines({
  numFlows = 0,
  maxFlows = 0,
  seenFlows = 0,
  uptimeNs = 0,
  flowsRate,
}: ServerStatusResponse): string {
  const percent = Number(maxFlows) > 0 ? ((Number(numFlows) / Number(maxFlows)) * 100).toFixed(2) : '0.00';
  const seconds = Number(uptimeNs) / 1e9;
  const rate = flowsRate || (seconds > 0 ? Number(seenFlows) / seconds : 0);
  return `Current/Max Flows: ${grouped(numFlows)}/${grouped(maxFlows)} (${percent}%)\nFlows/s: ${rate.toFixed(2)}\n`;
}

/** `netwatch status`: a server's health and figures. */
export const status: Command = {
  name: 'status',
  summary: 'Whether a server is healthy, what it holds and how fast flows come',
  usage: 'status [flags]',
  options: FLAGS,
  async run(context, flags) {
    flags.refusePositionals('status', 'To ask another server, use --server.');
    const format = flags.text('output') ?? 'compact';
    if (format !== 'compact' && format !== 'json') {
      throw new NetwatchError('usage', `invalid output format: ${format}`, { hint: 'Use compact or json.' });
    }
    const { connectRelay } = await import('../../client/client.ts');
    const client = connectRelay(flags.text('server') ?? '127.0.0.1:4244');
    try {
      if (!(await client.healthy())) {
        throw new NetwatchError('unavailable', `Healthcheck (via ${client.address}): Unavailable: NOT_SERVING`);
      }
      const answer = await client.status();
      if (format === 'json') {
        context.stdout.write(`${messageToJson('observer.ServerStatusResponse', answer)}\n`);
        return;
      }
      context.stdout.write(`Healthcheck (via ${client.address}): Ok\n${statusLines(answer)}`);
      if (answer.version) context.stdout.write(`Version: ${escapeText(answer.version)}\n`);
    } finally {
      await client.close();
    }
  },
};
