import { defineKeyword } from "../../config/keyword.ts";
import { SOCKET_STATS } from "../../stats/socket-stats-part.ts";
import { SECTIONS_OF } from "../sides.ts";

export const socketStats = defineKeyword({
  name: "option socket-stats",
  sections: SECTIONS_OF.client,
  summary: "Shows statistics of each listening address besides those of the frontend",
  source: "HAProxy configuration manual, section 4.2",
  args: [],
  apply(draft) {
    draft.part(SOCKET_STATS).isOn = true;
  },
  disable(draft) {
    draft.part(SOCKET_STATS).isOn = false;
  },
  reset(draft) {
    draft.part(SOCKET_STATS).isOn = false;
  },
});
