/** A field that a FieldMask can name: its property in memory, and what is inside when it is a message. */
export interface FieldPath {
  readonly property: string;
  readonly fields?: Readonly<Record<string, FieldPath>>;
}
