import { describe, expect, test } from 'vitest';
import { addressingHeaders } from '../encode/addressing.ts';
import { bound, callOf, opened, ports, service } from '../test-service.ts';
import { ADDRESSING, ADDRESSING_2004 } from './namespaces.ts';

const POLICY = 'http://schemas.xmlsoap.org/ws/2004/09/policy';
const METADATA = 'http://www.w3.org/2007/05/addressing/metadata';
const WSDL_2006 = 'http://www.w3.org/2006/05/addressing/wsdl';
const WSU = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd';

/** @param inBinding what stands in the binding beside its operations */
function addressingOf(
  inBinding: string,
  options: { action?: string; said?: string; beside?: string } = {},
) {
  const { action = 'urn:Do', said = '', beside = '' } = options;
  const operation = bound('Do').replace('"urn:Do"', `"${action}"`);
  const rest = `${beside}<w:binding name="b" type="t:pt">${inBinding}<s:binding transport="http://schemas.xmlsoap.org/soap/http"/>${operation}</w:binding>${ports('<w:port name="P" binding="t:b"><s:address location="http://127.0.0.1:9/"/></w:port>')}`;
  const portType = `<w:operation name="Do"><w:input message="t:m"${said}/><w:output message="t:m"/></w:operation>`;
  const schema = '<xs:element name="In" type="xs:int"/>';
  return callOf(opened(service({ schema, portType, rest }))).soap.addressing;
}

const using = (more: string): string => `<x:UsingAddressing xmlns:x="${WSDL_2006}"${more}/>`;
const policy = (inner: string, more = ''): string =>
  `<p:Policy xmlns:p="${POLICY}" xmlns:m="${METADATA}"${more}>${inner}</p:Policy>`;

describe('it is demanded', () => {
  test.each<[string, string, string, string | undefined]>([
    ['by an extension that is required', using(' w:required="true"'), '', ADDRESSING],
    ['not by one that is not', using(''), '', undefined],
    ['by a policy', policy('<m:Addressing/>'), '', ADDRESSING],
    ['not by one that leaves it open', policy('<m:Addressing p:Optional="true"/>'), '', undefined],
    [
      'by all alternatives',
      policy('<p:ExactlyOne><p:All><m:Addressing/></p:All></p:ExactlyOne>'),
      '',
      ADDRESSING,
    ],
    [
      'not by one of two',
      policy('<p:ExactlyOne><p:All><m:Addressing/></p:All><p:All/></p:ExactlyOne>'),
      '',
      undefined,
    ],
    [
      'by a policy that is referred to',
      `<p:PolicyReference xmlns:p="${POLICY}" URI="#one"/>`,
      policy('<m:Addressing/>', ` xmlns:u="${WSU}" u:Id="one"`),
      ADDRESSING,
    ],
    [
      'by the submission before the recommendation',
      policy(
        '<o:UsingAddressing xmlns:o="http://schemas.xmlsoap.org/ws/2004/08/addressing/policy"/>',
      ),
      '',
      ADDRESSING_2004,
    ],
    [
      'not by a policy that refers to itself',
      `<p:PolicyReference xmlns:p="${POLICY}" URI="#one"/>`,
      policy('<p:PolicyReference URI="#one"/>', ` xmlns:u="${WSU}" u:Id="one"`),
      undefined,
    ],
  ])('%s', (_what, inBinding, beside, uri) => {
    expect(addressingOf(inBinding, { beside })?.uri).toBe(uri);
  });
});

test.each<[string, object, string]>([
  ['what is said', { said: ` xmlns:m="${METADATA}" m:Action="urn:said"` }, 'urn:said'],
  ['else that of SOAP', {}, 'urn:Do'],
  ['else one of the names', { action: '' }, 'urn:t:pt:DoRequest'],
])('the action is %s', (_what, options, action) => {
  expect(addressingOf(policy('<m:Addressing/>'), options)?.action).toBe(action);
});

test('each message has an id of its own, and all else is escaped', () => {
  const request = { soap: '1.2', addressing: { uri: ADDRESSING, action: 'urn:a<b' } } as const;
  const one = addressingHeaders(request, 'http://a/?b&c');
  expect(one).not.toBe(addressingHeaders(request, 'http://a/?b&c'));
  expect(one).toMatch(
    /<a:Action[^>]*mustUnderstand="1">urn:a&lt;b<.*<a:To[^>]*>http:\/\/a\/\?b&amp;c</,
  );
  expect(addressingHeaders({ soap: '1.1' }, 'http://a/')).toBe('');
});
