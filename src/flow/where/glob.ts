/**
 * A test for `*` (any text) and `?` (one character), ignoring case, for the whole value. Takes time proportional to
 * pattern × value at worst; no pattern can make it hang.
 */
export function compileGlob(pattern: string): (value: string) => boolean {
  const wanted = pattern.toLowerCase();
  if (!/[*?]/.test(wanted)) return (value) => value === wanted || value.toLowerCase() === wanted;
  return (value) => matchGlob(wanted, value.toLowerCase());
}

function matchGlob(pattern: string, value: string): boolean {
  let p = 0;
  let star = -1;
  let resume = 0;
  for (let v = 0; v < value.length; ) {
    const wanted = pattern[p];
    if (wanted === '*') {
      star = p++;
      resume = v;
    } else if (wanted === '?' || wanted === value[v]) {
      p++;
      v++;
    } else if (star >= 0) {
      p = star + 1;
      v = ++resume;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}
