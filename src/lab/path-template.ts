/** `template` with each `{id}` replaced by `id`. */
export function fillPath(template: string, id: number): string {
  return template.replaceAll('{id}', String(id));
}

/** Whether `path` (without a query) is one that `template` makes. */
export function matchesPath(template: string, path: string): boolean {
  const wanted = template.split('/');
  const given = path.split('/');
  return (
    wanted.length === given.length &&
    wanted.every((part, index) => (part === '{id}' ? /^\d+$/.test(given[index] ?? '') : part === given[index]))
  );
}

/** The first number among the segments of `path`, the one its `{id}` stood for. */
export function idOf(path: string): number | undefined {
  const segment = path.split('/').find((part) => /^\d{1,9}$/.test(part));
  return segment === undefined ? undefined : Number(segment);
}
