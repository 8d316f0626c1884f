/** How clients are connected to a running gateway. */

/** Lines to copy, one block per client, for an endpoint's address. */
export function clientHints(url: string, name: string): readonly (readonly [string, string])[] {
  const cursor = Buffer.from(JSON.stringify({ url })).toString('base64');
  return [
    ['Claude Code', `claude mcp add --transport http ${name} ${url}`],
    ['VS Code', `code --add-mcp '${JSON.stringify({ name, type: 'http', url })}'`],
    [
      'Cursor',
      `cursor://anysphere.cursor-deeplink/mcp/install?name=${name}&config=${encodeURIComponent(cursor)}`,
    ],
    ['Codex', `codex mcp add ${name} --url ${url}`],
    [
      'Inspector',
      `npx @modelcontextprotocol/inspector --cli ${url} --transport http --method tools/list`,
    ],
  ];
}
