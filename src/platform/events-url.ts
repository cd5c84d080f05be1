// Where the change feed may be sent.
const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Whether events may be sent to `url`: over TLS, except to the same machine, and without credentials in the address. */
export function isEventsUrl(url: string): boolean {
  const { protocol, hostname, username, password } = new URL(url);
  const isPrivate = protocol === "https:" || (protocol === "http:" && LOOPBACK_HOSTS.has(hostname));
  return isPrivate && username === "" && password === "";
}
