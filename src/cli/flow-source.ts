import { NetwatchError } from '../base/error.ts';
import { escapeText } from '../flow/format/escape.ts';
import type { FlowSource } from '../flow/source.ts';
import type { Context } from './command.ts';
import type { ParsedFlags } from './options.ts';

/** A source of flows, where it comes from in a few words, and how to let go of it. */
export interface OpenedSource {
  readonly source: FlowSource;
  readonly title: string;
  /** A file ends; a server or the embedded relay can be followed. */
  readonly live: boolean;
  close(): Promise<void>;
}

function openFile(path: string, context: Context): Promise<OpenedSource> {
  const onWarning = (text: string): void => {
    context.stderr.write(`netwatch: ${escapeText(path)}: ${escapeText(text)}\n`);
  };
  return import('../record/flow-file.ts').then(({ openFlowFile }) => ({
    source: openFlowFile(path, { onWarning, stdin: context.stdin }),
    title: path === '-' ? 'standard input' : path,
    live: false,
    close: async () => {},
  }));
}

async function openServer(server: string): Promise<OpenedSource> {
  const { connectRelay } = await import('../client/client.ts');
  const source = connectRelay(server);
  return { source, title: source.address, live: true, close: () => source.close() };
}

/**
 * Decides where flows come from: `--input-file`, else `--server` or its environment variables, else a relay inside
 * this process when it may load BPF programs. Throws `NetwatchError` that lists these choices when none is possible.
 */
export async function openFlowSource(flags: ParsedFlags, context: Context): Promise<OpenedSource> {
  const file = flags.text('input-file');
  if (file !== undefined) return openFile(file, context);
  const server = flags.text('server');
  if (server !== undefined) return openServer(server);
  throw new NetwatchError('unavailable', 'no flows to observe: no server is given', {
    hint: 'Give --server host:port or unix:///path (or NETWATCH_SERVER), or --input-file FILE.',
  });
}
