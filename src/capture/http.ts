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
/** RFC 9112, 3; anything that is no control character and no space may be in the target. */
const REQUEST_LINE = /^([A-Z]+) ([^\x00-\x20\x7f]+) (HTTP\/1\.[01])$/;
const CUT_REQUEST_LINE = /^([A-Z]+) ([^\x00-\x20\x7f]+)(?: [HTP/1.]*)?$/;
/** RFC 9112, 4. The reason phrase may be missing. */
const STATUS_LINE = /^(HTTP\/1\.[01]) ([1-5][0-9]{2})(?: .*)?$/;
const PRINTABLE = /^[\t\x20-\x7e]*$/;

function percentEncode(target: string): string {
  return target.replace(
    /[\x80-\xff"<>\\^`{|}]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

/** The wanted field lines after the first line; one that the slice cut, or a folded or malformed one, is left out. */
function parseFields(text: string, firstLineEnd: number, wanted: ReadonlySet<string>): HttpHeaders {
  const fields = new Map<string, string>();
  for (let at = firstLineEnd; ; ) {
    const end = text.indexOf('\n', at);
    if (end < 0) return { fields, headLength: 0 };
    if (end === at || (end === at + 1 && text[at] === '\r')) return { fields, headLength: end + 1 };
    const colon = text.indexOf(':', at);
    if (colon > at && colon < end) {
      const name = text.slice(at, colon).toLowerCase();
      const value = wanted.has(name) && !fields.has(name) ? text.slice(colon + 1, end).trim() : '';
      if (value !== '' && PRINTABLE.test(value)) fields.set(name, value);
    }
    at = end + 1;
  }
}

function firstLine(text: string): readonly [line: string, end: number] {
  const end = text.indexOf('\n');
  return end < 0 ? [text, -1] : [text.slice(0, end).replace(/\r$/, ''), end + 1];
}

/**
 * The request head at the start of `payload`, or undefined when there is none. `isCut` tells that the segment goes on
 * beyond the slice; only then may the request line end early, and the target is what there is of it.
 */
export function parseHttpRequest(
  payload: Buffer,
  isCut: boolean,
  wanted: ReadonlySet<string>,
): HttpRequest | undefined {
  const text = payload.toString('latin1');
  if (!METHOD.test(text)) return undefined;
  const [line, end] = firstLine(text);
  if (end < 0) {
    const [, method, target] = (isCut && CUT_REQUEST_LINE.exec(line)) || [];
    if (method === undefined || target === undefined) return undefined;
    return { method, target: `${percentEncode(target)}…`, protocol: 'HTTP/1.1', fields: new Map(), headLength: 0 };
  }
  const [, method, target, protocol] = REQUEST_LINE.exec(line) ?? [];
  if (method === undefined || target === undefined || protocol === undefined) return undefined;
  return { method, target: percentEncode(target), protocol, ...parseFields(text, end, wanted) };
}

/** The response head at the start of `payload`, or undefined when there is none. */
export function parseHttpResponse(payload: Buffer, wanted: ReadonlySet<string>): HttpResponse | undefined {
  const text = payload.toString('latin1');
  const [line, end] = firstLine(text);
  const [, protocol, code] = STATUS_LINE.exec(line) ?? [];
  if (protocol === undefined || code === undefined) return undefined;
  const headers = end < 0 ? { fields: new Map<string, string>(), headLength: 0 } : parseFields(text, end, wanted);
  return { code: Number(code), protocol, ...headers };
}

/** Host and port of a Host field, nothing else (RFC 9110, 7.2). */
const AUTHORITY = /^[A-Za-z0-9._~%:[\]-]{1,255}$/;

/** The URL a request is for, as Hubble prints it: `http://host/path`; only the path when no host was sent. */
export function requestUrl({ method, target, fields }: HttpRequest): string {
  if (/^https?:\/\//i.test(target)) return target;
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
