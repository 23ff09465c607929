import { hostname } from 'node:os';
import { NetwatchError } from '../base/error.ts';
import { MutableEndpointTable } from '../flow/endpoints.ts';
import { escapeText } from '../flow/format/escape.ts';
import type { FlowSource } from '../flow/source.ts';
import type { Context } from './command.ts';
import type { ParsedFlags } from './options.ts';
import { VERSION } from './version.ts';

/** A source of flows, where it comes from in a few words, and how to let go of it. */
export interface OpenedSource {
  readonly source: FlowSource;
  readonly title: string;
  /** A file ends; a server or the embedded relay can be followed. */
  readonly live: boolean;
  /** It has no flows from before it was opened: asking for past ones only would always show nothing. */
  readonly startsNow?: boolean;
  /** What to know or try while nothing arrives, one line. */
  readonly hint?: string;
  close(): Promise<void>;
}

async function openFile(path: string, context: Context): Promise<OpenedSource> {
  const { openFlowFile } = await import('../record/flow-file.ts');
  const onWarning = (text: string): void => {
    context.stderr.write(`netwatch: ${escapeText(path)}: ${escapeText(text)}\n`);
  };
  const source = openFlowFile(path, { onWarning, ...(path === '-' && { stdin: context.stdin }) });
  return { source, title: path === '-' ? 'standard input' : path, live: false, close: async () => {} };
}

async function openServer(server: string): Promise<OpenedSource> {
  const { connectRelay } = await import('../client/client.ts');
  const source = connectRelay(server);
  return { source, title: source.address, live: true, close: () => source.close() };
}

const NO_LOOPBACK = 'Loopback traffic is not watched; --loopback adds it.';

async function openEmbeddedRelay(loopback: boolean): Promise<OpenedSource> {
  const { startRelay } = await import('../relay/relay.ts');
  const node = hostname();
  const endpoints = new MutableEndpointTable();
  const captureOptions = { loopback };
  const relay = await startRelay({
    nodeName: node,
    version: VERSION,
    endpoints,
    listen: [],
    scope: 'all',
    captureOptions,
  });
  const hint = loopback ? undefined : NO_LOOPBACK;
  return { source: relay.source, title: node, live: true, startsNow: true, hint, close: () => relay.stop() };
}

/** Flags that ask for the past, or for an end: a relay that starts with the command has neither. */
function refusePast(flags: ParsedFlags): void {
  const table = flags.text('output')?.startsWith('tab') ? ['output'] : [];
  const [name] = ['first', 'last', 'all', 'since', 'until'].filter((flag) => flags.has(flag)).concat(table);
  if (name === undefined || flags.isOn('follow')) return;
  throw new NetwatchError('usage', `--${name} needs flows from the past, and this host is only watched from now on`, {
    hint: 'Give --server of a relay that is running, or --input-file, or leave it out to see flows as they come.',
  });
}

/** Throws what keeps this process from watching this host, with the other places flows can come from. */
async function requireCapture(): Promise<void> {
  const { checkRequirements } = await import('../capture/requirements.ts');
  try {
    checkRequirements(undefined);
  } catch (thrown) {
    if (!(thrown instanceof NetwatchError && thrown.code === 'permission')) throw thrown;
    throw new NetwatchError('permission', 'watching this host needs root, and no server is given', {
      hint: 'Run it with sudo, or give --server host:port or unix:///path (NETWATCH_SERVER), or --input-file FILE.',
      cause: thrown,
    });
  }
}

/** What only says how this host is watched means nothing to a server or a file. */
function refuseLoopback(flags: ParsedFlags, other: string): void {
  if (!flags.has('loopback')) return;
  throw new NetwatchError('usage', `cannot set both --loopback and --${other}`, {
    hint: 'A relay watches loopback traffic when it is itself started with --loopback.',
  });
}

/**
 * Decides where flows come from: `--input-file`, else `--server` or its environment variables, else a relay inside this
 * process, if it may capture. Throws `NetwatchError` that lists these choices when none is possible.
 */
export async function openFlowSource(flags: ParsedFlags, context: Context): Promise<OpenedSource> {
  const file = flags.text('input-file');
  if (file !== undefined) {
    refuseLoopback(flags, 'input-file');
    return openFile(file, context);
  }
  const server = flags.text('server');
  if (server !== undefined) {
    refuseLoopback(flags, 'server');
    return openServer(server);
  }
  await requireCapture();
  refusePast(flags);
  return openEmbeddedRelay(flags.isOn('loopback'));
}
