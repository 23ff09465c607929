import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { NEEDED_FIELDS, parseHttpRequest, parseHttpResponse, requestUrl, wantFields } from '../../src/capture/http.ts';
import { redactUrl } from '../../src/capture/redact.ts';

const WANTED = wantFields([...NEEDED_FIELDS, 'x-a']);

const bytes = fc.uint8Array({ maxLength: 512 }).map((array) => Buffer.from(array));
const piece = fc.oneof(
  fc.constantFrom(
    'GET ',
    'POST ',
    '/a?b=c',
    ' HTTP/1.1\r\n',
    'Host: ',
    'x:y\r\n',
    '\r\n',
    'HTTP/1.1 ',
    '200',
    'http://u:p@h/',
    '\0',
  ),
  fc.string({ maxLength: 8, unit: 'binary' }),
);
const nearly = fc
  .array(piece, { maxLength: 20 })
  .map((pieces) => Buffer.from(pieces.join(''), 'latin1').subarray(0, 512));

test('no bytes make the HTTP parser throw, and what it returns is printable', () => {
  fc.assert(
    fc.property(fc.oneof(bytes, nearly), fc.boolean(), (payload, isCut) => {
      const request = parseHttpRequest(payload, isCut, WANTED);
      const response = parseHttpResponse(payload, WANTED);
      const texts = [
        request && requestUrl(request),
        ...(request?.fields.values() ?? []),
        ...(response?.fields.values() ?? []),
      ];
      for (const text of texts) assert.doesNotMatch(text ?? '', /[\x00-\x08\x0a-\x1f\x7f-\xff]/);
      assert.ok((request?.headLength ?? 0) <= payload.length);
    }),
    { numRuns: 2000 },
  );
});

test('a redacted URL never holds what followed its question mark', () => {
  fc.assert(
    fc.property(fc.webUrl({ withQueryParameters: true }), fc.stringMatching(/^[0-9a-f]{12}$/), (url, secret) => {
      assert.equal(redactUrl(`${url.split(/[?#]/)[0]}?token=${secret}`).includes(secret), false);
      assert.equal(redactUrl(`http://user:${secret}@host/`).includes(secret), false);
    }),
  );
});
