import { Buffer } from 'node:buffer';
import { type ErrorCode, messageOf, NetwatchError } from '../base/error.ts';

/** Status codes of gRPC (doc/statuscodes.md). */
export const RpcCode = {
  OK: 0,
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const;

/** How a call ended. As `cause` of a NetwatchError it keeps the exact code on its way up. */
export class RpcStatus {
  readonly code: number;
  readonly message: string;

  constructor(code: number, message: string) {
    this.code = code;
    this.message = message;
  }
}

const CODES: Readonly<Record<number, ErrorCode>> = {
  [RpcCode.INVALID_ARGUMENT]: 'usage',
  [RpcCode.UNAVAILABLE]: 'unavailable',
  [RpcCode.PERMISSION_DENIED]: 'permission',
  [RpcCode.UNAUTHENTICATED]: 'permission',
};
const STATUSES: Readonly<Record<ErrorCode, number>> = {
  usage: RpcCode.INVALID_ARGUMENT,
  input: RpcCode.INVALID_ARGUMENT,
  unsupported: RpcCode.UNIMPLEMENTED,
  permission: RpcCode.PERMISSION_DENIED,
  unavailable: RpcCode.UNAVAILABLE,
  protocol: RpcCode.INTERNAL,
  lab: RpcCode.INTERNAL,
  internal: RpcCode.INTERNAL,
};

/** Name of a status code, or the number of one that gRPC does not define. */
export function rpcCodeName(code: number): string {
  return Object.entries(RpcCode).find(([, value]) => value === code)?.[0] ?? `code ${code}`;
}

/** The error that ends a call with exactly this status. */
export function rpcError(code: number, message: string): NetwatchError {
  return new NetwatchError(CODES[code] ?? 'protocol', message, { cause: new RpcStatus(code, message) });
}

/** The status that tells the other side of a call about something thrown. */
export function rpcStatusOf(thrown: unknown): RpcStatus {
  if (!(thrown instanceof NetwatchError)) return new RpcStatus(RpcCode.INTERNAL, messageOf(thrown));
  if (thrown.cause instanceof RpcStatus) return thrown.cause;
  return new RpcStatus(STATUSES[thrown.code], thrown.message);
}

/** A status message as a trailer: bytes outside printable ASCII, and `%`, are percent-encoded. */
export function encodeStatusMessage(message: string): string {
  let text = '';
  for (const byte of Buffer.from(message)) {
    const plain = byte >= 0x20 && byte <= 0x7e && byte !== 0x25;
    text += plain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return text;
}

/** The message of a trailer. What is not valid percent-encoding stays as it is, as gRPC wants. */
export function decodeStatusMessage(text: string): string {
  if (!text.includes('%')) return text;
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const hex = /^%[0-9a-fA-F]{2}$/.test(text.slice(i, i + 3)) ? Number.parseInt(text.slice(i + 1, i + 3), 16) : -1;
    if (hex >= 0) {
      bytes.push(hex);
      i += 2;
    } else bytes.push(...Buffer.from(text.charAt(i)));
  }
  return Buffer.from(bytes).toString('utf8');
}
