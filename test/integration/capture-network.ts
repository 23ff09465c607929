import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Capture, startCapture } from '../../src/capture/capture.ts';
import type { CaptureOptions } from '../../src/capture/options.ts';
import type { CaptureSink } from '../../src/capture/sink.ts';
import type { Flow, LostEvent } from '../../src/flow/gen/flow.ts';

const TRAFFIC = new URL('capture-traffic.ts', import.meta.url).pathname;

/** No traffic takes longer, unless something is broken. */
const LIMIT = { timeout: 10_000 };

/** Why these tests cannot run here; false when they can. */
export function whyNot(): string | false {
  if (process.getuid?.() !== 0) return 'needs root';
  if (!existsSync('/sys/kernel/btf/vmlinux')) return 'needs a kernel with BTF';
  return false;
}

/** Two namespaces joined by a veth pair, one address of each family at both ends. */
export class PairOfPods {
  readonly client = '198.18.77.1';
  readonly server = '198.18.77.2';
  readonly server6 = 'fd00:6e77::2';
  readonly #names = [`nwcap-${process.pid}-c`, `nwcap-${process.pid}-s`] as const;
  readonly #children: ChildProcess[] = [];

  constructor() {
    const [client, server] = this.#names;
    try {
      for (const name of this.#names) execFileSync('ip', ['netns', 'add', name]);
      execFileSync('ip', [
        '-n',
        client,
        'link',
        'add',
        'eth0',
        'type',
        'veth',
        'peer',
        'name',
        'eth0',
        'netns',
        server,
      ]);
      this.#configure(client, this.client, 'fd00:6e77::1');
      this.#configure(server, this.server, this.server6);
    } catch (thrown) {
      this.remove();
      throw thrown;
    }
  }

  #configure(name: string, ipv4: string, ipv6: string): void {
    const batch = [
      'link set lo up',
      'link set eth0 up',
      `addr add ${ipv4}/24 dev eth0`,
      `addr add ${ipv6}/64 dev eth0 nodad`,
    ];
    execFileSync('ip', ['-n', name, '-batch', '-'], { input: `${batch.join('\n')}\n` });
  }

  /** Runs a verb of capture-traffic.ts at the client's end and waits for its end. */
  send(verb: string, ...args: readonly (string | number)[]): void {
    this.#run(this.#names[0], verb, args);
  }

  /** As `send`, with the sockets in this cgroup. */
  sendFrom(cgroup: string, verb: string, ...args: readonly (string | number)[]): void {
    const command = `echo $$ > ${cgroup}/cgroup.procs && exec ip netns exec ${this.#names[0]} "$@"`;
    execFileSync('sh', ['-c', command, 'sh', process.execPath, TRAFFIC, verb, ...args.map(String)], LIMIT);
  }

  /** Runs any program at the client's end. */
  exec(...argv: readonly string[]): void {
    execFileSync('ip', ['netns', 'exec', this.#names[0], ...argv], LIMIT);
  }

  #run(name: string, verb: string, args: readonly (string | number)[]): void {
    execFileSync('ip', ['netns', 'exec', name, process.execPath, TRAFFIC, verb, ...args.map(String)], LIMIT);
  }

  /** Starts a server at the server's end and waits until it listens. */
  async serve(verb: string, ...args: readonly (string | number)[]): Promise<void> {
    await this.#start(this.#names[1], verb, args);
  }

  /** Starts a verb at the client's end and waits until it is ready; the returned function tells it to go on. */
  async hold(verb: string, ...args: readonly (string | number)[]): Promise<() => void> {
    const child = await this.#start(this.#names[0], verb, args);
    return () => void child.stdin?.end('GO\n');
  }

  async #start(name: string, verb: string, args: readonly (string | number)[]): Promise<ChildProcess> {
    const argv = ['netns', 'exec', name, process.execPath, TRAFFIC, verb, ...args.map(String)];
    const child = spawn('ip', argv, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#children.push(child);
    await new Promise<void>((resolve, reject) => {
      child.stdout?.once('data', () => resolve());
      child.once('exit', () => reject(new Error(`${verb} ended`)));
    });
    return child;
  }

  /** Loads nftables rules at the server's end. */
  filter(rules: string): void {
    execFileSync('ip', ['netns', 'exec', this.#names[1], 'nft', '-f', '-'], { input: rules });
  }

  remove(): void {
    for (const child of this.#children) child.kill('SIGKILL');
    for (const name of this.#names) {
      if (existsSync(`/run/netns/${name}`)) execFileSync('ip', ['netns', 'del', name]);
    }
  }
}

/** The machine may be busy with something else: only addresses that these tests use count. */
const isOurs = ({ ip }: Flow): boolean =>
  [ip?.source, ip?.destination].some((address) => /^(198\.18\.77\.|fd00:6e77::|127\.|::1$)/.test(address ?? ''));

/** A capture and everything it said. */
export class Recording {
  readonly flows: Flow[] = [];
  readonly lost: LostEvent[] = [];
  readonly capture: Capture;

  constructor(options: CaptureOptions = {}) {
    const sink: CaptureSink = {
      flows: (flows) => void this.flows.push(...flows.filter(isOurs)),
      lost: (event) => void this.lost.push(event),
    };
    this.capture = startCapture(options, sink);
  }

  /** Waits until `count` flows satisfy `wanted`, at most 3 s, then a little for those too many. */
  async until(count: number, wanted: (flow: Flow) => boolean): Promise<readonly Flow[]> {
    for (let i = 0; i < 60 && this.flows.filter(wanted).length < count; i++) await sleep(50);
    await sleep(60);
    return this.flows.filter(wanted);
  }

  counter(name: string): number {
    return this.capture.counters()[name] ?? Number.NaN;
  }
}

/** A cgroup of our own below the root, for as long as `work` takes. */
export async function withCgroup(root: string, work: (path: string) => Promise<void>): Promise<void> {
  const path = `${root}/nwcap-${process.pid}`;
  mkdirSync(path);
  try {
    await work(path);
  } finally {
    for (let i = 0; i < 20; i++) {
      try {
        rmdirSync(path);
        break;
      } catch {
        await sleep(50);
      }
    }
  }
}
