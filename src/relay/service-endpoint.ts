import type { EndpointTable, KnownService } from '../flow/endpoints.ts';
import type { Endpoint } from '../flow/gen/flow.ts';

/** Whether every backend of a service runs on the relay's own node. */
export function isServiceLocal(service: KnownService, endpoints: EndpointTable): boolean {
  const { backends } = service;
  return backends.length > 0 && backends.every((address) => endpoints.byAddress(address)?.local === true);
}

/**
 * What can be said of the endpoint behind a service address, seen before any backend was chosen.
 *
 * With one backend it is that one. With several of one identity it is what they have in common: everything but the
 * pod. Else only the service's namespace is certain.
 */
export function findServiceEndpoint(service: KnownService, endpoints: EndpointTable): Endpoint {
  const backends = service.backends.map((address) => endpoints.byAddress(address)?.endpoint);
  const [first] = backends;
  if (first !== undefined && backends.length === 1) return first;
  if (first !== undefined && backends.every((backend) => backend?.identity === first.identity))
    return withoutPod(first);
  return service.service.namespace === undefined ? {} : { namespace: service.service.namespace };
}

/** One object per endpoint, so that its encoding is made once. */
const stripped = new WeakMap<Endpoint, Endpoint>();

function withoutPod(endpoint: Endpoint): Endpoint {
  const known = stripped.get(endpoint);
  if (known !== undefined) return known;
  const { id: _id, podName: _podName, ...common } = endpoint;
  stripped.set(endpoint, common);
  return common;
}
