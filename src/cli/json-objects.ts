/**
 * Splits text into the JSON objects that follow each other in it, with or without space between. Only braces and
 * strings are looked at: what is inside, and anything left over, is for the JSON parser to refuse.
 */
export function splitJsonObjects(text: string): string[] {
  const objects: string[] = [];
  let depth = 0;
  let start = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i);
    if (quoted) {
      if (character === '\\') i++;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === '{') depth++;
    else if (character === '}' && --depth === 0) {
      objects.push(text.slice(start, i + 1));
      start = i + 1;
    }
  }
  const rest = text.slice(start).trim();
  return rest === '' ? objects : [...objects, rest];
}
