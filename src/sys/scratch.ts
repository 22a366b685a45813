import { Region } from "./region.ts";

/**
 * A page of memory per thread for arguments that a call reads or fills at once: an address, an
 * option's value, a pair of descriptors. Nothing in it outlives the call.
 */
export const scratch = new Region(65536);

/** Where the parts of the page lie, in bytes. */
export const Scratch = {
  ADDRESS: 0,
  ADDRESS_SIZE: 256,
  OPTION: 512,
  PAIR: 768,
  VECTOR: 1024,
} as const;
