import { expect, test } from 'vitest';
import { bodyOf, opened, service } from '../test-service.ts';
import { openSoap } from '../offline.ts';

const IN =
  '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:t"><xs:element name="In" type="xs:int"/></xs:schema>';

test.each([
  ['an address', 'https://schemas.example.com/v1/in.xsd'],
  ['another folder', '../gone/in.xsd'],
])('what %s does not give is taken from beside the document', (_what, place) => {
  const schemas = `<xs:schema><xs:import namespace="urn:t" schemaLocation="${place}"/></xs:schema>`;
  expect(bodyOf(opened(service({ schemas }), { 'in.xsd': IN }), { In: 1 })).toBe(
    '<n0:In xmlns:n0="urn:t">1</n0:In>',
  );
});

test('nothing but a description is looked for there, and nothing beside an address', () => {
  const schemas =
    '<xs:schema><xs:import schemaLocation="https://a.example/etc/passwd"/><xs:import schemaLocation="https://a.example/in.xsd"/></xs:schema>';
  const asked: string[] = [];
  const load = (location: string): string => {
    asked.push(location);
    return 'not there';
  };
  const bytes = Buffer.from(service({ schemas }));
  openSoap({ location: '/x/a.wsdl', bytes }, load);
  openSoap({ location: 'https://b.example/a.wsdl', bytes }, load);
  const both = ['https://a.example/etc/passwd', 'https://a.example/in.xsd'];
  expect(asked).toEqual([...both, '/x/in.xsd', ...both]);
});
