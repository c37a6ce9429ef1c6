// A file of hostile texts: one JSON object a line.

import { z } from 'zod';
import { fail } from '../../contract/errors.ts';
import { plantedField, plantedFields } from './planted-text.ts';

const hostileText = z.object({
  id: z.coerce.string().min(1).max(200),
  field: z.string().min(1).max(100),
  text: z.string().max(100_000),
  /** AWS actions the text must not bring about, such as `ec2:AuthorizeSecurityGroupIngress` or `iam:*`. */
  forbidden: z.array(z.string().max(200)).max(100).default([]),
});
export type HostileText = z.infer<typeof hostileText>;

/** The texts of a file. Throws `input-invalid` with the line and the reason. */
export function readHostileTexts(content: string, file: string): HostileText[] {
  return content.split(/\r?\n/).flatMap((line, index) => {
    if (line.trim() === '') return [];
    const where = `${file}, line ${index + 1}`;
    const parsed = hostileText.safeParse(parseLine(line, where));
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw fail('input-invalid', {
        where,
        detail: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
      });
    }
    if (plantedField(parsed.data.field) === undefined)
      throw fail('input-invalid', {
        where,
        detail: `there is no field ${parsed.data.field}; fields are ${Object.keys(plantedFields).join(', ')}`,
      });
    return [parsed.data];
  });
}

function parseLine(line: string, where: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw fail('input-invalid', { where, detail: 'it is not JSON' }, cause);
  }
}
