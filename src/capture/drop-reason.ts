import { DropReason } from '../flow/gen/flow.ts';

const PREFIX = /^SKB_(DROP_REASON_)?/;
/** Reasons above this belong to a subsystem (enum skb_drop_reason_subsys) and have no name in the core enum. */
const SUBSYSTEM_SHIFT = 16;

/**
 * Hubble's word for a kernel reason. Only where the meaning is the same; everything else stays
 * DROP_REASON_UNKNOWN and is told by the kernel's own name in `detail.skbDropReason`.
 */
const HUBBLE_REASON: ReadonlyMap<string, DropReason> = new Map([
  ['NETFILTER_DROP', DropReason.POLICY_DENIED],
  ['BPF_CGROUP_EGRESS', DropReason.POLICY_DENIED],
  ['SECURITY_HOOK', DropReason.POLICY_DENIED],
  ['XFRM_POLICY', DropReason.POLICY_DENIED],
  ['SOCKET_FILTER', DropReason.POLICY_DENIED],
  ['TC_INGRESS', DropReason.POLICY_DENIED],
  ['TC_EGRESS', DropReason.POLICY_DENIED],
  ['XDP', DropReason.POLICY_DENIED],
  ['NO_SOCKET', DropReason.SOCKET_LOOKUP_FAILED],
  ['IP_RPFILTER', DropReason.INVALID_SOURCE_IP],
  ['IP_LOCAL_SOURCE', DropReason.INVALID_SOURCE_IP],
  ['IP_INVALID_SOURCE', DropReason.INVALID_SOURCE_IP],
  ['MAC_INVALID_SOURCE', DropReason.INVALID_SOURCE_MAC],
  ['IP_INNOROUTES', DropReason.FIB_LOOKUP_FAILED],
  ['IP_OUTNOROUTES', DropReason.FIB_LOOKUP_FAILED],
  ['NEIGH_FAILED', DropReason.STALE_OR_UNROUTABLE_IP],
  ['NEIGH_CREATEFAIL', DropReason.STALE_OR_UNROUTABLE_IP],
  ['NEIGH_DEAD', DropReason.STALE_OR_UNROUTABLE_IP],
  ['IP_INHDR', DropReason.INVALID_PACKET_DROPPED],
  ['PKT_TOO_SMALL', DropReason.INVALID_PACKET_DROPPED],
  ['HDR_TRUNC', DropReason.INVALID_PACKET_DROPPED],
  ['IP_CSUM', DropReason.INVALID_PACKET_DROPPED],
  ['TCP_CSUM', DropReason.INVALID_PACKET_DROPPED],
  ['UDP_CSUM', DropReason.INVALID_PACKET_DROPPED],
  ['ICMP_CSUM', DropReason.INVALID_PACKET_DROPPED],
  ['TCP_FLAGS', DropReason.INVALID_PACKET_DROPPED],
  ['TCP_INVALID_SEQUENCE', DropReason.INVALID_PACKET_DROPPED],
  ['TCP_INVALID_SYN', DropReason.INVALID_PACKET_DROPPED],
  ['IP_NOPROTO', DropReason.UNKNOWN_L4_PROTOCOL],
  ['UNHANDLED_PROTO', DropReason.UNSUPPORTED_L3_PROTOCOL],
  ['IPV6_BAD_EXTHDR', DropReason.INVALID_IPV6_EXTENSION_HEADER],
  ['QDISC_DROP', DropReason.DROP_RATE_LIMITED],
  ['QDISC_OVERLIMIT', DropReason.DROP_RATE_LIMITED],
  ['FQ_HORIZON_LIMIT', DropReason.REACHED_EDT_RATE_LIMITING_DROP_HORIZON],
]);

/** One kernel reason in both vocabularies. */
export interface NamedDropReason {
  /** The running kernel's own name without its prefix, or `SUBSYSTEM_<n>_<reason>`, or `REASON_<n>`. */
  readonly name: string;
  readonly hubble: DropReason;
}

/** Names of `enum skb_drop_reason` by number, as the running kernel has them: the numbers move between kernels. */
export class DropReasons {
  readonly #byNumber = new Map<number, NamedDropReason>();

  constructor(members: Readonly<Record<string, number>>) {
    for (const [member, number] of Object.entries(members)) {
      const name = member.replace(PREFIX, '');
      this.#byNumber.set(number, { name, hubble: HUBBLE_REASON.get(name) ?? DropReason.DROP_REASON_UNKNOWN });
    }
  }

  name(number: number): NamedDropReason {
    const known = this.#byNumber.get(number);
    if (known !== undefined) return known;
    const subsystem = number >>> SUBSYSTEM_SHIFT;
    const name = subsystem === 0 ? `REASON_${number}` : `SUBSYSTEM_${subsystem}_${number & 0xffff}`;
    return { name, hubble: DropReason.DROP_REASON_UNKNOWN };
  }
}
