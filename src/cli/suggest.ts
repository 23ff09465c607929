const MAX_DISTANCE = 2;

/** Edits that turn one text into another: insert, delete, replace, or swap two neighbours. */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [];
  const at = (i: number, j: number): number => rows[i]?.[j] ?? 0;
  for (let i = 0; i <= a.length; i++) {
    const row: number[] = [];
    rows.push(row);
    for (let j = 0; j <= b.length; j++) {
      if (i === 0 || j === 0) {
        row.push(i + j);
        continue;
      }
      const replaced = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, replaced, swapped ? at(i - 2, j - 2) + 1 : replaced));
    }
  }
  return at(a.length, b.length);
}

/** A hint with the known name nearest to a mistyped one, if one is near: at most two edits, and not half of it. */
export function suggestName(typed: string, known: readonly string[]): { readonly hint?: string } {
  if (typed.length > 40) return {};
  const near = known
    .map((name) => ({ name, distance: editDistance(typed, name) }))
    .filter(({ name, distance }) => distance <= MAX_DISTANCE && distance * 2 < name.replace(/^--/, '').length)
    .sort((a, b) => a.distance - b.distance);
  const [best] = near;
  return best === undefined ? {} : { hint: `Did you mean ${best.name}?` };
}
