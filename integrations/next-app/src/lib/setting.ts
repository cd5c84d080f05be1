// Reads the server's settings. Call it when a request needs one, never while a module loads: `next build` has none.
import "server-only";

/** @throws when the variable is not set */
export function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}
