/** The models of completions, and their dated names in answers. All are answered by the backend. */
const names: Readonly<Record<string, string>> = {
  'gpt-4o-mini': 'gpt-4o-mini-2024-07-18',
  'gpt-4o': 'gpt-4o-2024-08-06',
  'gpt-4.1': 'gpt-4.1-2025-04-14',
  'gpt-4.1-mini': 'gpt-4.1-mini-2025-04-14',
  'gpt-4.1-nano': 'gpt-4.1-nano-2025-04-14',
  'sluice-rules': 'sluice-rules',
  'sluice-scripted': 'sluice-scripted',
};

const dated: ReadonlyMap<string, string> = new Map(
  Object.entries(names).flatMap(([name, full]) => [
    [name, full],
    [full, full],
  ]),
);

/** The name of a model in answers; undefined for an unknown model. */
export function servedAs(model: string): string | undefined {
  return dated.get(model);
}

/** The body of `GET /v1/models`. */
export function modelList(): object {
  const data = Object.keys(names).map((id) => ({ id, object: 'model', created: 1_721_172_741, owned_by: 'sluice-emulator' }));
  return { object: 'list', data };
}
