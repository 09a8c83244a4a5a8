/** Text from a disk, an agent or another machine → a value of a known shape. The only way in for JSON that others wrote. */
import { z } from 'zod'

export const list = <T extends z.ZodType>(item: T) => z.array(item).readonly()
export const dictionary = <T extends z.ZodType>(value: T) => z.record(z.string(), value).readonly()

/** Far beyond whatever is measured, and so far below the largest number that sums, rates and squares stay finite. */
export const largest = 1e30
export const finite = z.number().min(-largest).max(largest)

/** Undefined where the text is no JSON. A byte order mark before it is passed over. */
export function jsonOf(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text) }
  } catch {
    return undefined
  }
}

/** The value that a text holds, or undefined where it is no JSON of that shape. */
export function parseAs<T extends z.ZodType>(schema: T, text: string): z.output<T> | undefined {
  const json = jsonOf(text)
  return json === undefined ? undefined : schema.safeParse(json.value).data
}

/** The `schema` number that a value gives, for a sentence about files of another version. */
export function schemaNumber(value: unknown): number | undefined {
  return z.object({ schema: z.number() }).safeParse(value).data?.schema
}

/** What is wrong, one line each: `publishRate.0: ...`. */
export function issueLines(error: z.ZodError, most = 20): string[] {
  return error.issues.slice(0, most).map(({ path, message }) => `${path.join('.') || 'file'}: ${message}`)
}
