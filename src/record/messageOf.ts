import { isRecord, parseJson, type JsonObject } from '../../operators/core/json.ts';

/** The message in a text frame, or the parsed message itself. `undefined` if it is no object with a `type`. */
export function messageOf(frame: unknown): JsonObject | undefined {
  const message = typeof frame === 'string' ? parseJson(frame) : frame;
  return isRecord(message) && typeof message['type'] === 'string' ? message : undefined;
}
