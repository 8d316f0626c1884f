import { expect, test } from 'vitest';
import { openCaller, refuse, say, startServer, textOf, told, valueOf } from './test-server.ts';

test('no credential, wherever it is said', async () => {
  const secret = 'sword/fish?of the operator';
  const encoded = Buffer.from(secret).toString('base64');
  const raw = Buffer.concat([Buffer.from([0x22, secret.length]), Buffer.from(secret)]);
  await using server = await startServer((heard) => {
    if (heard.nth === 0) say(heard, [Buffer.concat([told(`a ${secret} b ${encoded}`), raw])]);
    else refuse(heard, statusOf(secret));
  });
  await using caller = openCaller(server.port, { secrets: [secret] });
  const answered = valueOf(await caller.call()) as { text: string; raw: string };
  expect(answered.text).toMatch(/^a \*+ b \*+=*$/);
  expect(Buffer.from(answered.raw, 'base64').toString()).toMatch(/^\*+$/);
  const failed = textOf(await caller.call());
  expect(failed).toContain('[secret]');
  for (const form of [secret, encoded, encodeURIComponent(secret), 'sword', 'xs', 'xsw']) {
    expect(failed).not.toContain(form);
  }
});

const plainStatus = { ':status': 503, 'content-type': 'text/html', 'retry-after': '7' };
test.each([
  ['HTTP without gRPC', plainStatus, 'UNAVAILABLE', 7000],
  ['HTTP that is not allowed', { ':status': 403 }, 'PERMISSION_DENIED', -1],
  [
    'a status that nobody knows',
    { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '77' },
    'UNKNOWN',
    -1,
  ],
  [
    'a wish to wait',
    {
      ':status': 200,
      'content-type': 'application/grpc',
      'grpc-status': '14',
      'grpc-retry-pushback-ms': '1500',
    },
    'UNAVAILABLE',
    1500,
  ],
  [
    'a wish not to call again',
    {
      ':status': 200,
      'content-type': 'application/grpc',
      'grpc-status': '14',
      'grpc-retry-pushback-ms': '-1',
    },
    'UNAVAILABLE',
    -1,
  ],
])('%s', async (_name, headers, status, retryAfterMs) => {
  await using server = await startServer(({ stream }) => {
    stream.respond(headers, { endStream: true });
  });
  await using caller = openCaller(server.port);
  expect(await caller.call()).toMatchObject({ kind: 'failure', status, retryAfterMs });
});

test('details of a status: fields in the names of arguments, reasons, and when to try again', async () => {
  await using server = await startServer((heard) => refuse(heard, detailed()));
  await using caller = openCaller(server.port);
  expect(await caller.call()).toMatchObject({
    status: 'INVALID_ARGUMENT',
    complaints: [
      { wire: 'parts[2].otherPart.n', text: 'must be positive' },
      { wire: 'text', text: 'TOO_LONG' },
    ],
    retryAfterMs: 2500,
    body: {
      text: 'Not so — sorry. Reason: NO_PARTS (t.example; min=1). Read: https://t.example/help',
    },
  });
});
function block(no: number, value: Buffer | string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([no * 8 + 2, bytes.length]), bytes]);
}

/** `google.rpc.Status` in trailers, its details each in an Any. */
function withDetails(details: readonly (readonly [type: string, value: Buffer])[]): string {
  const anys = details.map(([type, value]) => {
    const any = Buffer.concat([
      block(1, `type.googleapis.com/google.rpc.${type}`),
      block(2, value),
    ]);
    return Buffer.concat([Buffer.from([0x1a, 0x80 + (any.length % 128), any.length >> 7]), any]);
  });
  return Buffer.concat([Buffer.from([8, 3]), ...anys])
    .toString('base64')
    .replace(/=+$/, '');
}

function detailed(): Record<string, string> {
  const violations = Buffer.concat([
    block(1, Buffer.concat([block(1, 'parts[2].other_part.n'), block(2, 'must be positive')])),
    block(1, Buffer.concat([block(1, 'text'), block(3, 'TOO_LONG')])),
  ]);
  const info = Buffer.concat([
    block(1, 'NO_PARTS'),
    block(2, 't.example'),
    block(3, Buffer.concat([block(1, 'min'), block(2, '1')])),
  ]);
  const link = Buffer.concat([block(1, 'Read'), block(2, 'https://t.example/help')]);
  return {
    'grpc-status': '3',
    'grpc-message': 'Not so %E2%80%94 sorry.',
    'grpc-status-details-bin': withDetails([
      ['BadRequest', violations],
      ['ErrorInfo', info],
      ['RetryInfo', block(1, Buffer.from([8, 2, 16, 0x80, 0xca, 0xb5, 0xee, 1]))],
      ['Help', block(1, link)],
      ['DebugInfo', block(2, 'at line 7 of secrets.go')],
      ['Unheard', block(1, 'x')],
    ]),
  };
}

/** Says a secret in the message, a field and a reason; one of them reaches over where texts are cut. */
function statusOf(secret: string): Record<string, string> {
  const violation = Buffer.concat([block(1, secret), block(2, `is ${secret}`)]);
  return {
    'grpc-status': '3',
    'grpc-message': `${'x'.repeat(3996)}${encodeURIComponent(secret)}`,
    'grpc-status-details-bin': withDetails([['BadRequest', block(1, violation)]]),
  };
}
