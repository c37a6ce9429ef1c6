// Everyday words that are one letter away from a word of the vocabulary. They are spelt as they are meant: "the sale is over" is no order
// to scale, and "at this speed" asks for no spending.

/** Never taken as a typing error of another word. */
export const SPELT: readonly string[] =
  `apple arise authority black chance chances charge charged chose formed grand grew head hear heat hell lost order
remote rise sale sales shop shops step steps terminals clone closet defy drip farce farmer giant glow heap heel insect invert lest lover lust maker male
mate maze precious reside scare scares scared scaring sealing seal smart sole star stark stars unlock unto alloy amply aptly bloc burp clove crate crates
crease dens dent deplete droop fore forge forte graft growl grunt inert kiln kilo kilt kink lash lass mace mane mare mike needy odder olden omen oven oxen
repaid revere revolve salve scald scalding scalp scalping scaly scrawling shriek shrine slop stale staling stomp stoop stow waft wand wane wart watt
agree agrees alike ball batter bell bills bitter bull butter cancer cash cast cheat cheek clash coal coast coat collection command convention cook
county court crush dawn deaf deal deals dear deed defer desire desires diet dine dose dread dried drone excessive fair fairs fall falls falling file
filed files fire fired fires flopping foil gave greet hall hand hands handing held halo helper holds incidental insurance killer legs lift logo longing nail
nine nicer node nodes nose note notes nick outrage parts patch patched perfectly poet post posts pond pore prime prize pride priced proceeds
processed react rides rode roles rope rose routine routines ruled rulers sack saving sent shoe shot shown sink snow sock sore speed speeds spent
stack stacks stage stages stake stare steal stick stock stocks struck subset talk talks talked tall tank tanks tells think thinks till toll track tracks trade
traits trance truce wheat woke word words wore worm worn year years`.split(/\s+/);
