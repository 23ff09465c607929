/** The name of a number in an enum; the number itself, in decimal, when this build does not know it. */
export type NameOf = (value: number | undefined) => string;

/** Builds the reverse of an enum once. An absent value is 0, as on the wire. */
export function namesOf(values: Readonly<Record<string, number>>): NameOf {
  const names = new Map(Object.entries(values).map(([name, value]) => [value, name]));
  return (value = 0) => names.get(value) ?? String(value);
}
