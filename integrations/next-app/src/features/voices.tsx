// The lists of voices: play, rename, delete.
"use client";

import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import { useTRPC } from "@/trpc/client";
import type { AppRouter } from "@/trpc/routers/_app";

type AppVoice = inferRouterOutputs<AppRouter>["voices"]["getAll"]["custom"][number];

export function Voices() {
  const trpc = useTRPC();
  const { data } = useSuspenseQuery(trpc.voices.getAll.queryOptions());
  return (
    <>
      <h2>Your voices</h2>
      <ul aria-label="Your voices">
        {data.custom.map((voice) => (
          <li key={voice.id}>
            <VoicePlayer voice={voice} />
            <VoiceActions voice={voice} />
          </li>
        ))}
      </ul>
      <h2>System voices</h2>
      <ul aria-label="System voices">
        {data.system.map((voice) => (
          <li key={voice.id}>
            <VoicePlayer voice={voice} />
          </li>
        ))}
      </ul>
    </>
  );
}

const VoicePlayer = ({ voice: { id, name } }: { voice: AppVoice }) => (
  <>
    <strong>{name}</strong>
    {/* biome-ignore lint/a11y/useMediaCaption: a sample of a voice has no text */}
    <audio controls preload="none" src={`/api/voices/${id}`} />
  </>
);

function VoiceActions({ voice: { id, name } }: { voice: AppVoice }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const onSuccess = () => queryClient.invalidateQueries(trpc.voices.getAll.queryFilter());
  const update = useMutation(trpc.voices.update.mutationOptions({ onSuccess }));
  const remove = useMutation(trpc.voices.delete.mutationOptions({ onSuccess }));
  const error = update.error ?? remove.error;
  return (
    <>
      <form action={(form) => update.mutate({ id, name: String(form.get("name")) })}>
        <input name="name" aria-label={`New name of ${name}`} defaultValue={name} />
        <button type="submit">Rename</button>
      </form>
      <button type="button" onClick={() => remove.mutate({ id })}>
        Delete {name}
      </button>
      {error && <p role="alert">{error.message}</p>}
    </>
  );
}
