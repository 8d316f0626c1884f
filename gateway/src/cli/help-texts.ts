/** Examples under every help text. */

export const EXIT_CODES = `Exit codes: 0 done, 1 a problem in the configuration or the input, 2 wrong usage,
3 an upstream or a tool failed, 4 a rule does not allow it, 5 the address cannot be listened on.`;

export const EXAMPLES = {
  drawbridge: `Examples:
  drawbridge add npx -y @modelcontextprotocol/server-filesystem ./data
  drawbridge add https://search.example.com/mcp --name search
  drawbridge tools
  drawbridge`,
  serve: `Examples:
  drawbridge serve
  drawbridge serve --listen 127.0.0.1:8081
  drawbridge serve --config /etc/drawbridge.yaml --log json`,
  add: `Options come before a command, and may follow an address or a document.

Examples:
  drawbridge add https://search.example.com/mcp --header 'Authorization: Bearer \${TOKEN}'
  drawbridge add --name files npx -y @modelcontextprotocol/server-filesystem ./data
  drawbridge add ./crm.openapi.yaml --name crm
  drawbridge add https://api.example.com/openapi.json --yes
  drawbridge add --env API_KEY='\${API_KEY}' ./server.js`,
  preview: `Examples:
  drawbridge preview ./crm.openapi.yaml
  drawbridge preview https://api.example.com/openapi.json --budget 20000
  drawbridge preview https://api.example.com/graphql --header 'Authorization: Bearer \${TOKEN}'
  drawbridge preview ./crm-next.yaml --diff crm`,
  check: `Examples:
  drawbridge check
  drawbridge check --config /etc/drawbridge.yaml --json`,
  tools: `Examples:
  drawbridge tools
  drawbridge tools --endpoint support --json`,
  call: `Examples:
  drawbridge call files__read_text_file path=./data/notes.md head=5
  drawbridge call memory__read_graph --json
  drawbridge call search__query --args '{"q":"tides","limit":3}'`,
  stdio: `Clients start it and speak MCP with it on standard input and output. It attaches to the
running gateway of the configuration, else it runs the gateway itself.

Examples:
  drawbridge stdio --config /home/me/drawbridge.yaml
  drawbridge stdio --endpoint support`,
  connect: `Examples:
  drawbridge connect
  drawbridge connect claude-desktop
  drawbridge connect cursor --endpoint support --http
  drawbridge connect claude-desktop --undo`,
  import: `Examples:
  drawbridge import
  drawbridge import --from cursor --yes
  drawbridge import --from ./mcp.json`,
  policy: `Examples:
  drawbridge policy explain --as alice --tool crm/delete_contact
  drawbridge policy explain --as '{"agent":"bot","team":"sales"}' --tool crm/pay --args '{"amount":5}'
  drawbridge policy explain --decision 3q9vYw0aXz1b-42
  drawbridge policy test policy-tests.yaml
  drawbridge policy lint`,
  admin: `Examples:
  drawbridge admin code
  curl -H 'content-type: application/json' -d '{"code":"dbc_…"}' http://127.0.0.1:8080/admin/v1/first-administrator`,
  usage: `Examples:
  drawbridge usage
  drawbridge usage --by tool --since 7d
  drawbridge usage --by team --since 30d --json`,
  keys: `Keys count where the configuration has identity: { keys: true }. A gateway that is running
takes every change over within a second.

Examples:
  drawbridge keys create --name nightly-report --team sales --expires 90d
  drawbridge keys create --name assistant --user alice --group crm --group eu
  drawbridge keys list
  drawbridge keys rotate 3f0a91c2d4e5 --overlap 1d
  drawbridge keys revoke 3f0a91c2d4e5`,
  secrets: `The value comes from standard input or is asked for; it is never an argument. A gateway that
is running takes a change over within a second.

Examples:
  drawbridge secrets set crm-token < token.txt
  drawbridge secrets list
  drawbridge secrets remove crm-token
  drawbridge secrets rotate-key`,
  schema: `Examples:
  drawbridge schema > drawbridge.schema.json`,
} as const;
