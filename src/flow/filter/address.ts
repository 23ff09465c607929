/** An IP address as 32-bit words: one for IPv4, four for IPv6, most significant first. */
export type AddressWords = readonly number[];

function parseIPv4(text: string): number | undefined {
  let word = 0;
  let octet = -1;
  let dots = 0;
  for (let i = 0; i <= text.length; i++) {
    const code = i < text.length ? text.charCodeAt(i) : 46;
    if (code === 46) {
      if (octet < 0) return undefined;
      word = word * 256 + octet;
      octet = -1;
      dots++;
    } else {
      const digit = code - 48;
      // As Go and POSIX-strict parsers: no leading zeros, because some readers take them for octal.
      if (digit < 0 || digit > 9 || octet === 0) return undefined;
      octet = octet < 0 ? digit : octet * 10 + digit;
      if (octet > 255) return undefined;
    }
  }
  return dots === 4 ? word : undefined;
}

/** The 16-bit groups of one side of `::`; a trailing dotted quad counts as two. */
function parseGroups(text: string, mayEndInIPv4: boolean): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    if (mayEndInIPv4 && i === parts.length - 1 && part.includes('.')) {
      const quad = parseIPv4(part);
      if (quad === undefined) return undefined;
      groups.push(Math.floor(quad / 65536), quad % 65536);
    } else {
      if (!/^[0-9a-f]{1,4}$/i.test(part)) return undefined;
      groups.push(Number.parseInt(part, 16));
    }
  }
  return groups;
}

function parseIPv6(text: string): AddressWords | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head = '', tail] = halves;
  const before = parseGroups(head, tail === undefined);
  const after = tail === undefined ? [] : parseGroups(tail, true);
  if (before === undefined || after === undefined) return undefined;
  const missing = 8 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...before, ...new Array<number>(missing).fill(0), ...after];
  return [0, 2, 4, 6].map((i) => (groups[i] ?? 0) * 65536 + (groups[i + 1] ?? 0));
}

/** Parses an address in any spelling Go's netip takes, except zones; nothing when it is none. */
export function parseAddress(text: string): AddressWords | undefined {
  if (text.includes(':')) return text.length > 45 ? undefined : parseIPv6(text);
  const word = parseIPv4(text);
  return word === undefined ? undefined : [word];
}

/** A CIDR block: the addresses whose first `bits` bits are those of `words`. */
export interface AddressBlock {
  readonly words: AddressWords;
  readonly bits: number;
}

/** Parses `address/bits`; a text instead of a block says what is wrong with it. */
export function parseBlock(text: string): AddressBlock | string {
  const slash = text.indexOf('/');
  const words = parseAddress(text.slice(0, slash));
  const length = text.slice(slash + 1);
  if (words === undefined) return 'not an IP address';
  if (!/^(0|[1-9]\d{0,2})$/.test(length)) return 'bad prefix length';
  const bits = Number(length);
  return bits > words.length * 32 ? 'prefix length out of range' : { words, bits };
}

/** True when the block holds the address. An IPv4 block holds no IPv6 address, mapped ones included. */
export function blockContains({ words, bits }: AddressBlock, address: AddressWords): boolean {
  if (words.length !== address.length) return false;
  for (let i = 0, left = bits; left > 0; i++, left -= 32) {
    const shift = left >= 32 ? 0 : 32 - left;
    if ((words[i] ?? 0) >>> shift !== (address[i] ?? 0) >>> shift) return false;
  }
  return true;
}
