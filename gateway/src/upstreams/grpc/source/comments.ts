/** What stands in comments before and behind messages, fields, services and methods. */
import type { DescField, DescFile, DescMessage, DescMethod, DescService } from '@bufbuild/protobuf';

export interface Comment {
  readonly leading: string;
  readonly trailing: string;
}

type Commented = DescMessage | DescField | DescService | DescMethod;

const NONE: Comment = { leading: '', trailing: '' };

/** The comments of one set of descriptors, those of each file read on first need. */
export class Comments {
  private readonly byFile = new Map<DescFile, ReadonlyMap<string, Comment>>();

  at(desc: Commented): Comment {
    const file = desc.kind === 'field' || desc.kind === 'rpc' ? desc.parent.file : desc.file;
    let comments = this.byFile.get(file);
    if (comments === undefined) {
      comments = commentsIn(file);
      this.byFile.set(file, comments);
    }
    return comments.size === 0 ? NONE : (comments.get(pathOf(desc).join()) ?? NONE);
  }
}

function commentsIn({ proto }: DescFile): ReadonlyMap<string, Comment> {
  const found = new Map<string, Comment>();
  for (const { path, leadingComments, trailingComments } of proto.sourceCodeInfo?.location ?? []) {
    if (leadingComments === '' && trailingComments === '') continue;
    found.set(path.join(), { leading: leadingComments, trailing: trailingComments });
  }
  return found;
}

/** Numbers of fields in the descriptor and positions in them, in turn. */
function pathOf(desc: Commented): readonly number[] {
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
