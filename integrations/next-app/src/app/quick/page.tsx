// Generates speech with a server action: works without JavaScript.
import { generate } from "@/app/actions";
import { getQueryClient, trpc } from "@/trpc/server";

export default async function Quick() {
  const { custom, system } = await getQueryClient().fetchQuery(trpc.voices.getAll.queryOptions());
  return (
    <main>
      <h1>Generate</h1>
      <form action={generate}>
        <label htmlFor="text">Text</label>
        <input id="text" name="text" required />
        <label htmlFor="voice">Voice</label>
        <select id="voice" name="voiceId">
          {[...custom, ...system].map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
        <button type="submit">Generate</button>
      </form>
    </main>
  );
}
