const SPECIAL = /["\\<>&\0-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]/;
const UNSAFE = /[<>&\x7f-\x9f\u2028\u2029]/g;

/**
 * Text as a JSON string, quotes included, in the bytes of Go's encoder: `<`, `>`, `&`, U+2028 and U+2029 as `\u003c`
 * and so on. DEL and the C1 controls are escaped too, which Go does not do: same data, and safe on a terminal.
 * A lone surrogate is escaped, because no UTF-8 can hold it.
 */
export function jsonString(text: string): string {
  if (!SPECIAL.test(text)) return `"${text}"`;
  return JSON.stringify(text).replace(UNSAFE, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
