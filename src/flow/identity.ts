/** Security identities every Cilium cluster reserves (Cilium pkg/identity, `reserved:` labels). */
export const ReservedIdentity = {
  unknown: 0,
  host: 1,
  world: 2,
  unmanaged: 3,
  health: 4,
  init: 5,
  'remote-node': 6,
  'kube-apiserver': 7,
  ingress: 8,
  'world-ipv4': 9,
  'world-ipv6': 10,
} as const;

const FIRST_USER_IDENTITY = 256;

/**
 * The identity of a set of labels: 256 plus 23 bits of an FNV-1a hash over the namespace and the sorted labels.
 *
 * Every relay computes the same number without asking anybody, and it stays below 2^24, where Cilium's node-local
 * identities begin. Two label sets share an identity with a chance of one in eight million.
 */
export function identityOf(namespace: string, labels: readonly string[]): number {
  let hash = 0x811c9dc5;
  for (const text of [namespace, ...[...labels].sort()]) {
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    hash = Math.imul(hash ^ 0xff, 0x01000193);
  }
  return FIRST_USER_IDENTITY + ((hash >>> 9) % 2 ** 23);
}
