// Creates a voice from a recording. The recording goes to the audio service itself, not through the app.
"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { createResonanceClient } from "resonance-audio-client";
import { useTRPC } from "@/trpc/client";

interface Submission {
  name: string;
  recording: File;
  idempotencyKey: string;
}

export function CreateVoice() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const create = useMutation({
    mutationFn: ({ name, recording, idempotencyKey }: Submission) =>
      createResonanceClient().voices.create(
        { name, category: "GENERAL", language: "en-US" },
        recording,
        idempotencyKey,
      ),
    // A connection that is lost while the voice is being created: with the same key the voice is created once.
    retry: (failures, error) => failures < 2 && error instanceof TypeError,
    onSuccess: () => queryClient.invalidateQueries(trpc.voices.getAll.queryFilter()),
  });
  const submit = (form: FormData) =>
    create.mutate({
      name: String(form.get("name")),
      recording: form.get("recording") as File,
      idempotencyKey: crypto.randomUUID(),
    });
  return (
    <form action={submit}>
      <label htmlFor="name">Name</label>
      <input id="name" name="name" required />
      <label htmlFor="recording">Recording</label>
      <input id="recording" name="recording" type="file" accept="audio/*" required />
      <button type="submit" disabled={create.isPending}>
        Create voice
      </button>
      {create.error && <p role="alert">{create.error.message}</p>}
    </form>
  );
}
