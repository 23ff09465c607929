/** What stands in place of something redacted; Hubble's word. */
const REDACTED = 'HUBBLE_REDACTED';

/**
 * A URL or request target without its secrets: the query and what follows it is replaced as a whole, and so is user
 * info (RFC 3986, 3.2.1). The path stays.
 */
export function redactUrl(url: string): string {
  if (!url.includes('?') && !url.includes('#') && !url.includes('@')) return url;
  const end = url.search(/[?#]/);
  const front = end < 0 ? url : url.slice(0, end);
  const query = end < 0 ? '' : `${url[end]}${REDACTED}`;
  return front.replace(/^([a-z][a-z0-9+.-]*:)?\/\/[^/]*@/i, (_, scheme = '') => `${scheme}//${REDACTED}@`) + query;
}
