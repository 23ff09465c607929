/** How `Flow.detail` travels: in `Flow.extensions`, as an Any that only clients of netwatch ask for. */
import type { Any } from '../flow/basics.ts';
import type { Flow } from '../flow/gen/flow.ts';
import type { FlowsOptions } from '../flow/gen/netwatch.ts';
import { decodeFlowDetail, decodeFlowsOptions, encodeFlowDetail, encodeFlowsOptions } from './gen/netwatch.ts';
import { type Draft, Reader } from './reader.ts';
import { encodeAny } from './well-known.ts';
import { Writer } from './writer.ts';

/** Type of the Any that carries a FlowDetail. */
export const FLOW_DETAIL_TYPE = 'type.googleapis.com/netwatch.v1.FlowDetail';
/** Type of the Any that carries the options of a request. */
const FLOWS_OPTIONS_TYPE = 'type.googleapis.com/netwatch.v1.FlowsOptions';

/** Puts an extension where it belongs: ours is decoded, anybody else's is kept as it is. */
export function readExtensions(flow: Draft<Flow>, any: Any): void {
  if (any.typeUrl === FLOW_DETAIL_TYPE) flow.detail = decodeFlowDetail(new Reader(any.value));
  else flow.extensions = any;
}

/** Writes the detail when the reader asked for it, else another vendor's extension if there is one. */
export function writeExtensions(w: Writer, flow: Flow, tag: number): void {
  const mark = w.length;
  const hasDetail = w.withDetail && flow.detail !== undefined;
  if (hasDetail) {
    encodeFlowDetail(w, flow.detail);
    w.uint32(w.since(mark));
    w.byte(18);
    w.string(FLOW_DETAIL_TYPE);
    w.byte(10);
  } else if (flow.extensions !== undefined) encodeAny(w, flow.extensions);
  else return;
  w.uint32(w.since(mark));
  w.uint32(tag);
  if (hasDetail) w.detailLength = w.since(mark);
}

/** What a request asks for beyond Hubble; nothing when it carries no options of ours. */
export function flowsOptionsOf(extensions: Any | undefined): FlowsOptions {
  if (extensions?.typeUrl !== FLOWS_OPTIONS_TYPE) return {};
  return decodeFlowsOptions(new Reader(extensions.value));
}

/** The options of a request as its `extensions`. */
export function packFlowsOptions(options: FlowsOptions): Any {
  const w = new Writer({ capacity: 16 });
  encodeFlowsOptions(w, options);
  return { typeUrl: FLOWS_OPTIONS_TYPE, value: w.finish() };
}
