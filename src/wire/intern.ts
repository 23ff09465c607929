import type { Buffer } from 'node:buffer';

/** Longest string, in bytes, that is worth looking for. */
export const LONGEST_INTERNED = 64;
const SLOTS = 4096;
const slots: (string | undefined)[] = new Array(SLOTS).fill(undefined);

function equals(text: string, bytes: Buffer, start: number): boolean {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) !== bytes[start + i]) return false;
  }
  return true;
}

/**
 * The string of UTF-8 bytes, the same object for the same bytes as long as nothing took its slot.
 *
 * Names, labels and addresses repeat in every flow: finding them costs less than making them, and a history of flows
 * then holds each once. At most 4096 strings of 64 bytes are kept; two that share a slot take turns.
 */
export function internString(bytes: Buffer, start: number, end: number): string {
  if (start === end) return '';
  let hash = end - start;
  let ascii = true;
  for (let i = start; i < end; i++) {
    const byte = bytes[i] ?? 0;
    if (byte > 0x7f) ascii = false;
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  if (!ascii) return bytes.toString('utf8', start, end);
  const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
  const known = slots[slot];
  if (known !== undefined && known.length === end - start && equals(known, bytes, start)) return known;
  const text = bytes.toString('latin1', start, end);
  slots[slot] = text;
  return text;
}
