/** Fills the ports into the committed nginx configuration. Throws when a place is missing. */
export function nginxConfiguration(template: string, listen: number, upstream: number): string {
  const places = { '@LISTEN_PORT@': listen, '@UPSTREAM_PORT@': upstream };
  return Object.entries(places).reduce((text, [place, port]) => {
    if (!text.includes(place)) throw new Error(`nginx.conf has no ${place}`);
    return text.replaceAll(place, String(port));
  }, template);
}

/** The gateway's configuration: one upstream, local identity, one allow rule, audit as it comes. */
export function gatewayConfiguration(listen: number, upstream: number, stateDir: string): string {
  return `server: { listen: "127.0.0.1:${listen}", stateDir: ${JSON.stringify(stateDir)} }
upstreams:
  bench: { mcp: { url: "http://127.0.0.1:${upstream}/mcp", era: "2026-07-28" } }
policy:
  rules: [{ allow: ["bench/*"] }]
`;
}
