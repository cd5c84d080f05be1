// Remembers the changes that this page made, so that it does not tell of them as made elsewhere.

const VERBS: Record<string, string> = { DELETE: "deleted", PATCH: "updated" };
const own = new Set<string>();

/** Notes a change of this page. `type` is that of its event in the change feed. */
export const noteOwnChange = (type: string, id: string): void => void own.add(`${type} ${id}`);

/** Notes the change that a successful request of this page made, if any. */
export function noteRequest(method: string | undefined, path: string): void {
  const [, kind, id] = /^\/api\/(voice|generation)s\/([^/?]+)$/.exec(path) ?? [];
  const verb = VERBS[method ?? "GET"];
  if (kind && id && verb) noteOwnChange(`${kind}.${verb}`, id);
}

/** Whether this page made a change. True once, since the next one of its kind may be made elsewhere. */
export const takeOwnChange = (type: string, id: string): boolean => own.delete(`${type} ${id}`);
