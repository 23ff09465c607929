import { randomUUID } from 'node:crypto';
import type { FlowDraft } from '../capture/flow-parts.ts';
import type { EndpointTable, KnownService } from '../flow/endpoints.ts';
import { type Endpoint, type Flow, type Service, TrafficDirection } from '../flow/gen/flow.ts';
import { ReservedIdentity } from '../flow/identity.ts';
import { summaryOf } from '../flow/summary.ts';
import { LocalAddresses } from './local-addresses.ts';
import { findServiceEndpoint, isServiceLocal } from './service-endpoint.ts';
import type { Localities } from './sides.ts';

export interface EnrichOptions {
  readonly nodeName: string;
  readonly version: string;
  readonly endpoints: EndpointTable;
  /** Whether an address is one of the node itself. */
  readonly isHostAddress: (address: string) => boolean;
}

/** A flow with its names, and what the relay decides by. */
export interface Enriched {
  readonly flow: Flow;
  /** Which ends run on this node. A service counts as local when every backend does. */
  readonly local: Localities;
  /** Whether at least one end is in the endpoint table. */
  readonly known: boolean;
}

const HOST: Endpoint = { identity: ReservedIdentity.host, labels: ['reserved:host'] };
const WORLD: Endpoint = { identity: ReservedIdentity.world, labels: ['reserved:world'] };

interface Side {
  readonly endpoint: Endpoint;
  readonly service: Service | undefined;
  readonly local: boolean;
  readonly known: boolean;
}

/** Gives flows what the kernel does not know: endpoints, services, a uuid, the node and a summary. */
export class Enricher {
  readonly #options: EnrichOptions;
  readonly #emitter: { readonly name: string; readonly version: string };
  readonly #localAddresses = new LocalAddresses();

  constructor(options: EnrichOptions) {
    this.#options = options;
    this.#emitter = { name: 'netwatch', version: options.version };
  }

  /** Fills in the flow that it is given. */
  enrich(flow: FlowDraft): Enriched {
    const { ip, isReply, detail } = flow;
    const [sourcePort, destinationPort] = portsOf(flow);
    const original = detail?.originalDestination;
    const translated = original?.ip ? this.#options.endpoints.serviceAt(original.ip, original.port ?? 0) : undefined;
    const seconds = flow.time?.seconds ?? 0;
    const ownAddress = addressOfObserver(flow);
    if (ownAddress !== undefined) this.#localAddresses.add(ownAddress, seconds);
    const source = this.#side(ip?.source ?? '', sourcePort, seconds, isReply ? translated : undefined);
    const destination = this.#side(ip?.destination ?? '', destinationPort, seconds, isReply ? undefined : translated);
    flow.uuid = randomUUID();
    flow.emitter = this.#emitter;
    flow.nodeName = this.#options.nodeName;
    flow.source = source.endpoint;
    flow.destination = destination.endpoint;
    if (source.service !== undefined) flow.sourceService = source.service;
    if (destination.service !== undefined) flow.destinationService = destination.service;
    if (isReply !== undefined) flow.reply = isReply;
    flow.summary = summaryOf(flow);
    return {
      flow,
      local: { source: source.local, destination: destination.local },
      known: source.known || destination.known,
    };
  }

  /** Whether the table names what is at an address, and it runs on this node. */
  isKnownLocal(address: string, port: number): boolean {
    const { endpoints } = this.#options;
    const known = endpoints.byAddress(address);
    if (known !== undefined) return known.local;
    const service = endpoints.serviceAt(address, port);
    return service !== undefined && isServiceLocal(service, endpoints);
  }

  #side(address: string, port: number, seconds: number, translated: KnownService | undefined): Side {
    const { endpoints, isHostAddress } = this.#options;
    const known = endpoints.byAddress(address);
    const service = translated ?? (known === undefined ? endpoints.serviceAt(address, port) : undefined);
    if (known !== undefined) {
      return { endpoint: known.endpoint, service: service?.service, local: known.local, known: true };
    }
    if (service !== undefined) {
      const endpoint = findServiceEndpoint(service, endpoints);
      return { endpoint, service: service.service, local: isServiceLocal(service, endpoints), known: true };
    }
    const host = isHostAddress(address);
    const local = host || this.#localAddresses.has(address, seconds);
    return { endpoint: host ? HOST : WORLD, service: undefined, local, known: false };
  }
}

/** The address of the socket that saw the flow; nothing when no socket did. */
function addressOfObserver({ ip, isReply = false, trafficDirection }: Flow): string | undefined {
  if (trafficDirection !== TrafficDirection.EGRESS && trafficDirection !== TrafficDirection.INGRESS) return undefined;
  const isClient = trafficDirection === TrafficDirection.EGRESS;
  return isClient === isReply ? ip?.destination : ip?.source;
}

function portsOf({ l4 }: Flow): readonly [number, number] {
  const ports = l4?.tcp ?? l4?.udp ?? l4?.sctp;
  return [ports?.sourcePort ?? 0, ports?.destinationPort ?? 0];
}
