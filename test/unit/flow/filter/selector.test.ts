import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileSelector } from '../../../../src/flow/filter/selector.ts';

const LABELS = [
  'k8s:app=redis',
  'k8s:io.kubernetes.pod.namespace=shop',
  'reserved:world',
  'k8s:n=5',
  'plain=x',
  'k8s:empty=',
];

const MATCHES = [
  '',
  '  ',
  'app',
  'app=redis',
  'app==redis',
  ' app = redis ',
  'app!=cart',
  'missing!=x',
  'k8s:app=redis',
  'any:app=redis',
  'reserved:world',
  'world',
  '!missing',
  '! missing',
  'app in (redis,cart)',
  'app in ( cart , redis )',
  'app notin (cart)',
  'missing notin (a)',
  'app,plain=x',
  'io.kubernetes.pod.namespace=shop',
  'n>4',
  'n<6',
  'empty=',
  'empty in ()',
  'empty in (a,)',
];
const MISSES = [
  'app=cart',
  'app!=redis',
  '!app',
  'reserved:app',
  'k8s:world',
  'container:app=redis',
  'app in (cart)',
  'app notin (redis)',
  'app,missing',
  'missing in (a)',
  'n>5',
  'app>1',
];
const BAD = [
  '=',
  'a=b=c',
  'a in',
  'a in b',
  'a in (b',
  'a,',
  ',a',
  '!',
  'a b',
  '-a',
  'a=-',
  'a>x',
  'x/y/z',
  'a=b c',
  '()',
  'a in (b))',
];

for (const selector of MATCHES) {
  test(`'${selector}' selects`, () => assert.equal(compileSelector('f', selector)(LABELS), true));
}
for (const selector of MISSES) {
  test(`'${selector}' does not select`, () => assert.equal(compileSelector('f', selector)(LABELS), false));
}
for (const selector of BAD) {
  test(`'${selector}' is refused`, () => {
    assert.throws(() => compileSelector('source_label', selector), {
      code: 'usage',
      message: new RegExp(
        `^invalid source_label filter ${JSON.stringify(selector).replaceAll(/[()[\]\\^$.|?*+]/g, '\\$&')}: `,
      ),
    });
  });
}
