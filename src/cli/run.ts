import { NetwatchError } from '../base/error.ts';
import type { Command, Context } from './command.ts';
import { describeFailure } from './exit.ts';
import { commandHelp, helpRow } from './help.ts';
import { type Flag, parseFlags } from './options.ts';
import { suggestName } from './suggest.ts';
import { VERSION } from './version.ts';

/** A verb and how to load it: only the one that runs is read from disk. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  load(): Promise<Command>;
}

/** Every verb, in the order of help. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'observe',
    summary: 'Show flows: who talks to whom, whether it got through, and why not',
    load: () => import('./commands/observe.ts').then(({ observe }) => observe),
  },
  {
    name: 'demo',
    summary: 'A small shop in network namespaces with a real incident, watched live',
    load: () => import('./commands/demo.ts').then(({ demo }) => demo),
  },
  {
    name: 'relay',
    summary: "Serve this node's flows, as a Hubble server does",
    load: () => import('./commands/relay.ts').then(({ relay }) => relay),
  },
  {
    name: 'status',
    summary: 'Whether a server is healthy, what it holds and how fast flows come',
    load: () => import('./commands/status.ts').then(({ status }) => status),
  },
];

const VERB_COLUMN = 14;
const HELP_FLAG: Flag = { name: 'help', short: 'h', help: 'Show this help', group: 'Help' };

function mainHelp(commands: readonly CommandEntry[]): string {
  const rows = commands.map(({ name, summary }) => `${helpRow(name, summary, VERB_COLUMN)}\n`).join('');
  return `netwatch shows live pod-to-pod flows of a Kubernetes node or cluster.

Usage:
  netwatch COMMAND [flags]

Commands:
${rows}
Flags:
  -h, --help     Show this help, or that of a command
      --version  Show the version
`;
}

async function dispatch(argv: readonly string[], context: Context, commands: readonly CommandEntry[]): Promise<void> {
  const [verb = '--help', ...rest] = argv;
  if (verb === '--help' || verb === '-h' || (verb === 'help' && rest.length === 0)) {
    context.stdout.write(mainHelp(commands));
    return;
  }
  if (verb === '--version' || verb === 'version') {
    context.stdout.write(`netwatch ${VERSION}\n`);
    return;
  }
  if (verb === 'help') return dispatch([...rest, '--help'], context, commands);
  const entry = commands.find(({ name }) => name === verb);
  if (entry === undefined) {
    const what = verb.startsWith('-') ? 'flag' : 'command';
    const known = verb.startsWith('-') ? ['--help', '--version'] : commands.map(({ name }) => name);
    const near = suggestName(verb, known);
    throw new NetwatchError('usage', `unknown ${what}: ${verb}`, {
      hint: near.hint ?? 'Run `netwatch --help` for the commands.',
    });
  }
  const command = await entry.load();
  const flags = parseFlags([...command.options, HELP_FLAG], rest, context.env);
  if (flags.isOn('help')) context.stdout.write(commandHelp({ ...command, options: [...command.options, HELP_FLAG] }));
  else await command.run(context, flags);
}

/**
 * Runs one command line and returns the exit status: 0 when it did what it was told or was interrupted, 1 otherwise,
 * after one or two lines on standard error.
 */
export async function runCommandLine(
  argv: readonly string[],
  context: Context,
  commands: readonly CommandEntry[] = COMMANDS,
): Promise<number> {
  try {
    await dispatch(argv, context, commands);
    return 0;
  } catch (thrown) {
    if (context.signal.aborted && thrown instanceof Error && thrown.name === 'AbortError') return 0;
    const { text, status } = describeFailure(thrown);
    context.stderr.write(text);
    return status;
  }
}
