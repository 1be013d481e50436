/*
 * The words that the search goes by, cut as journal/site/search/terms.py tells it; tests hold both to that rule.
 *
 * journal.words.terms     the terms of a text
 * journal.words.question  what a query asks for
 * journal.words.placed    the words of a text, each with where it stands
 */
(() => {
  "use strict";
  const journal = window.journal;
  if (!journal) return;

  const LONGEST = 64;
  const DENSE =
    "\\u0e00-\\u0fff\\u1000-\\u109f\\u1780-\\u17ff\\u2e80-\\u2fdf\\u3005-\\u3007\\u3040-\\u30ff\\u3100-\\u318f" +
    "\\u31a0-\\u31bf\\u31f0-\\u31ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uac00-\\ud7af\\uf900-\\ufaff\\u{20000}-\\u{3ffff}";
  const INDIC = "\\u0900-\\u0963\\u0966-\\u0dff";
  const MARKS = new RegExp(
    "[\\u0300-\\u036f\\u0483-\\u0487\\u0591-\\u05bd\\u05bf\\u05c1\\u05c2\\u05c4\\u05c5\\u05c7\\u0610-\\u061a" +
      "\\u064b-\\u065f\\u0670\\u06d6-\\u06dc\\u06df-\\u06e4\\u06e7\\u06e8\\u06ea-\\u06ed\\u0711\\u0730-\\u074a" +
      "\\u08ca-\\u08e1\\u08e3-\\u08ff\\u1ab0-\\u1aff\\u1dc0-\\u1dff\\u20d0-\\u20ff\\ufe20-\\ufe2f]+",
    "gu",
  );
  const WORD = new RegExp(`[${DENSE}]|(?:(?![${DENSE}])[\\p{L}\\p{N}${INDIC}])+`, "gu");
  const IS_DENSE = new RegExp(`^[${DENSE}]$`, "u");
  const ASCII = /^[\x00-\x7f]*$/;
  const AROUND = /^[/.,;:!?"'`()[\]{}<>_-]+|[/.,;:!?"'`()[\]{}<>_-]+$/g;

  /* Unicode's case folding: letters that have the same capital become one; Cherokee folds to capitals. */
  const small = (character) => {
    if (/\p{Script=Cherokee}/u.test(character)) return character.toUpperCase();
    const letter = character.toLowerCase();
    return letter === "ı" ? letter : letter.toUpperCase().toLowerCase();
  };

  const folded = (text) => {
    if (ASCII.test(text)) return text.toLowerCase();
    const bare = text.normalize("NFKD").replace(MARKS, "");
    return [...bare].map(small).join("").normalize("NFKC");
  };

  const short = (term) => (term.length > LONGEST ? [...term].slice(0, LONGEST).join("") : term);

  const cut = (plain) => (ASCII.test(plain) ? plain.match(/[a-z0-9]+/g) : plain.match(WORD)) || [];

  const isDense = (word) => IS_DENSE.test(word);

  const pairs = (plain, words) =>
    words
      .slice(1)
      .map((word, number) => [words[number], word])
      .filter((pair) => pair.every(isDense) && plain.includes(pair.join("")))
      .map((pair) => pair.join(""));

  const terms = (text) => {
    const plain = folded(text);
    const words = cut(plain);
    return [...words.map(short), ...new Set(pairs(plain, words))];
  };

  const whole = (name) => {
    const plain = folded(name).replace(AROUND, "");
    return cut(plain).length > 1 && !/\s/.test(plain) ? short(plain) : "";
  };

  /* The words of a text, each with where it begins and ends in it; a character that becomes several lies in all. */
  const placed = (text) => {
    const origins = [];
    let plain = "";
    let at = 0;
    for (const character of text) {
      const part = ASCII.test(character) ? character.toLowerCase() : folded(character);
      for (let unit = 0; unit < part.length; unit += 1) origins.push([at, at + character.length]);
      plain += part;
      at += character.length;
    }
    return [...plain.matchAll(WORD)].map((match) => ({
      word: match[0],
      start: origins[match.index][0],
      end: origins[match.index + match[0].length - 1][1],
    }));
  };

  /* What a query asks for: terms that must all begin a term of an entry, names as wholes, and words in a row. */
  const MOST_TERMS = 12;
  const question = (text) => {
    const pieces = text.replace(/["“”„«»]/g, " ").split(/\s+/).filter(Boolean);
    const found = new Set();
    const wholes = new Set();
    for (const piece of pieces) {
      const plain = folded(piece);
      const words = cut(plain);
      const twos = pairs(plain, words);
      words.filter((word) => !isDense(word) || !twos.some((two) => two.includes(word))).forEach((word) => found.add(word));
      twos.forEach((two) => found.add(two));
      if (whole(piece) && !words.every(isDense)) wholes.add(whole(piece));
    }
    return {
      text: text.trim(),
      terms: [...found].slice(0, MOST_TERMS).map(short),
      wholes: [...wholes],
      row: ` ${cut(folded(text)).join(" ")}`,
    };
  };

  journal.words = { folded, cut, isDense, terms, whole, placed, question };
})();
