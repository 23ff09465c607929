import type { Timestamp } from '../flow/basics.ts';
import { FlowType, type HTTPHeader, L7FlowType, type Layer7, type TraceContext } from '../flow/gen/flow.ts';
import { Event } from '../flow/gen/netwatch.ts';
import type { CaptureCounts } from './counts.ts';
import { createFlow, L7_EVENT_TYPE, l4Of, type ObservedFlow, setReply, trafficDirectionOf } from './flow-parts.ts';
import {
  type HttpHeaders,
  hasMoreMessages,
  NEEDED_FIELDS,
  parseHttpRequest,
  parseHttpResponse,
  requestUrl,
  type WantedFields,
  wantFields,
} from './http.ts';
import { HttpExchanges } from './http-exchanges.ts';
import type { Message } from './message.ts';
import type { Observation } from './observation.ts';
import type { CaptureSettings } from './options.ts';
import { redactUrl } from './redact.ts';

/** Requests that have no body unless they say so (RFC 9110, 9.3). */
const BODYLESS = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE']);
/** W3C Trace Context, 3.2: version, trace id, parent id, flags. */
const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/;

/** Go's canonical form, as Hubble prints header names: `content-type` → `Content-Type`. */
function canonicalName(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}

function traceContextOf({ fields }: HttpHeaders): TraceContext | undefined {
  const value = fields.get('traceparent');
  if (value === undefined) return undefined;
  const traceId = TRACEPARENT.exec(value)?.[1];
  return traceId === undefined ? undefined : { parent: { traceId } };
}

/** Turns HTTP messages into flows, and pairs them. */
export class HttpFlows {
  readonly #exchanges: HttpExchanges;
  readonly #counts: CaptureCounts;
  readonly #settings: CaptureSettings;
  /** Lower-case name → name as shown. */
  readonly #shown: ReadonlyMap<string, string>;
  readonly #wanted: WantedFields;

  constructor(settings: CaptureSettings, counts: CaptureCounts) {
    this.#settings = settings;
    this.#counts = counts;
    this.#exchanges = new HttpExchanges(counts);
    this.#shown = new Map(settings.httpHeaders.map((name) => [name.toLowerCase(), canonicalName(name.toLowerCase())]));
    this.#wanted = wantFields([...NEEDED_FIELDS, 'traceparent', ...this.#shown.keys()]);
  }

  /** Undefined when the payload is no request; that is counted. */
  request(o: Observation, message: Message, time: Timestamp): ObservedFlow | undefined {
    const { payload, length, ordinal } = message;
    const head = parseHttpRequest(payload, length > payload.length, this.#wanted);
    if (head === undefined) return this.#unparsed();
    const { method, protocol } = head;
    const url = this.#settings.redactUrls ? redactUrl(requestUrl(head)) : requestUrl(head);
    this.#exchanges.request(o.socketCookie, { ordinal, method, url, time: o.time });
    this.#noteHidden(o, hasMoreMessages(head, BODYLESS.has(method), length));
    const http = { code: undefined, method, url, protocol, headers: this.#headers(head) };
    const l7 = { type: L7FlowType.REQUEST, latencyNs: undefined, http, dns: undefined };
    return this.#flow(o, time, ordinal, l7, traceContextOf(head));
  }

  /** Undefined when the payload is no response; that is counted. */
  response(o: Observation, message: Message, time: Timestamp): ObservedFlow | undefined {
    const { payload, length, ordinal } = message;
    const head = parseHttpResponse(payload, this.#wanted);
    if (head === undefined) return this.#unparsed();
    const request = this.#exchanges.response(o.socketCookie, ordinal, o.time);
    this.#noteHidden(o, hasMoreMessages(head, false, length));
    const { code, protocol } = head;
    const http = { code, method: request?.method, url: request?.url, protocol, headers: this.#headers(head) };
    const l7 = { type: L7FlowType.RESPONSE, latencyNs: request?.latencyNs, http, dns: undefined };
    return this.#flow(o, time, ordinal, l7, traceContextOf(head));
  }

  /** The socket is closed. */
  forget(o: Observation): void {
    this.#exchanges.forget(o.socketCookie);
  }

  #flow(o: Observation, time: Timestamp, ordinal: number, l7: Layer7, traceContext?: TraceContext): ObservedFlow {
    const flow = createFlow(o, time, l4Of(o, false), Event.EVENT_L7);
    flow.type = FlowType.L7;
    flow.l7 = l7;
    flow.eventType = L7_EVENT_TYPE;
    flow.trafficDirection = trafficDirectionOf(o);
    setReply(flow, l7.type === L7FlowType.RESPONSE);
    flow.traceContext = traceContext;
    flow.detail.requestOrdinal = ordinal || undefined;
    return flow;
  }

  #headers({ fields }: HttpHeaders): readonly HTTPHeader[] {
    const headers: HTTPHeader[] = [];
    for (const [name, value] of fields) {
      const key = this.#shown.get(name);
      if (key !== undefined) headers.push({ key, value });
    }
    return headers;
  }

  #noteHidden(o: Observation, isHiding: boolean): void {
    if (!isHiding) return;
    this.#counts.httpHidden++;
    this.#exchanges.stopPairing(o.socketCookie);
  }

  #unparsed(): undefined {
    this.#counts.httpUnparsed++;
    return undefined;
  }
}
