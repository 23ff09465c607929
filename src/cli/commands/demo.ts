import { writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, NetwatchError } from '../../base/error.ts';
import type { Lab } from '../../lab/lab.ts';
import type { Ledger } from '../../lab/ledger.ts';
import { describeScenario, findScenario, SCENARIOS } from '../../lab/scenario.ts';
import type { Relay } from '../../relay/relay.ts';
import type { Command, Context } from '../command.ts';
import { DEMO_FLAGS } from '../demo-flags.ts';
import { buildFlowsRequest } from '../observe-request.ts';
import { badValue, type ParsedFlags } from '../options.ts';
import { podProgram } from '../pod-program.ts';
import { makeRunFolder, runSocket } from '../run-folder.ts';
import { checkPrinting, showFlows } from '../show-flows.ts';
import { parseDuration } from '../time-input.ts';
import { VERSION } from '../version.ts';

/** Longer than the capture holds back a batch, so that the last flows are out before the demo ends. */
const SETTLE_MS = 300;
/** A terminal with room for an address in the header. */
const WIDE_COLUMNS = 120;

const ABOUT = `Makes a small shop out of network namespaces on this machine, with real sockets, real DNS and real
nftables, and shows its flows from the kernel. Everything it made is removed when it ends.

Examples:
  netwatch demo
      the live view of a bad night
  netwatch demo --scenario healthy
      the same shop with nothing wrong
  netwatch demo --for 12s -o json | jq -r .flow.Summary
      twelve seconds of it as JSON lines
`;

/** Writes the ledger; without one, creates the file, so that a bad path is told before anything is made. */
function writeLedger(path: string, ledger?: Ledger): void {
  try {
    writeFileSync(path, ledger === undefined ? '' : `${JSON.stringify(ledger, null, 2)}\n`);
  } catch (error) {
    throw new NetwatchError('input', `cannot write the ledger: ${messageOf(error)}`, { cause: error });
  }
}

interface DemoSettings {
  readonly scenario: string;
  readonly seed: number;
  readonly rate: number;
  readonly durationMs: number | undefined;
  readonly ledgerFile: string | undefined;
}

function readSettings(flags: ParsedFlags): DemoSettings {
  const flag = (name: string) => DEMO_FLAGS.find((f) => f.name === name) ?? { name, help: '', group: '' };
  const rate = Number(flags.text('rate') ?? 1);
  if (!(rate > 0 && rate <= 1000)) throw badValue(flag('rate'), flags.text('rate') ?? '', 'expected a number above 0');
  const duration = flags.text('for');
  const durationNs = duration === undefined ? undefined : parseDuration(duration);
  if (duration !== undefined && !(durationNs !== undefined && durationNs > 0)) {
    throw badValue(flag('for'), duration, 'expected a duration such as 12s or 5m');
  }
  return {
    scenario: findScenario(flags.text('scenario') ?? SCENARIOS[0]?.name ?? '').name,
    seed: Number(flags.count('seed') ?? 1n),
    rate,
    durationMs: durationNs === undefined ? undefined : durationNs / 1e6,
    ledgerFile: flags.text('ledger'),
  };
}

function listScenarios(): string {
  const rows = SCENARIOS.map(({ name, summary }) => `  ${name.padEnd(12)} ${summary}\n`);
  return `Scenarios:\n${rows.join('')}`;
}

function introduce(lab: Lab, relay: Relay, { scenario }: DemoSettings, program: string): string {
  const { wrong } = describeScenario(findScenario(scenario));
  const faults = wrong.map(({ pod, does }) => `  ${pod} ${does}\n`).join('');
  const [address] = relay.addresses;
  return `netwatch demo: ${lab.pods().length} pods, scenario ${scenario}
${faults}From another terminal:
  ${program} observe --server ${address} -f
  ${program} observe --server ${address} --verdict DROPPED -o json | jq -r .flow.Summary
`;
}

/** A socket of its own for each demo that runs. */
function defaultAddress(lab: Lab): string {
  makeRunFolder();
  return runSocket(lab.slot === 0 ? 'demo' : `demo-${lab.slot}`);
}

/** Lets traffic run until it is time to end, then lets what is in flight arrive. */
async function runTraffic(lab: Lab, { durationMs }: DemoSettings, ended: AbortSignal): Promise<void> {
  await lab.resume();
  await sleep(durationMs ?? 2 ** 31 - 1, undefined, { signal: ended }).catch(() => undefined);
  if (ended.aborted) return;
  await lab.pause();
  await sleep(SETTLE_MS, undefined, { signal: ended }).catch(() => undefined);
}

async function showDemo(lab: Lab, relay: Relay, settings: DemoSettings, flags: ParsedFlags, context: Context) {
  const request = { ...buildFlowsRequest(flags, context.now()), follow: true, number: 0 };
  const shown = new AbortController();
  const finished = new AbortController();
  const signal = AbortSignal.any([context.signal, finished.signal]);
  // The live view hides what was printed before, so it names the address, too, where there is room.
  const addresses = (context.stdout.columns ?? 0) >= WIDE_COLUMNS ? relay.addresses : [];
  const title = ['demo', settings.scenario, ...addresses].join(' ');
  const opened = { source: relay.source, title, live: true, close: async () => {} };
  const showing = showFlows(opened, request, flags, { ...context, signal }).finally(() => shown.abort());
  const traffic = runTraffic(lab, settings, AbortSignal.any([context.signal, shown.signal]));
  try {
    await traffic;
    if (settings.ledgerFile !== undefined) {
      if (settings.durationMs === undefined || context.signal.aborted || shown.signal.aborted) await lab.pause();
      writeLedger(settings.ledgerFile, await lab.ledger());
    }
  } finally {
    finished.abort();
    await showing;
  }
}

/** `netwatch demo`: a shop in network namespaces and its flows. */
export const demo: Command = {
  name: 'demo',
  summary: 'A small shop in network namespaces with a real incident, watched live',
  usage: 'demo [flags]',
  about: ABOUT,
  options: DEMO_FLAGS,
  async run(context, flags) {
    flags.refusePositionals('demo', 'To choose what goes wrong, use --scenario.');
    if (flags.text('scenario') === 'list') {
      context.stdout.write(listScenarios());
      return;
    }
    checkPrinting(flags, context);
    const settings = readSettings(flags);
    buildFlowsRequest(flags, context.now());
    if (settings.ledgerFile !== undefined) writeLedger(settings.ledgerFile);
    const { startLab } = await import('../../lab/lab.ts');
    const { startRelay } = await import('../../relay/relay.ts');
    const { scenario, seed, rate } = settings;
    const onFailure = (error: NetwatchError): void => void context.stderr.write(`netwatch demo: ${error.message}\n`);
    const { signal } = context;
    const lab = await startLab({ scenario, seed, rate, paused: true, podProgram: podProgram(), signal, onFailure });
    try {
      const relay = await startRelay({
        nodeName: `lab/${hostname()}`,
        version: VERSION,
        endpoints: lab.endpoints,
        listen: [flags.text('listen') ?? defaultAddress(lab)],
        scope: 'known',
      });
      try {
        context.stderr.write(introduce(lab, relay, settings, context.env.NETWATCH_PROGRAM ?? 'netwatch'));
        await showDemo(lab, relay, settings, flags, context);
      } finally {
        await relay.stop();
      }
    } finally {
      await lab.stop().catch((error) => {
        throw new NetwatchError('lab', `the demo left something behind: ${messageOf(error)}`, { cause: error });
      });
    }
  },
};
