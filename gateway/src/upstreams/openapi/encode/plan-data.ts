/**
 * What the encoder knows of an operation: plain JSON, so that it can be kept with the plan. Written
 * as types rather than interfaces, because only those are objects of JSON to the compiler.
 */
import type { Json, JsonObject } from '../../../kernel/index.ts';
import type { ParameterStyle } from '../document.ts';

/** How a list inside a deep object is written: `f[a]=1`, `f[a][]=1` or `f[a][0]=1`. */
export type DeepArrays = 'repeat' | 'brackets' | 'indices';

/** One parameter as it goes on the wire. */
export type ParameterData = {
  /** The argument it is filled from, for messages. */
  readonly argument: string;
  /** As the API knows it. */
  readonly name: string;
  readonly in: 'path' | 'query' | 'header' | 'cookie' | 'querystring';
  readonly style: ParameterStyle;
  readonly explode: boolean;
  readonly allowReserved: boolean;
  readonly isRequired: boolean;
  /** Media type of a parameter described by `content`; '' otherwise. */
  readonly mediaType: string;
  readonly deepArrays: DeepArrays;
};

/** A parameter and where its value comes from. */
export type BoundParameter = {
  readonly data: ParameterData;
  /** Holds the one value that is possible, which is sent by itself; [] where there are others. */
  readonly constant: readonly Json[];
};

/** Text as it stands in the address, or the position of a parameter in the list of parameters. */
export type PathPiece = string | number;

/** One property of a form or of a multipart body. */
export type PartData = {
  /** Where the property is an argument of its own, its name; '' otherwise. */
  readonly argument: string;
  readonly name: string;
  readonly isFile: boolean;
  /** Null where the document says nothing of the style. */
  readonly style: ParameterStyle | null;
  readonly explode: boolean;
  readonly allowReserved: boolean;
  readonly deepArrays: DeepArrays;
  /** Content type of the part; '' where it follows from the value. */
  readonly contentType: string;
  /** Names and values in turn. */
  readonly headers: readonly string[];
};

/** One element, attribute or text of an XML body; children by position in the list of nodes. */
export type XmlNode = {
  readonly kind: 'object' | 'array' | 'value';
  readonly name: string;
  readonly prefix: string;
  readonly namespace: string;
  readonly place: 'element' | 'attribute' | 'text' | 'none';
  readonly isWrapped: boolean;
  readonly properties: { readonly [property: string]: number };
  /** -1 where nothing is known of the items. */
  readonly items: number;
};

export type BodyPlan = {
  readonly codec: 'json' | 'json-lines' | 'form' | 'multipart' | 'xml' | 'text' | 'binary';
  /** As it is sent; without the boundary. */
  readonly mediaType: string;
  readonly isRequired: boolean;
  /** Argument that holds the whole body; '' where all parts are arguments of their own. */
  readonly argument: string;
  /** Whether the body is the object of all arguments itself. */
  readonly isArguments: boolean;
  /** Whether `argument` is a file. */
  readonly isFile: boolean;
  /** Properties in the order of the document. */
  readonly parts: readonly PartData[];
  /** Properties that have one possible value and are always sent with a body. */
  readonly constants: JsonObject;
  /** The first one is the root; [] for everything but XML. */
  readonly xml: readonly XmlNode[];
};

export type RequestPlan = {
  /** Changes with the meaning of the plan, so that an old one is never misread. */
  readonly form: 'openapi-request-1';
  readonly method: string;
  /** Address of the operation itself; '' for the one that is configured. */
  readonly server: string;
  /** Begins with `/`. */
  readonly path: readonly PathPiece[];
  readonly parameters: readonly BoundParameter[];
  /** Names of the query and of cookies that no argument may ever write, such as an API key's. */
  readonly reservedNames: readonly string[];
  readonly accept: string;
  readonly body: BodyPlan | null;
};

/** Whether a plan's `request` was made here. Plans come from us alone; the mark tells versions apart. */
export function isRequestPlan(request: JsonObject): request is RequestPlan {
  return request['form'] === 'openapi-request-1';
}
