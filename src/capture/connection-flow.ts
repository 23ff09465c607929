import { getSystemErrorMap } from 'node:util';
import type { Timestamp } from '../flow/basics.ts';
import { Verdict } from '../flow/gen/flow.ts';
import { type Connection, Event, type Process } from '../flow/gen/netwatch.ts';
import { createFlow, l4Of, type ObservedFlow, setReply, setTracePoint, trafficDirectionOf } from './flow-parts.ts';
import { ConnectionEvent, ConnectionLayout as Layout, Role } from './layout.gen.ts';
import { type Observation, readUint64, type Slab } from './observation.ts';

const NOT_MEASURED = 0xffff_ffff;
const errnoNames = getSystemErrorMap();

/** "ECONNREFUSED"; the number for one this system has no name for, undefined for none. */
function errnoName(errno: number): string | undefined {
  return errno === 0 ? undefined : (errnoNames.get(-errno)?.[0] ?? `E${errno}`);
}

function readConnection({ view }: Slab, at: number, role: number): Connection {
  const srttUs = view.getUint32(at + Layout.srttUs, true);
  const minRttUs = view.getUint32(at + Layout.minRttUs, true);
  return {
    role,
    connectNs: readUint64(view, at + Layout.connectNs) || undefined,
    durationNs: readUint64(view, at + Layout.durationNs) || undefined,
    srttNs: srttUs * 1000 || undefined,
    minRttNs: minRttUs === NOT_MEASURED ? undefined : minRttUs * 1000,
    retransmits: view.getUint32(at + Layout.retransmits, true),
    bytesSent: readUint64(view, at + Layout.bytesSent),
    bytesReceived: readUint64(view, at + Layout.bytesReceived),
    error: errnoName(view.getUint32(at + Layout.error, true)),
  };
}

function readProcess({ bytes, view }: Slab, at: number): Process | undefined {
  const pid = view.getUint32(at + Layout.pid, true);
  if (pid === 0) return undefined;
  const name = bytes.subarray(at + Layout.comm, at + Layout.comm + Layout.commLength);
  const end = name.indexOf(0);
  return { pid, comm: name.toString('utf8', 0, end < 0 ? name.length : end) };
}

/** A record's source is the local end; a flow's is the client. */
function fromClient(o: Observation): Observation {
  if (o.role !== Role.server) return o;
  const { source, destination, sourcePort, destinationPort } = o;
  return { ...o, source: destination, destination: source, sourcePort: destinationPort, destinationPort: sourcePort };
}

/** The flow of a `struct nw_connection`: a connection that ended, or never came to be (verdict ERROR). */
export function connectionFlow(slab: Slab, at: number, local: Observation, time: Timestamp): ObservedFlow {
  const o = fromClient(local);
  const isFailure = slab.view.getUint8(at + Layout.event) === ConnectionEvent.failed;
  const flow = createFlow(o, time, l4Of(o, false), isFailure ? Event.EVENT_CONNECT_FAILED : Event.EVENT_CLOSE);
  if (isFailure) flow.verdict = Verdict.ERROR;
  setTracePoint(flow, o.role !== Role.server);
  flow.trafficDirection = trafficDirectionOf(o);
  setReply(flow, o.role === Role.unknown ? undefined : false);
  flow.detail.connection = readConnection(slab, at, o.role);
  flow.detail.process = readProcess(slab, at);
  return flow;
}
