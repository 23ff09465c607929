import type { FieldMask } from '../flow/basics.ts';
import type { FlowEvent } from '../flow/source.ts';
import type { FieldPath } from '../wire/field-path.ts';
import { FLOW_PATHS } from '../wire/gen/flow-paths.ts';
import { RpcCode, rpcError } from '../wire/status.ts';

/** Property by property: `true` copies it whole, a nested mask copies parts of it. */
interface Mask {
  readonly [property: string]: true | Mask;
}

/**
 * Compiles the field mask of a request into a projection of events; undefined when the request has none.
 *
 * Only masked fields of a flow are kept, as Hubble does; the event's own time and node stay, which Hubble's masked
 * answers lack. `withDetail` keeps netwatch's detail, which has no path. An unknown path fails with INVALID_ARGUMENT.
 */
export function compileMask(
  mask: FieldMask | undefined,
  withDetail: boolean,
): ((event: FlowEvent) => FlowEvent) | undefined {
  if (mask?.paths === undefined || mask.paths.length === 0) return undefined;
  const fields: Record<string, true | Mask> = withDetail ? { detail: true } : {};
  for (const path of mask.paths) addPath(fields, path);
  return (event) => (event.flow === undefined ? event : { ...event, flow: project(event.flow, fields) });
}

function addPath(mask: Record<string, true | Mask>, path: string): void {
  let level = mask;
  let paths: Readonly<Record<string, FieldPath>> | undefined = FLOW_PATHS;
  const names = path.split('.');
  for (const [depth, name] of names.entries()) {
    const field: FieldPath | undefined = paths !== undefined && Object.hasOwn(paths, name) ? paths[name] : undefined;
    if (field === undefined) throw rpcError(RpcCode.INVALID_ARGUMENT, `invalid field mask: no field ${path} in a flow`);
    const known = level[field.property];
    if (known === true) return;
    if (depth === names.length - 1) {
      level[field.property] = true;
      return;
    }
    const inner: Record<string, true | Mask> = { ...known };
    level[field.property] = inner;
    level = inner;
    paths = field.fields;
  }
}

function project<T extends object>(message: T, mask: Mask): T {
  const kept: Record<string, unknown> = {};
  for (const [property, inner] of Object.entries(mask)) {
    const value: unknown = Reflect.get(message, property);
    if (value === undefined) continue;
    kept[property] = inner === true || typeof value !== 'object' || value === null ? value : project(value, inner);
  }
  return kept as T;
}
