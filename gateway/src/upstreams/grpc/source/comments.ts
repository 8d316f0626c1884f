/** What stands in comments before and behind messages, fields, services and methods. */
import type { DescField, DescFile, DescMessage, DescMethod, DescService } from '@bufbuild/protobuf';

export interface Comments {
  readonly leading: string;
  readonly trailing: string;
}

type Described = DescMessage | DescField | DescService | DescMethod;

const NONE: Comments = { leading: '', trailing: '' };

/** Only remembers what the descriptors themselves hold, and no longer than they live. */
const BY_FILE = new WeakMap<DescFile, ReadonlyMap<string, Comments>>();

export function getComments(desc: Described): Comments {
  const file = desc.kind === 'field' || desc.kind === 'rpc' ? desc.parent.file : desc.file;
  let comments = BY_FILE.get(file);
  if (comments === undefined) {
    comments = commentsIn(file);
    BY_FILE.set(file, comments);
  }
  return comments.size === 0 ? NONE : (comments.get(pathOf(desc).join()) ?? NONE);
}

function commentsIn({ proto }: DescFile): ReadonlyMap<string, Comments> {
  const found = new Map<string, Comments>();
  for (const { path, leadingComments, trailingComments } of proto.sourceCodeInfo?.location ?? []) {
    if (leadingComments === '' && trailingComments === '') continue;
    found.set(path.join(), { leading: leadingComments, trailing: trailingComments });
  }
  return found;
}

/** Numbers of fields in the descriptor and positions in them, in turn. */
function pathOf(desc: Described): readonly number[] {
  switch (desc.kind) {
    case 'field':
      return [...pathOf(desc.parent), 2, desc.parent.proto.field.indexOf(desc.proto)];
    case 'rpc':
      return [...pathOf(desc.parent), 2, desc.parent.proto.method.indexOf(desc.proto)];
    case 'service':
      return [6, desc.file.proto.service.indexOf(desc.proto)];
    case 'message':
      return desc.parent === undefined
        ? [4, desc.file.proto.messageType.indexOf(desc.proto)]
        : [...pathOf(desc.parent), 3, desc.parent.proto.nestedType.indexOf(desc.proto)];
  }
}
