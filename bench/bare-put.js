// Reference for uploads: a Worker that only writes its body to R2.
export default {
  async fetch(request, env) {
    await env.AUDIO.put(crypto.randomUUID(), request.body);
    return new Response("", { status: 201 });
  },
};
