/** Reads `proto/` for the generators: one place that knows which files there are and how names are spelled. */
import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';

export interface Package {
  readonly name: string;
  /** Stem of the generated file. */
  readonly file: string;
  readonly path: string;
}

export const PACKAGES: readonly Package[] = [
  { name: 'flow', file: 'flow', path: 'proto/flow/flow.proto' },
  { name: 'relay', file: 'relay', path: 'proto/relay/relay.proto' },
  { name: 'observer', file: 'observer', path: 'proto/observer/observer.proto' },
  { name: 'peer', file: 'peer', path: 'proto/peer/peer.proto' },
  { name: 'netwatch.v1', file: 'netwatch', path: 'proto/netwatch/v1/detail.proto' },
  { name: 'grpc.health.v1', file: 'health', path: 'proto/grpc/health/v1/health.proto' },
];

/** Parses every file of `PACKAGES` and resolves all type references. Throws on the first one that fails. */
export function loadSchema(): protobuf.Root {
  const root = new protobuf.Root();
  for (const name of ['any', 'wrappers', 'timestamp', 'field_mask']) {
    const common = protobuf.common.get(`google/protobuf/${name}.proto`);
    if (common?.nested) root.addJSON(common.nested);
  }
  for (const pkg of PACKAGES) {
    protobuf.parse(readFileSync(pkg.path, 'utf8'), root, { keepCase: true, alternateCommentMode: true });
  }
  root.resolveAll();
  return root;
}

function walk<T extends protobuf.ReflectionObject>(
  node: protobuf.NamespaceBase,
  kind: new (...args: never[]) => T,
): T[] {
  const found: T[] = [];
  for (const child of node.nestedArray) {
    if (child instanceof kind) found.push(child);
    if (child instanceof protobuf.Namespace) found.push(...walk(child, kind));
  }
  return found;
}

const space = (root: protobuf.NamespaceBase, pkg: Package) => root.lookup(pkg.name) as protobuf.Namespace;
/** Every message of the package, nested ones included, in the order of the file. */
export const messagesOf = (root: protobuf.NamespaceBase, pkg: Package) => walk(space(root, pkg), protobuf.Type);
/** Every enum of the package, nested ones included, in the order of the file. */
export const enumsOf = (root: protobuf.NamespaceBase, pkg: Package) => walk(space(root, pkg), protobuf.Enum);

/** Spelling of a proto field in TypeScript: `pod_name` → `podName`, `IP` → `ip`, `Summary` → `summary`. */
export function propertyName(field: string): string {
  if (/^[A-Z][a-z]/.test(field)) return field.charAt(0).toLowerCase() + field.slice(1);
  if (/^[A-Z]/.test(field)) return field.toLowerCase();
  return field.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}
