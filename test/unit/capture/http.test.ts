import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  hasMoreMessages,
  NEEDED_FIELDS,
  parseHttpRequest,
  parseHttpResponse,
  requestUrl,
  wantFields,
} from '../../../src/capture/http.ts';
import { redactUrl } from '../../../src/capture/redact.ts';

const WANTED = wantFields([...NEEDED_FIELDS, 'x-a']);

const request = (text: string, isCut = false) => parseHttpRequest(Buffer.from(text, 'latin1'), isCut, WANTED);

test('a request head', () => {
  const head = request('POST /pay?card=1 HTTP/1.1\r\nHost: shop:80\r\nX-A:  b \r\nContent-Length: 3\r\n\r\nabc');
  assert.equal(head?.method, 'POST');
  assert.equal(head?.target, '/pay?card=1');
  assert.deepEqual(
    [...(head?.fields ?? [])],
    [
      ['host', 'shop:80'],
      ['x-a', 'b'],
      ['content-length', '3'],
    ],
  );
  assert.equal(head && requestUrl(head), 'http://shop:80/pay?card=1');
});

test('what is no request line is no request', () => {
  for (const text of [
    'GET key\r\n',
    'GET / HTTP/2.0\r\n\r\n',
    'GETS / HTTP/1.1\r\n',
    'GET  / HTTP/1.1\r\n',
    'GET /',
    '',
    'GET /\x1b[31m HTTP/1.1\r\n',
  ])
    assert.equal(request(text), undefined, JSON.stringify(text));
});

test('a line that the slice cut shows what there is of it, and says so', () => {
  assert.equal(request('GET /very/long', true)?.target, '/very/long…');
  assert.equal(request('GET /very/long', false), undefined);
});

test('the forms of a target (RFC 9112, 3.2)', () => {
  const url = (text: string) => {
    const head = request(text);
    return head && requestUrl(head);
  };
  assert.equal(url('GET http://a/b HTTP/1.1\r\nHost: c\r\n\r\n'), 'http://a/b');
  assert.equal(url('CONNECT db:5432 HTTP/1.1\r\nHost: c\r\n\r\n'), 'http://db:5432');
  assert.equal(url('OPTIONS * HTTP/1.1\r\nHost: c\r\n\r\n'), 'http://c');
  assert.equal(url('GET /x HTTP/1.0\r\n\r\n'), '/x');
  assert.equal(url('GET /x HTTP/1.1\r\nHost: a@b\r\n\r\n'), '/x', 'a host that is none is left out');
  assert.equal(url('GET /\xe9 HTTP/1.1\r\nHost: c\r\n\r\n'), 'http://c/%E9');
});

test('a response head', () => {
  assert.equal(parseHttpResponse(Buffer.from('HTTP/1.0 404\r\n\r\n'), WANTED)?.code, 404);
  assert.equal(parseHttpResponse(Buffer.from('HTTP/1.1 200 OK'), WANTED)?.protocol, 'HTTP/1.1');
  assert.equal(parseHttpResponse(Buffer.from('HTTP/1.1 999 No\r\n\r\n'), WANTED), undefined);
});

test('a segment with more than one message', () => {
  const more = (text: string, length = text.length) => {
    const head = request(text);
    return head && hasMoreMessages(head, true, length);
  };
  assert.equal(more('GET / HTTP/1.1\r\n\r\n'), false);
  assert.equal(more('GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n'), true);
  assert.equal(more('GET / HTTP/1.1\r\nContent-Length: 2\r\n\r\nab'), false);
  assert.equal(more('GET / HTTP/1.1\r\nContent-Length: 2\r\n\r\nabG'), true);
  assert.equal(more('GET / HTTP/1.1\r\nA: b\r\n', 600), false, 'a head beyond the slice cannot tell');
});

test('no value of a query string or of user info survives', () => {
  assert.equal(redactUrl('http://u:p@shop/a/b?token=1#x'), 'http://HUBBLE_REDACTED@shop/a/b?HUBBLE_REDACTED');
  assert.equal(redactUrl('/a#f'), '/a#HUBBLE_REDACTED');
  assert.equal(redactUrl('/user@home/x'), '/user@home/x');
  assert.equal(redactUrl('http://shop/a'), 'http://shop/a');
});
