import type { ICMPv4, ICMPv6 } from './gen/flow.ts';

/** A message type, and what its codes mean where they mean anything. Names are those Cilium's servers print. */
interface IcmpType {
  readonly name: string;
  readonly codes?: readonly string[];
}

const V4: Readonly<Record<number, IcmpType>> = {
  0: { name: 'EchoReply' },
  3: {
    name: 'DestinationUnreachable',
    codes: [
      'Net',
      'Host',
      'Protocol',
      'Port',
      'FragmentationNeeded',
      'SourceRoutingFailed',
      'NetUnknown',
      'HostUnknown',
      'SourceIsolated',
      'NetAdminProhibited',
      'HostAdminProhibited',
      'NetTOS',
      'HostTOS',
      'CommAdminProhibited',
      'HostPrecedence',
      'PrecedenceCutoff',
    ],
  },
  4: { name: 'SourceQuench' },
  5: { name: 'Redirect', codes: ['Net', 'Host', 'TOS+Net', 'TOS+Host'] },
  8: { name: 'EchoRequest' },
  9: { name: 'RouterAdvertisement' },
  10: { name: 'RouterSolicitation' },
  11: { name: 'TimeExceeded', codes: ['TTLExceeded', 'FragmentReassemblyTimeExceeded'] },
  12: { name: 'ParameterProblem', codes: ['PointerIndicatesError', 'MissingOption', 'BadLength'] },
  13: { name: 'TimestampRequest' },
  14: { name: 'TimestampReply' },
};
const V6: Readonly<Record<number, IcmpType>> = {
  1: {
    name: 'DestinationUnreachable',
    codes: [
      'NoRouteToDst',
      'AdminProhibited',
      'BeyondScopeOfSrc',
      'AddressUnreachable',
      'PortUnreachable',
      'SrcAddressFailedPolicy',
      'RejectRouteToDst',
    ],
  },
  2: { name: 'PacketTooBig' },
  3: { name: 'TimeExceeded', codes: ['HopLimitExceeded', 'FragmentReassemblyTimeExceeded'] },
  4: { name: 'ParameterProblem', codes: ['ErroneousHeader', 'UnrecognizedNextHeader', 'UnrecognizedIPv6Option'] },
  128: { name: 'EchoRequest' },
  129: { name: 'EchoReply' },
  133: { name: 'RouterSolicitation' },
  134: { name: 'RouterAdvertisement' },
  135: { name: 'NeighborSolicitation' },
  136: { name: 'NeighborAdvertisement' },
  137: { name: 'Redirect' },
};

function icmpText(types: Readonly<Record<number, IcmpType>>, type: number, code: number): string {
  const known = types[type];
  if (known === undefined) return `${type}(${code})`;
  if (known.codes === undefined) return code === 0 ? known.name : `${known.name}(Code: ${code})`;
  return `${known.name}(${known.codes[code] ?? `Code: ${code}`})`;
}

/** An ICMPv4 message by name: `EchoRequest`, `DestinationUnreachable(Port)`. */
export const icmpV4Text = ({ type = 0, code = 0 }: ICMPv4): string => icmpText(V4, type, code);
/** An ICMPv6 message by name: `NeighborSolicitation`. */
export const icmpV6Text = ({ type = 0, code = 0 }: ICMPv6): string => icmpText(V6, type, code);
