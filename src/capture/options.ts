import { NetwatchError } from '../base/error.ts';
import { Limit } from './layout.gen.ts';

/** What a capture may be told; everything has a default. */
export interface CaptureOptions {
  /** Bytes of the kernel's ring buffer: a power of two, 4 KiB to 1 GiB. Fuller than that, events are lost and counted. */
  readonly ringBytes?: number;
  /** Bytes of a message copied to user space, 1 to 512. A head or name that does not fit is shown cut, or not at all. */
  readonly payloadBytes?: number;
  /** Directory of the cgroup v2 whose sockets are watched; the root of the hierarchy by default. */
  readonly cgroupPath?: string;
  /** Watch loopback devices too. */
  readonly loopback?: boolean;
  /** A UDP conversation silent for so long is reported again. */
  readonly udpIntervalMs?: number;
  readonly http?: boolean;
  readonly dns?: boolean;
  /** Replace query strings and user info in URLs. */
  readonly redactUrls?: boolean;
  /** HTTP headers that flows carry, lower case; the others are left out. */
  readonly httpHeaders?: readonly string[];
}

/** Options with nothing left open. `cgroupPath` is found on the machine when absent. */
export type CaptureSettings = Required<Omit<CaptureOptions, 'cgroupPath'>> & Pick<CaptureOptions, 'cgroupPath'>;

/** The one place for defaults. */
export const DEFAULT_CAPTURE: CaptureSettings = {
  ringBytes: 4 << 20,
  payloadBytes: Limit.payloadMax,
  loopback: false,
  udpIntervalMs: 30_000,
  http: true,
  dns: true,
  redactUrls: true,
  httpHeaders: ['content-length', 'content-type', 'retry-after', 'server', 'user-agent', 'x-request-id'],
};

const MIN_RING = 4096;
const MAX_RING = 2 ** 30;

function checkRange(name: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw new NetwatchError('usage', `${name} is ${value}, it must be a whole number from ${min} to ${max}`);
}

/** Fills in defaults and checks ranges, once; throws `usage`. */
export function settleOptions(options: CaptureOptions): CaptureSettings {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const settings: CaptureSettings = { ...DEFAULT_CAPTURE, ...given };
  checkRange('ringBytes', settings.ringBytes, MIN_RING, MAX_RING);
  if ((settings.ringBytes & (settings.ringBytes - 1)) !== 0)
    throw new NetwatchError('usage', `ringBytes is ${settings.ringBytes}, it must be a power of two`);
  checkRange('payloadBytes', settings.payloadBytes, 1, Limit.payloadMax);
  checkRange('udpIntervalMs', settings.udpIntervalMs, 0, 86_400_000);
  return settings;
}

/** Knob → value. Should match: bpf/config.bpf.h. */
export function knobsOf(settings: CaptureSettings): ReadonlyMap<string, number> {
  return new Map([
    ['cfg_loopback', Number(settings.loopback)],
    ['cfg_payload_bytes', settings.payloadBytes],
    ['cfg_wakeup_bytes', settings.ringBytes / 4],
    ['cfg_udp_interval_ns', settings.udpIntervalMs * 1_000_000],
    ['cfg_http', Number(settings.http)],
    ['cfg_dns', Number(settings.dns)],
  ]);
}
