/** Every variable the command reads (design: the small print). A flag beats it, it beats the default. */
export const variables = [
  'DEEPGRAM_API_KEY',
  'DEEPGRAM_BASE_URL',
  'OPENAI_API_KEY',
  'OPENAI_BASE_URL',
  'SLUICE_FLUX_MODEL',
  'SLUICE_LLM_MODEL',
  'SLUICE_VOICE',
  'SLUICE_EOT',
  'SLUICE_EAGER_EOT',
  'SLUICE_EOT_TIMEOUT',
] as const;
