import { NetwatchError } from '../base/error.ts';
import { parseAddress, parseBlock } from '../flow/filter/address.ts';
import type { FlowFilter } from '../flow/gen/flow.ts';

const NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const LABEL_VALUE_LENGTH = 63;
const DNS_NAME = /^[-0-9a-z_.*]+$/i;

/** One way a name may be meant, as filter fields of the source. All of them must match. */
interface Reading {
  readonly sourceIp?: readonly string[];
  readonly sourcePod?: readonly string[];
  readonly sourceService?: readonly string[];
  readonly sourceWorkload?: readonly { readonly name: string }[];
  readonly sourceLabel?: readonly string[];
  readonly sourceFqdn?: readonly string[];
}

function readAddress(who: string): Reading | undefined {
  if (parseAddress(who) !== undefined) return { sourceIp: [who] };
  const isBlock = /^[0-9a-f:.]+\/\d+$/i.test(who) && parseAddress(who.slice(0, who.indexOf('/'))) !== undefined;
  if (!isBlock) return undefined;
  const block = parseBlock(who);
  if (typeof block === 'string') throw new NetwatchError('usage', `${who}: ${block}`);
  return { sourceIp: [who] };
}

/** Everything a name in one namespace can be; without a namespace, in any. */
function readName(name: string, namespace: string | undefined): readonly Reading[] {
  const inNamespace: Reading = namespace === undefined ? {} : { sourcePod: [`${namespace}/`] };
  const readings: Reading[] = [
    { sourceWorkload: [{ name }], ...inNamespace },
    { sourcePod: [`${namespace ?? ''}/${name}`] },
    { sourceService: [`${namespace ?? ''}/${name}`] },
  ];
  if (name.length <= LABEL_VALUE_LENGTH && NAME.test(name)) {
    readings.push({ sourceLabel: [`app=${name}`], ...inNamespace });
  }
  return readings;
}

/**
 * Everything that WHO of `--from WHO` can mean, as filters on the source: any of them may match.
 *
 * An address or CIDR block is only that. `ns/name` is a workload, pod prefix, service or `app` label in `ns`, and
 * `ns/` everything in it. A bare name is all of these in `namespaces`, or in any namespace when there is none, and then
 * also a namespace and a DNS name. A name with a `*` is a DNS name only.
 */
export function readParty(who: string, namespaces: readonly string[]): readonly FlowFilter[] {
  const address = readAddress(who);
  if (address !== undefined) {
    const inside = namespaces.filter(Boolean).map((namespace) => `${namespace}/`);
    return [inside.length === 0 ? address : { ...address, sourcePod: inside }];
  }
  if (who === '' || who === '/') throw new NetwatchError('usage', 'expected a name, an address or a CIDR block');
  if (who.includes('*')) return [{ sourceFqdn: [who] }];
  const slash = who.indexOf('/');
  if (slash >= 0) {
    const namespace = slash === 0 ? undefined : who.slice(0, slash);
    const name = who.slice(slash + 1);
    return name === '' ? [{ sourcePod: [who] }, { sourceService: [who] }] : readName(name, namespace);
  }
  if (namespaces.length > 0) return namespaces.flatMap((namespace) => readName(who, namespace || undefined));
  const readings: FlowFilter[] = [...readName(who, undefined), { sourcePod: [`${who}/`] }];
  if (DNS_NAME.test(who)) readings.push({ sourceFqdn: [who] });
  return readings;
}

/** A filter on the source as the same filter on the destination. */
export function onDestination(reading: FlowFilter): FlowFilter {
  const { sourceIp, sourcePod, sourceService, sourceWorkload, sourceLabel, sourceFqdn } = reading;
  return {
    ...(sourceIp && { destinationIp: sourceIp }),
    ...(sourcePod && { destinationPod: sourcePod }),
    ...(sourceService && { destinationService: sourceService }),
    ...(sourceWorkload && { destinationWorkload: sourceWorkload }),
    ...(sourceLabel && { destinationLabel: sourceLabel }),
    ...(sourceFqdn && { destinationFqdn: sourceFqdn }),
  };
}
