// The header by which the gateway proves itself to the development host: a page can call wrangler's own port too.
export const GATEWAY_HEADER = "X-Local-Gateway";
