/** What Aura says beside audio (aura-and-openai.md A3). */
export type VoiceMessage =
  | { readonly type: 'Metadata'; readonly requestId?: string }
  | { readonly type: 'Flushed' }
  | { readonly type: 'Cleared' }
  | { readonly type: 'Warning'; readonly code: string; readonly message: string }
  | { readonly type: 'Unknown'; readonly message: unknown };

/** Adds text to what the far side holds. At most 2000 characters. */
export const speakFrame = (text: string): string => JSON.stringify({ type: 'Speak', text });
/** Makes sound of all the text that the far side holds. */
export const flushFrame = '{"type":"Flush"}';
/** Throws away its text, and the sound that is not yet sent. */
export const clearFrame = '{"type":"Clear"}';

/** Reads a text frame; it never throws. What is not known, or not JSON, is passed on as it came; a field that is no text is left out. */
export function toVoiceMessage(frame: string): VoiceMessage {
  const message = parsed(frame);
  const said = isRecord(message) ? message : {};
  switch (said['type']) {
    case 'Metadata': {
      const requestId = text(said['request_id']);
      return { type: 'Metadata', ...(requestId !== undefined && { requestId }) };
    }
    case 'Flushed':
      return { type: 'Flushed' };
    case 'Cleared':
      return { type: 'Cleared' };
    case 'Warning':
      // Docs, SDKs and field reports spell the fields in two ways.
      return {
        type: 'Warning',
        code: text(said['code']) ?? text(said['warn_code']) ?? 'UNKNOWN',
        message: text(said['description']) ?? text(said['warn_msg']) ?? '',
      };
    default:
      return { type: 'Unknown', message };
  }
}

function parsed(frame: string): unknown {
  try {
    return JSON.parse(frame);
  } catch {
    return frame;
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
