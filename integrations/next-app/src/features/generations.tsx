// Generates speech, and lists what was generated.
"use client";

import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useTRPC } from "@/trpc/client";

export function Generations() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { data: generations } = useSuspenseQuery(trpc.generations.getAll.queryOptions());
  const { data: voices } = useSuspenseQuery(trpc.voices.getAll.queryOptions());
  const create = useMutation(
    trpc.generations.create.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.generations.getAll.queryFilter()),
    }),
  );
  const submit = (form: FormData) =>
    create.mutate({ text: String(form.get("text")), voiceId: String(form.get("voiceId")) });
  return (
    <>
      <h2>Generations</h2>
      <form action={submit}>
        <label htmlFor="text">Text</label>
        <input id="text" name="text" required />
        <label htmlFor="voice">Voice</label>
        <select id="voice" name="voiceId">
          {[...voices.custom, ...voices.system].map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
        <button type="submit" disabled={create.isPending}>
          Generate
        </button>
        {create.error && <p role="alert">{create.error.message}</p>}
      </form>
      <ul aria-label="Generations">
        {generations.map(({ id, text, voiceName, createdAt }) => (
          <li key={id}>
            <span>
              {voiceName}: {text}
            </span>
            <time dateTime={createdAt.toISOString()}>{createdAt.toISOString().slice(0, 16)}</time>
            {/* biome-ignore lint/a11y/useMediaCaption: the text is beside it */}
            <audio controls preload="none" src={`/api/audio/${id}`} />
          </li>
        ))}
      </ul>
    </>
  );
}
