/** An IP address as a number: 32 bits for version 4, 128 for version 6. */
interface NumericAddress {
  readonly version: 4 | 6;
  readonly bits: bigint;
}

function parseIpv4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let bits = 0n;
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return undefined;
    bits = (bits << 8n) | BigInt(part);
  }
  return bits;
}

function parseIpv6(text: string): bigint | undefined {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (dotted !== null) {
    const low = parseIpv4(dotted[2] ?? '');
    if (low === undefined) return undefined;
    return parseIpv6(`${dotted[1] ?? ''}${(low >> 16n).toString(16)}:${(low & 0xffffn).toString(16)}`);
  }
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  const [head = [], tail] = groups;
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const all = [...head, ...Array.from({ length: tail === undefined ? 0 : missing }, () => '0'), ...(tail ?? [])];
  let bits = 0n;
  for (const group of all) {
    if (!/^[0-9a-f]{1,4}$/i.test(group)) return undefined;
    bits = (bits << 16n) | BigInt(`0x${group}`);
  }
  return bits;
}

/** Reads a textual address; undefined when it is none. */
function parseAddress(text: string): NumericAddress | undefined {
  if (text.length > 45) return undefined;
  const isIpv6 = text.includes(':');
  const bits = isIpv6 ? parseIpv6(text) : parseIpv4(text);
  return bits === undefined ? undefined : { version: isIpv6 ? 6 : 4, bits };
}

/** A test for membership of `address/prefix`; undefined when the text is no such block. */
export function compileCidr(text: string): ((address: string) => boolean) | undefined {
  const slash = text.indexOf('/');
  const network = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (network === undefined) return undefined;
  const width = network.version === 4 ? 32 : 128;
  const prefixText = slash < 0 ? String(width) : text.slice(slash + 1);
  if (!/^\d{1,3}$/.test(prefixText) || Number(prefixText) > width) return undefined;
  const shift = BigInt(width - Number(prefixText));
  const wanted = network.bits >> shift;
  return (address) => {
    const parsed = parseAddress(address);
    return parsed !== undefined && parsed.version === network.version && parsed.bits >> shift === wanted;
  };
}
