import { parseJson, recordOf } from '../../operators/core/json.ts';

/** The messages of Aura besides audio (docs/wire/aura.md A3). */
export type VoiceMessage =
  | { readonly type: 'Metadata'; readonly requestId?: string }
  | { readonly type: 'Flushed' | 'Cleared' }
  | { readonly type: 'Warning'; readonly code: string; readonly message: string }
  | { readonly type: 'Unknown'; readonly message: unknown };

/** Appends text to the service's buffer. At most 2000 characters. */
export const speakFrame = (text: string): string => JSON.stringify({ type: 'Speak', text });
/** Synthesises all the text in the buffer. */
export const flushFrame = '{"type":"Flush"}';
/** Drops the text in the buffer and the audio that is not sent yet. */
export const clearFrame = '{"type":"Clear"}';

/** Decodes a text frame. Unknown messages, and frames that are not JSON, are passed on unchanged. Never throws. */
export function toVoiceMessage(frame: string): VoiceMessage {
  const parsed = parseJson(frame);
  const message = parsed === undefined ? frame : parsed;
  const fields = recordOf(parsed);
  const { type } = fields;
  switch (type) {
    case 'Metadata': {
      const requestId = text(fields['request_id']);
      return { type, ...(requestId !== undefined && { requestId }) };
    }
    case 'Flushed':
    case 'Cleared':
      return { type };
    case 'Warning':
      // Docs, SDKs and users report two spellings of the fields.
      return {
        type,
        code: text(fields['code']) ?? text(fields['warn_code']) ?? 'UNKNOWN',
        message: text(fields['description']) ?? text(fields['warn_msg']) ?? '',
      };
    default:
      return { type: 'Unknown', message };
  }
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
