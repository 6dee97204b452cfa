import passiveVoice from "./passive-voice.js";
import plainWords from "./plain-words.js";

export default {
  rules: { "passive-voice": passiveVoice, "plain-words": plainWords },
  rulesConfig: { "passive-voice": { percent: 15 }, "plain-words": true },
};
