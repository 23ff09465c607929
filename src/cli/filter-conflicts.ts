import { NetwatchError } from '../base/error.ts';
import type { FlowFilter } from '../flow/gen/flow.ts';

const SIDES = ['from', 'to'] as const;
const NAMED = ['fqdn', 'ip', 'pod', 'service', 'label', 'workload'] as const;

/** Groups of which one filter list may use one flag only: they would fill the same field, or contradict. */
const GROUPS: readonly (readonly string[])[] = [
  ...SIDES.flatMap((side) => [
    [
      `${side}-fqdn`,
      `${side}-ip`,
      'ip',
      'fqdn',
      `${side}-namespace`,
      'namespace',
      `${side}-all-namespaces`,
      'all-namespaces',
    ],
    [`${side}-fqdn`, `${side}-ip`, 'ip', 'fqdn', `${side}-pod`, 'pod'],
    [`${side}-pod`, 'namespace', 'all-namespaces'],
    [`${side}-service`, 'namespace', 'all-namespaces'],
    ['label', `${side}-label`],
    ['service', `${side}-service`],
    ['port', `${side}-port`],
    ['identity', `${side}-identity`],
    ['workload', `${side}-workload`],
    ...NAMED.flatMap((name) => [
      [side, name],
      [side, `${side}-${name}`],
      ['with', `${side}-${name}`],
    ]),
    ['with', side],
  ]),
  ...NAMED.map((name) => ['with', name]),
  ['encrypted', 'unencrypted'],
];

/** Throws `NetwatchError('usage')` when two of these flags cannot stand in one filter list. */
export function refuseConflicts(used: ReadonlySet<string>): void {
  for (const group of GROUPS) {
    const [first, second] = group.filter((name) => used.has(name));
    if (second === undefined) continue;
    throw new NetwatchError('usage', `filters --${first} and --${second} cannot be combined`);
  }
}

const namespaceOf = (name: string): string => (name.includes('/') ? name.slice(0, name.indexOf('/')) : '');

/** Throws when a namespace flag names another namespace than a pod or service already does. */
export function refuseOtherNamespace(namespaces: readonly string[], names: readonly string[] = []): void {
  for (const namespace of namespaces) {
    for (const name of names) {
      const own = namespaceOf(name);
      if (own === '' || own === namespace) continue;
      throw new NetwatchError('usage', `namespace conflict: "${namespace}" does not contain "${name}"`);
    }
  }
}

/** Throws when one side of a filter asks for a pod in one namespace and a service in another. */
export function refuseSplitSide({ sourcePod, sourceService, destinationPod, destinationService }: FlowFilter): void {
  const check = (pods: readonly string[] = [], services: readonly string[] = []): void => {
    for (const pod of pods) {
      for (const service of services) {
        const namespace = namespaceOf(pod);
        if (namespace === '' || namespace === namespaceOf(service)) continue;
        throw new NetwatchError('usage', `namespace of service "${service}" conflict with pod "${namespace}"`);
      }
    }
  };
  check(sourcePod, sourceService);
  check(destinationPod, destinationService);
}
