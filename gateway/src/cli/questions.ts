/** Questions to the person at the terminal; where there is none, the safe answer. */
import { UPSTREAM_ID } from '../kernel/index.ts';
import type { Output } from './output.ts';

/** The id a person chose for an upstream; the suggestion where nobody can be asked. */
export async function askForId(out: Output, suggestion: string): Promise<string> {
  if (!out.isInteractive) return suggestion;
  const { isCancel, text } = await import('@clack/prompts');
  const answer = await text({
    message: 'What should it be called?',
    initialValue: suggestion,
    validate: (value) =>
      UPSTREAM_ID.test(value ?? '')
        ? undefined
        : 'Small letters, digits and dashes, a letter first.',
  });
  if (isCancel(answer)) throw new Interrupted();
  return answer;
}

/** Whether to write an upstream that did not answer; no where nobody can be asked. */
export async function askWhetherToWrite(out: Output): Promise<boolean> {
  if (!out.isInteractive) return false;
  const { confirm, isCancel } = await import('@clack/prompts');
  const answer = await confirm({
    message: 'It does not answer. Write it anyway?',
    initialValue: false,
  });
  if (isCancel(answer)) throw new Interrupted();
  return answer;
}

/** Whether to write an API that was shown; no where nobody can be asked. */
export async function askWhetherToAdd(out: Output, id: string): Promise<boolean> {
  if (!out.isInteractive) return false;
  const { confirm, isCancel } = await import('@clack/prompts');
  const answer = await confirm({ message: `Add it as "${id}"?`, initialValue: true });
  if (isCancel(answer)) throw new Interrupted();
  return answer;
}

/** A yes or a no; no where nobody can be asked. */
export async function askYesNo(out: Output, message: string): Promise<boolean> {
  if (!out.isInteractive) return false;
  const { confirm, isCancel } = await import('@clack/prompts');
  const answer = await confirm({ message, initialValue: true });
  if (isCancel(answer)) throw new Interrupted();
  return answer;
}

/** Where an API is whose document does not say it; undefined where nobody can be asked. */
export async function askForServer(out: Output, suggestion: string): Promise<string | undefined> {
  if (!out.isInteractive) return undefined;
  const { isCancel, text } = await import('@clack/prompts');
  const answer = await text({
    message: 'Where is the API?',
    initialValue: suggestion,
    placeholder: 'https://api.example.com/v1',
    validate: (value) =>
      /^https?:$/.test(URL.parse(value ?? '')?.protocol ?? '')
        ? undefined
        : 'An http or https address.',
  });
  if (isCancel(answer)) throw new Interrupted();
  return answer;
}

/** The text of a secret, not shown while it is typed; undefined where nobody can be asked. */
export async function askForSecret(out: Output, name: string): Promise<string | undefined> {
  if (!out.isInteractive) return undefined;
  const { isCancel, password } = await import('@clack/prompts');
  const answer = await password({ message: `What is ${name}?` });
  if (isCancel(answer)) throw new Interrupted();
  return answer === '' ? undefined : answer;
}

/** The person pressed Ctrl-C at a question. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}
