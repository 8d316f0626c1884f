/** Comments of one file, by the path of what they stand at. */
import { create } from '@bufbuild/protobuf';
import {
  SourceCodeInfo_LocationSchema,
  type SourceCodeInfo_Location,
} from '@bufbuild/protobuf/wkt';

export class CommentNotes {
  readonly locations: SourceCodeInfo_Location[] = [];

  add(path: readonly number[], comment: string | null | undefined): void {
    if (comment === null || comment === undefined || comment === '') return;
    this.locations.push(
      create(SourceCodeInfo_LocationSchema, {
        path: [...path],
        span: [0, 0, 0],
        leadingComments: comment,
      }),
    );
  }
}
