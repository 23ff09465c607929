import { NetwatchError } from '../base/error.ts';
import {
  COLORED,
  createFormatter,
  createTimeFormatter,
  type FlowFormatter,
  isOutputFormat,
  type OutputFormat,
  PLAIN,
} from '../flow/format/index.ts';
import { NodeState } from '../flow/gen/relay.ts';
import type { FlowEvent, FlowsRequest } from '../flow/source.ts';
import { type Context, isTerminal, type TerminalOutput } from './command.ts';
import type { OpenedSource } from './flow-source.ts';
import type { ParsedFlags } from './options.ts';
import { Output } from './output.ts';

function readOutputFormat(flags: ParsedFlags): OutputFormat {
  const name = flags.text('output') ?? 'compact';
  const format = name === 'JSON' ? 'json' : name;
  if (!isOutputFormat(format)) {
    throw new NetwatchError('usage', `invalid output format: ${name}`, {
      hint: 'Use compact, dict, json, jsonpb or table.',
    });
  }
  if ((format === 'table' || format === 'tab') && flags.isOn('follow')) {
    throw new NetwatchError('usage', 'table output format is not compatible with follow mode');
  }
  return format;
}

function wantsColor(flags: ParsedFlags, { stdout, env }: Context): boolean {
  const when = (flags.text('color') ?? 'auto').toLowerCase();
  if (when === 'always' || when === 'never') return when === 'always';
  if (when !== 'auto') {
    throw new NetwatchError(
      'usage',
      `invalid argument ${JSON.stringify(when)} for "--color" flag: auto, always or never`,
    );
  }
  return stdout.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
}

function openFormatter(flags: ParsedFlags, context: Context): FlowFormatter {
  return createFormatter(readOutputFormat(flags), {
    palette: wantsColor(flags, context) ? COLORED : PLAIN,
    translateIps: !flags.isOn('numeric') && flags.isOn('ip-translation', true),
    policyNames: flags.isOn('print-policy-names'),
    nodeName: flags.isOn('print-node-name'),
    timeText: createTimeFormatter(flags.text('time-format') ?? 'StampMilli', { local: flags.isOn('local-time') }),
  });
}

/** Nodes that came or went are news only to who asks for them; failures are told unless silenced. */
function isToldStatus({ nodeStatus }: FlowEvent, flags: ParsedFlags): boolean {
  const state = nodeStatus?.stateChange;
  if (flags.isOn('silent-errors')) return false;
  return flags.isOn('debug') || state === NodeState.NODE_ERROR || state === NodeState.NODE_UNAVAILABLE;
}

async function printFlows(opened: OpenedSource, request: FlowsRequest, flags: ParsedFlags, context: Context) {
  const formatter = openFormatter(flags, context);
  const output = new Output(context.stdout);
  const signal = AbortSignal.any([context.signal, output.closed]);
  for await (const batch of opened.source.flows(request, signal)) {
    for (const event of batch) {
      if (event.nodeStatus !== undefined) {
        if (isToldStatus(event, flags)) context.stderr.write(formatter.formatStatus(event));
        continue;
      }
      output.write(formatter.format(event));
      if (output.isFull) await output.flush();
    }
    await output.flush();
    if (output.closed.aborted) return;
  }
  output.write(formatter.end());
  await output.flush();
}

async function showLive(
  opened: OpenedSource,
  request: FlowsRequest,
  stdout: TerminalOutput,
  context: Context,
): Promise<void> {
  const { runTui } = await import('../tui/run.tsx');
  const { stdin, signal, env } = context;
  const { source, title, hint } = opened;
  await runTui({ source, request, title, hint, stdin, stdout, signal, env });
}

/** Throws what is wrong with the flags that say how to print, before anything is opened. */
export function checkPrinting(flags: ParsedFlags, context: Context): void {
  readOutputFormat(flags);
  wantsColor(flags, context);
}

/** Shows a source's flows until it ends: live on a terminal when they are followed and no format is asked for, else as lines. */
export async function showFlows(
  opened: OpenedSource,
  request: FlowsRequest,
  flags: ParsedFlags,
  context: Context,
): Promise<void> {
  const { stdout } = context;
  const live = opened.live && request.follow === true && !flags.has('output');
  if (live && context.stdin.isTTY && isTerminal(stdout)) await showLive(opened, request, stdout, context);
  else await printFlows(opened, request, flags, context);
}
