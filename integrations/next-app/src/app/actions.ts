// Server actions: each is an endpoint that anyone can call, with any input. Secrets are read on the server when they are
// needed. An action that is a closure would send what it captured to the page, encrypted.
"use server";

import { auth } from "@clerk/nextjs/server";
import { redirect } from "next/navigation";
import { generateSpeech, speechOrder } from "@/lib/generate-speech";
import { requireSubscription } from "@/lib/subscription";

/** Generates speech from the fields `text` and `voiceId`, then shows it. */
export async function generate(form: FormData): Promise<void> {
  const { orgId } = await auth();
  if (!orgId) throw new Error("Not signed in to an organisation");
  const order = speechOrder.parse({ text: form.get("text"), voiceId: form.get("voiceId") });
  await requireSubscription(orgId);
  redirect(`/generations/${await generateSpeech(orgId, order)}`);
}
