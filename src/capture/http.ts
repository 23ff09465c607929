/** HTTP/1.1 heads (RFC 9112) from a slice of a segment. The bytes are a stranger's; the slice bounds all work. */

export interface HttpHeaders {
  /** Lower-case name → value, of those asked for that are not empty; of a repeated one the first. */
  readonly fields: ReadonlyMap<string, string>;
  /** Bytes up to and with the empty line; 0 when that lies beyond the slice. */
  readonly headLength: number;
}

export interface HttpRequest extends HttpHeaders {
  readonly method: string;
  /** As sent, but for bytes that a URL cannot hold, which are percent-encoded. Ends in "…" when cut by the slice. */
  readonly target: string;
  /** "HTTP/1.1"; as it is for a line that was cut, too. */
  readonly protocol: string;
}

export interface HttpResponse extends HttpHeaders {
  readonly code: number;
  readonly protocol: string;
}

/** Fields that this file reads itself: to be wanted always. */
export const NEEDED_FIELDS: readonly string[] = ['content-length', 'host', 'transfer-encoding'];

/** RFC 9110, 9 and RFC 5789. */
const METHOD = /^(GET|HEAD|POST|PUT|DELETE|CONNECT|OPTIONS|TRACE|PATCH) /;
/** Methods by their own text, so that flows share them. */
const METHODS: ReadonlyMap<string, string> = new Map(
  ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH'].map((name) => [name, name]),
);
/** RFC 9112, 3; anything that is no control character and no space may be in the target. */
const TARGET = /^[^\x00-\x20\x7f]+$/;
/** A target that stays as it is: of printable ASCII, all but what `percentEncode` changes. */
const PLAIN_TARGET = /^[!#-;=?-[\]_a-z~]+$/;
const CUT_REQUEST_LINE = /^([A-Z]+) ([^\x00-\x20\x7f]+)(?: [HTP/1.]*)?$/;
const STATUS_CODE = /^[1-5][0-9]{2}$/;
const PRINTABLE = /^[\t\x20-\x7e]*$/;

function percentEncode(target: string): string {
  return target.replace(
    /[\x80-\xff"<>\\^`{|}]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

/** Names of header fields to look for. */
export interface WantedFields {
  /** Lower case. */
  readonly names: ReadonlySet<string>;
  /** 1 where the length and the first letter of a name lead: most lines are told by these alone. */
  readonly marks: Uint8Array;
}

/** Prepares a search for fields; `names` are lower case. */
export function wantFields(names: Iterable<string>): WantedFields {
  const wanted = { names: new Set(names), marks: new Uint8Array(MARKS) };
  for (const name of wanted.names) wanted.marks[markOf(name.length, name.charCodeAt(0))] = 1;
  return wanted;
}

const MARKS = 1 << 10;

/** Five bits of each; those of a letter are the same in both cases. */
function markOf(length: number, first: number): number {
  return ((length & 31) << 5) | (first & 31);
}

/** The wanted field lines after the first line; one that the slice cut, or a folded or malformed one, is left out. */
function parseFields(text: string, firstLineEnd: number, { names, marks }: WantedFields): HttpHeaders {
  const fields = new Map<string, string>();
  for (let at = firstLineEnd; ; ) {
    const end = text.indexOf('\n', at);
    if (end < 0) return { fields, headLength: 0 };
    const first = text.charCodeAt(at);
    if (end === at || (end === at + 1 && first === CR)) return { fields, headLength: end + 1 };
    const colon = text.indexOf(':', at);
    if (colon > at && colon < end && marks[markOf(colon - at, first)] === 1) {
      const name = text.slice(at, colon).toLowerCase();
      const value = names.has(name) && !fields.has(name) ? text.slice(colon + 1, end).trim() : '';
      if (value !== '' && PRINTABLE.test(value)) fields.set(name, value);
    }
    at = end + 1;
  }
}

const CR = 0x0d;
const SPACE = 0x20;

/** Where the line that ends at `newline` ends without its CR; the text itself when there is no newline. */
function lineEnd(text: string, newline: number): number {
  if (newline < 0) return text.length;
  return newline > 0 && text.charCodeAt(newline - 1) === CR ? newline - 1 : newline;
}

/** The version at `at`; undefined for anything but HTTP/1.0 and HTTP/1.1. */
function versionAt(text: string, at: number): string | undefined {
  if (text.startsWith('HTTP/1.1', at)) return 'HTTP/1.1';
  return text.startsWith('HTTP/1.0', at) ? 'HTTP/1.0' : undefined;
}
const VERSION_LENGTH = 8;

/**
 * The request head at the start of `payload`, or undefined when there is none. `isCut` tells that the segment goes on
 * beyond the slice; only then may the request line end early, and the target is what there is of it.
 */
export function parseHttpRequest(payload: Buffer, isCut: boolean, wanted: WantedFields): HttpRequest | undefined {
  const text = payload.toString('latin1');
  const newline = text.indexOf('\n');
  if (newline < 0) return isCut ? parseCutRequest(text) : undefined;
  const methodEnd = text.indexOf(' ');
  const targetEnd = lineEnd(text, newline) - VERSION_LENGTH - 1;
  if (methodEnd < 0 || targetEnd <= methodEnd || text.charCodeAt(targetEnd) !== SPACE) return undefined;
  const method = METHODS.get(text.slice(0, methodEnd));
  const protocol = versionAt(text, targetEnd + 1);
  const target = text.slice(methodEnd + 1, targetEnd);
  if (method === undefined || protocol === undefined) return undefined;
  const isPlain = PLAIN_TARGET.test(target);
  if (!isPlain && !TARGET.test(target)) return undefined;
  const { fields, headLength } = parseFields(text, newline + 1, wanted);
  return { method, target: isPlain ? target : percentEncode(target), protocol, fields, headLength };
}

function parseCutRequest(text: string): HttpRequest | undefined {
  const [, method, target] = (METHOD.test(text) && CUT_REQUEST_LINE.exec(text)) || [];
  if (method === undefined || target === undefined) return undefined;
  return { method, target: `${percentEncode(target)}…`, protocol: 'HTTP/1.1', fields: new Map(), headLength: 0 };
}

/** The response head at the start of `payload`, or undefined when there is none. The reason phrase may be missing. */
export function parseHttpResponse(payload: Buffer, wanted: WantedFields): HttpResponse | undefined {
  const text = payload.toString('latin1');
  const protocol = versionAt(text, 0);
  if (protocol === undefined || text.charCodeAt(VERSION_LENGTH) !== SPACE) return undefined;
  const newline = text.indexOf('\n');
  const end = lineEnd(text, newline);
  const codeEnd = VERSION_LENGTH + 4;
  const code = text.slice(VERSION_LENGTH + 1, codeEnd);
  if (!STATUS_CODE.test(code) || end < codeEnd) return undefined;
  if (end > codeEnd && text.charCodeAt(codeEnd) !== SPACE) return undefined;
  const cr = text.indexOf('\r', codeEnd);
  if (cr >= 0 && cr < end) return undefined;
  if (newline < 0) return { code: Number(code), protocol, fields: new Map(), headLength: 0 };
  const { fields, headLength } = parseFields(text, newline + 1, wanted);
  return { code: Number(code), protocol, fields, headLength };
}

/** Host and port of a Host field, nothing else (RFC 9110, 7.2). */
const AUTHORITY = /^[A-Za-z0-9._~%:[\]-]{1,255}$/;

/** The URL a request is for, as Hubble prints it: `http://host/path`; only the path when no host was sent. */
export function requestUrl({ method, target, fields }: HttpRequest): string {
  if (!target.startsWith('/') && /^https?:\/\//i.test(target)) return target;
  if (method === 'CONNECT') return `http://${target}`;
  const host = fields.get('host') ?? '';
  const path = target === '*' ? '' : target;
  return AUTHORITY.test(host) ? `http://${host}${path}` : path;
}

/**
 * True when the segment holds more than the one message whose head was read: requests were sent without waiting, or
 * responses written together. False when that cannot be told, as within a body of unknown length.
 */
export function hasMoreMessages(head: HttpHeaders, isBodyless: boolean, length: number): boolean {
  if (head.headLength === 0) return false;
  const declared = head.fields.get('content-length');
  if (head.fields.has('transfer-encoding')) return false;
  if (declared === undefined) return isBodyless && length > head.headLength;
  return /^\d{1,15}$/.test(declared) && length > head.headLength + Number(declared);
}
