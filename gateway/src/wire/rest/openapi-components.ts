/** The parts of the description that all tools share: problems, and the call that answers a question. */

const PROBLEM_MEMBERS = {
  type: {
    type: 'string',
    format: 'uri-reference',
    description: 'Where this problem is explained.',
  },
  title: { type: 'string' },
  status: { type: 'integer', description: 'The HTTP status.' },
  detail: { type: 'string', description: 'What was wrong in this very case.' },
  reason: { type: 'string', description: 'A name that stays the same between versions.' },
  exchange: { type: 'string', description: 'The call, as it stands in the audit log.' },
} as const;

const PROBLEM = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'reason', 'exchange'],
  properties: PROBLEM_MEMBERS,
} as const;

function extended(properties: object): object {
  return { allOf: [{ $ref: '#/components/schemas/Problem' }], type: 'object', properties };
}

function problemResponse(description: string, schema: string): object {
  return {
    description,
    content: { 'application/problem+json': { schema: { $ref: `#/components/schemas/${schema}` } } },
  };
}

export const COMPONENTS: object = {
  schemas: {
    Problem: PROBLEM,
    ToolError: extended({
      content: { type: 'array', description: 'What the tool said, block by block.' },
      structuredContent: { description: 'What the tool said as data.' },
      upstreamStatus: { type: 'string', description: 'What the API behind the tool answered.' },
    }),
    Question: extended({
      inputRequests: { type: 'object', description: 'What is asked, each under a key of its own.' },
      requestState: { type: 'string', description: 'Send it back as it is.' },
      resume: { type: 'object', description: 'Where and as what the answer is sent.' },
    }),
    Call: {
      type: 'object',
      additionalProperties: false,
      description: 'A call with the answers to what its tool asked.',
      properties: {
        arguments: { type: 'object', description: 'The same as in the call before.' },
        inputResponses: { type: 'object', description: 'An answer under each key that was asked.' },
        requestState: { type: 'string', description: 'As it stood in the question.' },
      },
    },
  },
  responses: {
    Problem: problemResponse('The call was refused or failed; nothing else is said.', 'Problem'),
    ToolError: problemResponse('The tool took the call and reports an error.', 'ToolError'),
    Question: problemResponse('The tool asks something before it goes on.', 'Question'),
  },
};
