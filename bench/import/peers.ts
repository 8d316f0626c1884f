/** What other converters were measured to make of 509 real documents, for comparison. */
import type { Row } from './table.ts';

export const PEERS: readonly Row[] = [
  {
    name: 'openapi-mcp-generator 4.0.1',
    ok: '92.5%',
    valid: '65.0%',
    complete: '57.7%',
    documentsValid: '88.9%',
    documentsComplete: '64.2%',
    cpu: '21/176/1565',
    memory: '58/160',
    tokens: '1.1k/32k/3.3M',
  },
  {
    name: '@ivotoby/openapi-mcp-server 1.16.1',
    ok: '98.6%',
    valid: '90.2%',
    complete: '78.7%',
    documentsValid: '87.9%',
    documentsComplete: '60.2%',
    cpu: '36/137/1327',
    memory: '78/350',
    tokens: '1.2k/45k/22.4M',
  },
  {
    name: 'FastMCP 4.0.10 (with outputs)',
    ok: '72.7%',
    valid: '73.5%',
    complete: '72.5%',
    documentsValid: '70.0%',
    documentsComplete: '69.0%',
    cpu: '39/187/6552',
    memory: '82/704',
    tokens: '4.5k/215k/35.2M',
  },
];
