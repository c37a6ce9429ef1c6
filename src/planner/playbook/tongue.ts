// In which language a message is written, as far as its words tell. Only words that English questions about services do not hold count.

interface Tongue {
  /** That only English is understood, said in it. */
  readonly says: string;
  readonly words: ReadonlySet<string>;
}

function tongue(says: string, words: string): Tongue {
  return { says, words: new Set(words.split(/\s+/)) };
}

const TONGUES: readonly Tongue[] = [
  tongue(
    'Ich verstehe nur Englisch.',
    `warum wieso weshalb wie geht ist nicht kein keine der das und oder mein meine dienst läuft startet zeig zeige mir bitte welche ungesund
    kaputt langsam seit wann lange schon hat sich wurde geändert wer sind wir uns unser unsere noch ein eine den dem was bin danke ja nein`,
  ),
  tongue(
    'Je ne comprends que l’anglais.',
    'pourquoi mon mes ne pas les est une quel quelle marche sont dans montre depuis quand lent panne notre nous oui merci cassé',
  ),
  tongue(
    'Solo entiendo inglés.',
    `por qué porque cómo funciona está mi los las del muéstrame cuál servicio caído lento desde cuándo quién el un una arregla favor gracias
    nuestro hay roto sí`,
  ),
  tongue(
    'Capisco solo l’inglese.',
    'perché mio non funziona sono mostra quale della lento lenta quando grazie rotto che cosa favore',
  ),
  tongue(
    'Só entendo inglês.',
    'não meu minha está quais serviço você porque lento quando obrigado caiu quem',
  ),
  tongue(
    'Ik begrijp alleen Engels.',
    'waarom hoe mijn niet werkt een welke laat zien traag sinds wanneer kapot wie ons',
  ),
];
const LETTERS_BEYOND = /[^\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]/gu;
/** Letters and marks that no English word and no name of AWS holds. */
const MARKS = /[¿¡ßäöüñãõçéèêáíóúàùâîô]/gi;
/** One such word can be a name; two are a sentence. */
const HITS_MIN = 2;
/** Of these words English ones are written alike: they count only beside others. */
const SHARED = new Set(
  'was der die an in so mit wie ne un non mes mi el wie hat den ons wann sind ja'.split(' '),
);

/** True for a message that is written in another language than English, as far as its words tell. */
export function isOtherLanguage(message: string): boolean {
  if ((message.match(LETTERS_BEYOND) ?? []).length >= HITS_MIN) return true;
  const words = wordsOf(message);
  const hits = words.filter((word) => TONGUES.some((one) => one.words.has(word)));
  const marked = words.filter((word) => word.search(MARKS) >= 0 && !hits.includes(word));
  const opens = /[¿¡]/.test(message) ? 1 : 0;
  const certain = hits.filter((word) => !SHARED.has(word)).length + marked.length + opens;
  return certain >= 1 && hits.length + marked.length + opens >= HITS_MIN;
}

/** That only English is understood, in the language of the message, with a leading space; empty when it is none of those known. */
export function ownWords(message: string): string {
  const words = wordsOf(message);
  const counts = TONGUES.map(({ words: known }) => words.filter((word) => known.has(word)).length);
  const best = Math.max(...counts);
  const found = best === 0 ? undefined : TONGUES[counts.indexOf(best)];
  return found === undefined ? '' : ` ${found.says}`;
}

function wordsOf(message: string): string[] {
  return message.toLowerCase().match(/[\p{L}'-]+/gu) ?? [];
}
