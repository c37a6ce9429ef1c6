// The simulation marks what AWS shows nowhere, such as a zone without capacity, with tags named `simulate`; no answer carries them.

const MARK = 'simulate';

type Tagged = { readonly Tags?: readonly { readonly Key?: string | undefined }[] | undefined };

/** The items as the API shows them. */
export function withoutMarks<Item extends Tagged>(items: readonly Item[]): Item[] {
  return items.map((item) =>
    item.Tags?.some(({ Key }) => Key === MARK) === true
      ? { ...item, Tags: item.Tags.filter(({ Key }) => Key !== MARK) }
      : item,
  );
}
