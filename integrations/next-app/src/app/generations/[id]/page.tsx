// One generation.
import { getQueryClient, trpc } from "@/trpc/server";

export default async function Generation({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const generation = await getQueryClient().fetchQuery(trpc.generations.getById.queryOptions({ id }));
  return (
    <main>
      <h1>{generation.voiceName}</h1>
      <p>{generation.text}</p>
      {/* biome-ignore lint/a11y/useMediaCaption: the text is above */}
      <audio controls src={generation.audioUrl} />
    </main>
  );
}
