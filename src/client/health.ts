import { HealthCheckResponseServingStatus as Serving } from '../flow/gen/health.ts';
import type { Address } from '../wire/address.ts';
import { decodeHealthCheckResponse, encodeHealthCheckRequest } from '../wire/gen/health.ts';

/** Whether the observer of a server says that it is serving; asks as `hubble status` does. */
export async function checkHealth(address: Address, deadlineMs: number): Promise<boolean> {
  const { callUnary } = await import('./grpc-js.ts');
  const { status } = await callUnary({
    address,
    path: '/grpc.health.v1.Health/Check',
    encode: encodeHealthCheckRequest,
    decode: decodeHealthCheckResponse,
    request: { service: 'hubble.server.Observer' },
    deadlineMs,
  });
  return status === Serving.SERVING;
}
