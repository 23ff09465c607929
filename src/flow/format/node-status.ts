import { NodeState } from '../gen/relay.ts';
import type { FlowEvent } from '../source.ts';
import { namesOf } from './enum-names.ts';
import { escapeText } from './escape.ts';
import type { TimeFormatter } from './time.ts';

const NAMES_LENGTH = 50;
const stateName = namesOf(NodeState);

/** The name of a state: `NODE_UNAVAILABLE`. */
export const nodeStateText = stateName;

/** Names joined by commas up to about 50 characters, at least one, and how many more there are. */
export function nodeNamesText(names: readonly string[]): string {
  let length = 0;
  let shown = 0;
  for (const name of names) {
    length += name.length + 2;
    if (length > NAMES_LENGTH && shown > 0) break;
    shown++;
  }
  const more = names.length - shown;
  return escapeText(names.slice(0, shown).join(', ')) + (more > 0 ? ` (and ${more} more)` : '');
}

/** One line about nodes that came, went or failed, as Hubble prints it. */
export function nodeStatusLine(event: FlowEvent, timeText: TimeFormatter): string {
  const { stateChange, nodeNames = [], message = '' } = event.nodeStatus ?? {};
  const names = nodeNamesText(nodeNames);
  const count = nodeNames.length;
  const texts: Readonly<Record<number, string>> = {
    [NodeState.NODE_CONNECTED]: `Receiving flows from ${count} nodes: ${names}`,
    [NodeState.NODE_UNAVAILABLE]: `${count} nodes are unavailable: ${names}`,
    [NodeState.NODE_GONE]: `${count} nodes removed from cluster: ${names}`,
    [NodeState.NODE_ERROR]: `Error ${escapeText(JSON.stringify(message))} on ${count} nodes: ${names}`,
  };
  const text = texts[stateChange ?? 0] ?? `unknown node status ${stateName(stateChange)}: ${names}`;
  return `${timeText(event.time)} [${escapeText(event.nodeName ?? '')}]: ${text}\n`;
}
