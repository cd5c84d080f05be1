// The page: it is rendered with the lists of the organisation.
import Link from "next/link";
import { Suspense } from "react";
import { CreateVoice } from "@/features/create-voice";
import { Generations } from "@/features/generations";
import { Voices } from "@/features/voices";
import { getQueryClient, HydrateClient, trpc } from "@/trpc/server";

export default function Home() {
  const queryClient = getQueryClient();
  void queryClient.prefetchQuery(trpc.voices.getAll.queryOptions());
  void queryClient.prefetchQuery(trpc.generations.getAll.queryOptions());
  return (
    <main>
      <h1>Resonance</h1>
      <HydrateClient>
        <CreateVoice />
        <Suspense fallback={<p>Loading …</p>}>
          <Voices />
          <Generations />
        </Suspense>
      </HydrateClient>
      <Link href="/quick">Generate without JavaScript</Link>
    </main>
  );
}
