import type { BpfObject, NativeAddon } from '../../native/index.d.ts';
import { messageOf } from '../base/error.ts';
import { debug } from '../base/log.ts';
import { findBuilt, isNativeError, reasonOf } from './addon.ts';
import { type CaptureSettings, knobsOf } from './options.ts';

const log = debug('capture');
const RING = 'nw_ringbuf';
/** Without one of these no flow is seen: nw_set_state alone tells only of ends. */
const NEEDED = ['nw_ingress', 'nw_egress', 'nw_kfree_skb'];

/** The loaded object, and the programs of it that do not run, by name, with the kernel's reason in one line. */
export interface StartedPrograms {
  readonly object: BpfObject;
  readonly refused: ReadonlyMap<string, string>;
}

/**
 * Loads flow.bpf.o and attaches all of it that this kernel takes. A program that it refuses is left out and named; the
 * others run. Throws what the kernel said first when nothing useful is left, and then nothing is left attached.
 */
export function startPrograms(addon: NativeAddon, settings: CaptureSettings, cgroupPath: string): StartedPrograms {
  const refusals = new Refusals();
  const object = loadObject(() => openObject(addon, settings), refusals);
  try {
    for (const program of object.programs())
      if (!refusals.reasons.has(program)) refusals.attempt(program, () => object.attach(program, cgroupPath));
    if (NEEDED.every((program) => refusals.reasons.has(program))) throw refusals.first;
  } catch (thrown) {
    object.close();
    throw thrown;
  }
  return { object, refused: refusals.reasons };
}

/** Collects what the kernel refused. */
class Refusals {
  readonly reasons = new Map<string, string>();
  first: unknown;

  /** Runs `work` for a program; an error of the kernel's is its reason, any other is thrown. */
  attempt(program: string, work: () => void): void {
    try {
      work();
    } catch (thrown) {
      if (!isNativeError(thrown)) throw thrown;
      this.first ??= thrown;
      this.reasons.set(program, reasonOf(thrown));
      logFailure(program, thrown);
    }
  }
}

function logFailure(what: string, thrown: unknown): void {
  log(() => `${what}: ${messageOf(thrown)}${isNativeError(thrown) ? `\n${thrown.log}` : ''}`);
}

function openObject(addon: NativeAddon, settings: CaptureSettings): BpfObject {
  const object = new addon.BpfObject(findBuilt('flow.bpf.o'));
  try {
    for (const [knob, value] of knobsOf(settings)) object.setKnob(knob, value);
    object.setMaxEntries(RING, settings.ringBytes);
    return object;
  } catch (thrown) {
    object.close();
    throw thrown;
  }
}

/** Everything at once; when that fails, all but what fails alone. */
function loadObject(open: () => BpfObject, refusals: Refusals): BpfObject {
  const whole = open();
  try {
    whole.load();
    return whole;
  } catch (thrown) {
    logFailure('all programs', thrown);
    const programs = whole.programs();
    whole.close();
    for (const program of programs) refusals.attempt(program, () => loadOnly([program], open).close());
    const accepted = programs.filter((program) => !refusals.reasons.has(program));
    if (accepted.length === 0) throw thrown;
    return loadOnly(accepted, open);
  }
}

function loadOnly(accepted: readonly string[], open: () => BpfObject): BpfObject {
  const object = open();
  try {
    for (const program of object.programs()) if (!accepted.includes(program)) object.disable(program);
    object.load();
    return object;
  } catch (thrown) {
    object.close();
    throw thrown;
  }
}
