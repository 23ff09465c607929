import type { Endpoint, Service } from './gen/flow.ts';

/** An endpoint and what the relay has to know about it beyond the wire's `Endpoint`. */
export interface KnownEndpoint {
  /** Textual IP addresses, lower-case and compressed for IPv6; every one names this endpoint. */
  readonly addresses: readonly string[];
  readonly endpoint: Endpoint;
  /** Runs on the node that this relay watches. */
  readonly local: boolean;
}

/** One port of a service: what its virtual address stands for. */
export interface KnownService {
  readonly address: string;
  readonly port: number;
  readonly service: Service;
  /** Textual IP addresses of the backends. */
  readonly backends: readonly string[];
}

/** Names for addresses. Kubernetes fills one, the demo another; the relay only reads. */
export interface EndpointTable {
  byAddress(address: string): KnownEndpoint | undefined;
  serviceAt(address: string, port: number): KnownService | undefined;
}

/** An `EndpointTable` in memory, changed one endpoint or service at a time. The last one to claim an address has it. */
export class MutableEndpointTable implements EndpointTable {
  readonly #endpoints = new Map<string, KnownEndpoint>();
  /** By address, then by port. */
  readonly #services = new Map<string, Map<number, KnownService>>();

  byAddress(address: string): KnownEndpoint | undefined {
    return this.#endpoints.get(address);
  }

  serviceAt(address: string, port: number): KnownService | undefined {
    return this.#services.get(address)?.get(port);
  }

  addEndpoint(known: KnownEndpoint): void {
    for (const address of known.addresses) this.#endpoints.set(address, known);
  }

  /** Forgets the endpoint, except for addresses that another one has claimed since. */
  removeEndpoint(known: KnownEndpoint): void {
    for (const address of known.addresses) {
      if (this.#endpoints.get(address) === known) this.#endpoints.delete(address);
    }
  }

  addService(known: KnownService): void {
    const ports = this.#services.get(known.address);
    if (ports === undefined) this.#services.set(known.address, new Map([[known.port, known]]));
    else ports.set(known.port, known);
  }
}
