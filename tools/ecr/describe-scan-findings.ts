// ecr_describe_scan_findings: what a scan found in an image, the gravest first.

import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { imageField, registryField, repositoryField } from '../fields.ts';
import { collectPages } from '../pagination.ts';
import { evidenceField, isoOrNull, moreField, moreLine, oneLine, textOf } from '../text-lines.ts';

const READ_MAX = 1_000;
const ITEMS_MAX = 50;
const SEVERITIES = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'INFORMATIONAL', 'UNDEFINED', 'UNTRIAGED'];

const finding = z.object({ name: z.string(), severity: z.string(), package: z.string().nullable() });

export const ecrDescribeScanFindings = defineReadTool({
  name: 'ecr_describe_scan_findings',
  summary:
    'Reads what the scan of an ECR image found: counts by severity and the gravest findings. Use it when a policy or a gate refuses an image, not for tasks that fail.',
  risk: 'read',
  actions: ['ecr:DescribeImageScanFindings'],
  input: z.strictObject({
    repository: repositoryField,
    registry: registryField.optional(),
    image: imageField,
  }),
  output: z.object({
    status: z.string(),
    completedAt: z.string().nullable(),
    counts: z.record(z.string(), z.number()),
    items: z.array(finding).max(ITEMS_MAX),
    more: moreField,
    evidence: evidenceField,
  }),
  target: ({ repository }) => ({ resources: [repository] }),
  run: async ({ repository, registry, image }, aws) => {
    let status = 'UNKNOWN';
    let completedAt: string | null = null;
    let counts: Record<string, number> = {};
    const { items, more, evidence } = await collectPages(READ_MAX, async (nextToken) => {
      const { output, evidence } = await aws.call('ecr:DescribeImageScanFindings', {
        repositoryName: repository,
        ...(registry === undefined ? {} : { registryId: registry }),
        imageId: image.startsWith('sha256:') ? { imageDigest: image } : { imageTag: image },
        ...(nextToken === undefined ? {} : { nextToken }),
      });
      const found = output.imageScanFindings;
      status = output.imageScanStatus?.status ?? status;
      completedAt = isoOrNull(found?.imageScanCompletedAt);
      counts = { ...counts, ...found?.findingSeverityCounts };
      const basic = (found?.findings ?? []).map((one) => ({
        name: one.name,
        severity: one.severity,
        package: one.attributes?.find(({ key }) => key === 'package_name')?.value,
      }));
      const enhanced = (found?.enhancedFindings ?? []).map((one) => ({
        name: one.title,
        severity: one.severity,
        package: one.packageVulnerabilityDetails?.vulnerablePackages?.[0]?.name,
      }));
      return { items: [...basic, ...enhanced], next: output.nextToken, evidence };
    });
    const rank = (severity: string | undefined) => {
      const place = SEVERITIES.indexOf(severity ?? '');
      return place < 0 ? SEVERITIES.length : place;
    };
    items.sort((left, right) => rank(left.severity) - rank(right.severity));
    return {
      status,
      completedAt,
      counts,
      items: items.slice(0, ITEMS_MAX).map((one) => ({
        name: oneLine(one.name ?? '', 200),
        severity: one.severity ?? 'UNDEFINED',
        package: one.package === undefined ? null : oneLine(one.package, 100),
      })),
      more: more || items.length > ITEMS_MAX,
      evidence,
    };
  },
  text: ({ status, completedAt, counts, items, more, evidence }) =>
    textOf(
      [
        `Scan ${status}${completedAt === null ? '' : `, completed ${completedAt}`}: ${
          Object.entries(counts)
            .map(([severity, count]) => `${count} ${severity}`)
            .join(', ') || 'no findings'
        }.`,
        ...items.map(
          (one) => `${one.severity} ${one.name}${one.package === null ? '' : ` in ${one.package}`}`,
        ),
        ...moreLine(more),
      ],
      evidence,
    ),
});
