// Begins, stores and fails generations in a running local stack, as a back end does.
import { LOCAL_INGEST_SECRET } from "../../dev/identities.ts";
import type { LocalStack } from "./local-stack.ts";

/** PUT below /internal/generations. `path` is the id, and `/audio` or `/failure` behind it; `body` is bytes or JSON. */
export const putGeneration = (
  { url }: Pick<LocalStack, "url">,
  path: string,
  body: object | Uint8Array<ArrayBuffer>,
): Promise<Response> => {
  const isAudio = body instanceof Uint8Array;
  const headers = {
    Authorization: `Bearer ${LOCAL_INGEST_SECRET}`,
    "Content-Type": isAudio ? "audio/wav" : "application/json",
  };
  return fetch(`${url}/internal/generations/${path}`, {
    method: "PUT",
    headers,
    body: isAudio ? body : JSON.stringify(body),
  });
};
