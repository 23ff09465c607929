import { NetwatchError } from '../../base/error.ts';
import type { FlowFilter, HTTP } from '../gen/flow.ts';
import { badFilter, type FlowPredicate, isSet } from './predicate.ts';
import { compileRegexes } from './regex.ts';
import { pathOfUrl } from './url-path.ts';

const L7_EVENT = 129;
const STATUS = /^[1-5]\d{2}$/;
const STATUS_PREFIX = /^[1-5]\d?\+$/;

/** A filter on HTTP that asks for other event types only could never match, which is more likely a mistake. */
function requireL7(what: string, { eventType }: FlowFilter): void {
  if (!isSet(eventType) || eventType.some(({ type }) => type === L7_EVENT)) return;
  throw new NetwatchError(
    'usage',
    `filtering by http ${what} requires the event type filter to only match 'l7' events`,
  );
}

function matchStatus(values: readonly string[]): (http: HTTP) => boolean {
  const exact = new Set<string>();
  const prefixes: string[] = [];
  for (const value of values) {
    if (STATUS.test(value)) exact.add(value);
    else if (STATUS_PREFIX.test(value)) prefixes.push(value.slice(0, -1));
    else throw badFilter('http_status_code', value, 'must be a status such as 404 or a prefix such as 5+');
  }
  return ({ code = 0 }) => {
    if (code === 0) return false;
    const text = String(code).padStart(3, '0');
    return exact.has(text) || prefixes.some((prefix) => text.startsWith(prefix));
  };
}

/** HTTP status, method, path, URL and headers, and DNS queries. Flows of other protocols never match. */
export function compileL7(filter: FlowFilter): FlowPredicate[] {
  const { httpStatusCode, httpMethod, httpPath, httpUrl, httpHeader, dnsQuery } = filter;
  const predicates: FlowPredicate[] = [];
  const add = (what: string, matches: (http: HTTP) => boolean): void => {
    requireL7(what, filter);
    predicates.push(({ l7 }) => l7?.http !== undefined && matches(l7.http));
  };
  if (isSet(httpStatusCode)) add('status code', matchStatus(httpStatusCode));
  if (isSet(httpMethod)) {
    const methods = new Set(httpMethod.map((method) => method.toLowerCase()));
    add('method', ({ method = '' }) => methods.has(method.toLowerCase()));
  }
  if (isSet(httpPath)) {
    const matches = compileRegexes('http_path', httpPath);
    add('path', ({ url = '' }) => {
      const path = pathOfUrl(url);
      return path !== undefined && matches(path);
    });
  }
  if (isSet(httpUrl)) {
    const matches = compileRegexes('http_url', httpUrl);
    add('url', ({ url = '' }) => matches(url));
  }
  if (isSet(httpHeader)) {
    add('header', ({ headers = [] }) =>
      httpHeader.some(({ key = '', value = '' }) => headers.some((h) => h.key === key && (h.value ?? '') === value)),
    );
  }
  if (isSet(dnsQuery)) {
    const matches = compileRegexes('dns_query', dnsQuery);
    predicates.push(({ l7 }) => l7?.dns !== undefined && matches(l7.dns.query ?? ''));
  }
  return predicates;
}
