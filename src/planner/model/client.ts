// The Anthropic client, made when the first question needs it: without a model nobody pays for loading the SDK.
// Settings come from the caller alone; nothing is taken from the environment.

import type { Message, MessageStreamParams } from '@anthropic-ai/sdk/resources/messages/messages';

export interface ModelClientOptions {
  readonly apiKey: string;
  /** Another address that speaks the Anthropic API. */
  readonly baseURL?: string;
  /** Talk to Amazon Bedrock instead. Without keys the AWS credential chain of this machine is used. */
  readonly bedrock?: {
    readonly region: string;
    readonly accessKeyId?: string;
    readonly secretAccessKey?: string;
    readonly sessionToken?: string;
  };
}

export interface ModelStream {
  on(event: 'text', listener: (delta: string) => void): unknown;
  finalMessage(): Promise<Message>;
}

/** The one method of the SDK that is used. */
export interface ModelClient {
  stream(params: MessageStreamParams, signal: AbortSignal): ModelStream;
}

const ANTHROPIC_URL = 'https://api.anthropic.com';
/** The SDK waits between tries as `retry-after` says, or with back-off. The loop's deadline bounds the whole. */
const RETRIES = 3;
const TIMEOUT_MS = 60_000;

export async function openModelClient(options: ModelClientOptions): Promise<ModelClient> {
  const common = { maxRetries: RETRIES, timeout: TIMEOUT_MS, logLevel: 'off' as const };
  if (options.bedrock === undefined) {
    const { Anthropic } = await import('@anthropic-ai/sdk');
    const client = new Anthropic({
      ...common,
      apiKey: options.apiKey,
      authToken: null,
      baseURL: options.baseURL ?? ANTHROPIC_URL,
    });
    return { stream: (params, signal) => client.messages.stream(params, { signal }) };
  }
  const { AnthropicBedrock } = await import('@anthropic-ai/bedrock-sdk');
  const { region, accessKeyId, secretAccessKey, sessionToken } = options.bedrock;
  const place = {
    ...common,
    apiKey: null,
    awsRegion: region,
    ...(options.baseURL === undefined ? {} : { baseURL: options.baseURL }),
  };
  const client =
    accessKeyId === undefined || secretAccessKey === undefined
      ? new AnthropicBedrock(place)
      : new AnthropicBedrock({
          ...place,
          awsAccessKey: accessKeyId,
          awsSecretKey: secretAccessKey,
          awsSessionToken: sessionToken ?? null,
        });
  return { stream: (params, signal) => client.messages.stream(params, { signal }) };
}
