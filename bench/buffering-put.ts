// The usual design of an upload: the whole body in memory, parsed by music-metadata, then written to R2.
import { parseBuffer } from "music-metadata";

export default {
  async fetch(request, env) {
    const bytes = await request.arrayBuffer();
    const { format } = await parseBuffer(new Uint8Array(bytes), undefined, { duration: true });
    if (!format.duration) return new Response("", { status: 422 });
    await env.AUDIO.put(crypto.randomUUID(), bytes);
    return new Response("", { status: 201 });
  },
} satisfies ExportedHandler<Env>;
