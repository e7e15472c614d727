package dev.insitu.device;

import java.io.IOException;

/** What stands between the store and the disk: lets bytes through, or fails as a disk does. */
interface WriteGate {

  /** Lets everything through. */
  WriteGate OPEN = bytes -> bytes;

  /**
   * Asked before every write.
   *
   * @param bytes that are to be written
   * @return how many of them to write; the write fails after them if they are fewer
   */
  int allow(int bytes) throws IOException;
}
