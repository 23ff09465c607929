const CONTROL = /[\0-\x1f\x7f]/;
const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*:/;
const BAD_PORT = /:(?:[^\d\]][^\]]*)$/;

/**
 * The decoded path of a URL or of a path with a query, as Go's `url.Parse(u).Path` gives it: not normalised, '' when
 * there is none. Nothing when the URL cannot be parsed.
 */
export function pathOfUrl(url: string): string | undefined {
  if (CONTROL.test(url)) return undefined;
  let rest = url.replace(/[?#].*$/, '');
  const scheme = SCHEME.exec(rest);
  if (scheme !== null) {
    rest = rest.slice(scheme[0].length);
    if (!rest.startsWith('/')) return '';
  }
  if (rest.startsWith('//')) {
    const slash = rest.indexOf('/', 2);
    const authority = slash < 0 ? rest.slice(2) : rest.slice(2, slash);
    if (BAD_PORT.test(authority)) return undefined;
    rest = slash < 0 ? '' : rest.slice(slash);
  }
  try {
    return decodeURIComponent(rest);
  } catch {
    // Not percent-encoded UTF-8: no path to match, and Hubble matches none either.
    return undefined;
  }
}
